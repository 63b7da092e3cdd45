import { type Clock, DaqtorError } from '@daqtor/core';

export const FAULTS = [
  'throws',
  'rejects late',
  'never resolves',
  'resolves twice',
  'wrong type',
  'NaN',
  'disconnects',
  'garbage',
  '100 times slower',
] as const;
export type Fault = (typeof FAULTS)[number];

/** How long a call takes that is well, in virtual time. */
export const CALL_MS = 2;

/**
 * A call of a driver that goes wrong in one way.
 *
 * @param well - the call as it should be
 * @param nan - what the call gives when the instrument sends NaN
 */
export function faultyCall<T>(fault: Fault, clock: Clock, well: () => T, nan: unknown = Number.NaN): Promise<T> {
  switch (fault) {
    case 'throws':
      throw new Error('thrown at once');
    case 'rejects late':
      return clock.sleep(50 * CALL_MS).then(() => Promise.reject(new Error('rejected late')));
    case 'never resolves':
      return new Promise(() => {});
    case 'resolves twice':
      return twice(well) as Promise<T>;
    case 'wrong type':
      return Promise.resolve({ neither: 'this nor that' } as T);
    case 'NaN':
      return Promise.resolve(nan as T);
    case 'disconnects':
      return Promise.reject(new DaqtorError('instrument.gone', { problem: 'unplugged' }));
    case 'garbage':
      return Promise.resolve('\u0000\uffff7E+' as T);
    case '100 times slower':
      return clock.sleep(100 * CALL_MS).then(well);
  }
}

/** Answers a second time, with something else. */
function twice<T>(well: () => T): PromiseLike<T> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: a promise that keeps no rule is what is tried here
    then: ((resolve: (value: unknown) => void) => {
      resolve(well());
      resolve('again');
    }) as never,
  };
}
