import { DaqtorError } from '../errors/daqtor-error.ts';

/** The error for a command that does not fit the state a module is in. */
export function notNow(instrument: string, command: string, state: string): DaqtorError {
  return new DaqtorError('module.state', {
    instrument,
    problem: `cannot ${command} while ${state}`,
    advice:
      state === 'faulted' || state === 'offline' ? 'Connect it again first' : 'Wait until it has finished, or stop it',
  });
}
