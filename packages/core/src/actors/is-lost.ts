import type { DaqtorError } from '../errors/daqtor-error.ts';

/** Whether an error means that the instrument is out of reach or out of step, so that no command can be trusted. */
export function isLost({ code }: DaqtorError): boolean {
  return code === 'instrument.gone' || code === 'instrument.timeout' || code === 'instrument.protocol';
}
