import { retry, type ScanSettingsInput } from '@daqtor/core';

export interface FaultPolicy {
  readonly onError: ScanSettingsInput['onError'];
  /** Whether it tries again first. */
  readonly tries: boolean;
  readonly last: 'pause' | 'skip' | 'abort';
}

const again = (otherwise: FaultPolicy['last']) => retry({ times: 2, backoffMs: 20, otherwise });

/** @param culprit - whose errors the rules are about that name a module */
export const faultPolicies = (culprit: string): Readonly<Record<string, FaultPolicy>> => ({
  'by default': { onError: undefined, tries: false, last: 'pause' },
  pause: { onError: 'pause', tries: false, last: 'pause' },
  skip: { onError: 'skip', tries: false, last: 'skip' },
  abort: { onError: 'abort', tries: false, last: 'abort' },
  'retry, pause': { onError: again('pause'), tries: true, last: 'pause' },
  'retry, skip': { onError: again('skip'), tries: true, last: 'skip' },
  'retry, abort': { onError: again('abort'), tries: true, last: 'abort' },
  'by module and step': {
    onError: [
      { module: culprit, phase: 'moving', policy: 'skip' },
      { module: culprit, phase: 'settling', policy: 'skip' },
      { module: culprit, phase: 'grabbing', policy: 'skip' },
      { policy: 'abort' },
    ],
    tries: false,
    last: 'skip',
  },
});
