export { esp301 } from './instruments/esp301.ts';
export { keithley2000 } from './instruments/keithley2000.ts';
export { asciiNumber } from './protocols/ascii-number.ts';
export { type BlockOptions, readBlock } from './protocols/ieee488-block.ts';
export {
  type LineEnds,
  type LineTalk,
  lineTalk,
  type Recognition,
  recognise,
  resyncBy,
} from './protocols/line-talk.ts';
export { recogniseBy, type Scpi, scpi } from './protocols/scpi.ts';
export { type Identity, parseIdentity, parseScpiError, type ScpiError, scpiNumber } from './protocols/scpi-values.ts';
export { type Bytes, readable, toBytes, toText } from './transports/bytes.ts';
export { type Link, type LinkOptions, openLink } from './transports/link.ts';
export type { LinkIo, Resync } from './transports/link-io.ts';
export { portOrAddress, resolvePort } from './transports/resolve-port.ts';
export { type SerialOptions, serialPort } from './transports/serial-port.ts';
export { tcpPort } from './transports/tcp-port.ts';
