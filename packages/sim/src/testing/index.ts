export { plugIn, untilAllUnplugged, withoutUsb } from './usbfs/plug-in.ts';
export { UsbipClient } from './usbfs/usbip-client.ts';
