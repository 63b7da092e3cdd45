/**
 * How the person at the screen comes to use the USB devices of a vendor on Linux.
 *
 * @param vendorId - four hexadecimal digits in lower case, as udev has them
 */
export const udevAdvice = (vendorId: string): string =>
  `write ${`SUBSYSTEM=="usb", ATTR{idVendor}=="${vendorId}", MODE="0660", TAG+="uaccess"`} into ` +
  '/etc/udev/rules.d/70-instrument.rules, then plug it in again';
