export { builtInDrivers } from './catalogue/built-in-drivers.ts';
export { describeSettings, type SettingDescription } from './catalogue/describe-settings.ts';
export { type DriverCatalogue, driversByName, type Quarantined } from './catalogue/drivers-by-name.ts';
export { type FoundPlugin, findPlugins } from './catalogue/find-plugins.ts';
export { type FoundPort, findPorts, type PortReport } from './discovery/find-ports.ts';
export { esp301 } from './instruments/esp301.ts';
export { firmataInputs } from './instruments/firmata-inputs.ts';
export { firmataOutput } from './instruments/firmata-output.ts';
export { grbl } from './instruments/grbl.ts';
export { hp34401a } from './instruments/hp34401a.ts';
export { keithley2000 } from './instruments/keithley2000.ts';
export { keithley2400Meter } from './instruments/keithley2400-meter.ts';
export { keithley2400Source } from './instruments/keithley2400-source.ts';
export { keithley2400Sweep } from './instruments/keithley2400-sweep.ts';
export { lakeShore33xInputs } from './instruments/lake-shore-33x-inputs.ts';
export { lakeShore33xLoop } from './instruments/lake-shore-33x-loop.ts';
export { modbusRegisters } from './instruments/modbus-registers.ts';
export { modbusSetpoint } from './instruments/modbus-setpoint.ts';
export { oceanUsb2000plus } from './instruments/ocean-usb2000plus.ts';
export { rigolDs1000z } from './instruments/rigol-ds1000z.ts';
export { smc100 } from './instruments/smc100.ts';
export { sr830 } from './instruments/sr830.ts';
export { sr830Recorder } from './instruments/sr830-recorder.ts';
export { sr860 } from './instruments/sr860.ts';
export { sr860Recorder } from './instruments/sr860-recorder.ts';
export { thorlabsApt } from './instruments/thorlabs-apt.ts';
export { zaber } from './instruments/zaber.ts';
export { asciiNumber } from './protocols/ascii-number.ts';
export { type EventTalk, eventTalk } from './protocols/event-talk.ts';
export { type BlockOptions, readBlock } from './protocols/ieee488-block.ts';
export {
  type LineEnds,
  type LineTalk,
  lineTalk,
  type Recognition,
  recognise,
  resyncBy,
} from './protocols/line-talk.ts';
export { overScpi, type ScpiFound } from './protocols/over-scpi.ts';
export { recogniseBy, type Scpi, scpi } from './protocols/scpi.ts';
export { type Identity, parseIdentity, parseScpiError, type ScpiError, scpiNumber } from './protocols/scpi-values.ts';
export { type Bytes, readable, toBytes, toText } from './transports/bytes.ts';
export { type GpibPort, gpibPort } from './transports/gpib-port.ts';
export { type Link, type LinkOptions, openLink } from './transports/link.ts';
export type { LinkIo, Resync } from './transports/link-io.ts';
export { overLink } from './transports/over-link.ts';
export { isOnGpib, portOrAddress, resolvePort } from './transports/resolve-port.ts';
export { resolveUsbPort, usbPortOrAddress } from './transports/resolve-usb-port.ts';
export { type SerialOptions, serialPort } from './transports/serial-port.ts';
export { tcpPort } from './transports/tcp-port.ts';
export { parseUsbAddress, type UsbAddress } from './transports/usb-address.ts';
export { usbPort } from './transports/usb-port.ts';
export { usbtmcPort } from './transports/usbtmc-port.ts';
