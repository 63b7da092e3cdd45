import type { Verdict } from './cell.ts';
import type { Fault } from './faulty-call.ts';

/** What a call is for: what it gives decides what nonsense in its place means. */
export type Kind = 'connects' | 'greets' | 'asks' | 'tells' | 'stops' | 'measures' | 'streams' | 'closes' | 'estimates';

export const MOVE_CALLS: Readonly<Record<string, Kind>> = {
  connect: 'connects',
  'readPosition while connecting': 'greets',
  readPosition: 'asks',
  startMove: 'tells',
  isMoving: 'asks',
  whenAtRest: 'tells',
  startHome: 'tells',
  'apply settings': 'tells',
  'read settings': 'asks',
  stop: 'stops',
  moveMs: 'estimates',
  'stop while closing': 'closes',
  close: 'closes',
};
export const VIEWER_CALLS: Readonly<Record<string, Kind>> = {
  connect: 'connects',
  grab: 'measures',
  grabMean: 'measures',
  live: 'streams',
  'apply settings': 'tells',
  'read settings': 'asks',
  'apply settings while live': 'tells',
  'read settings while live': 'asks',
  grabMs: 'estimates',
  close: 'closes',
};

/** What should become of the module. */
export function verdict(kind: Kind, fault: Fault): Verdict {
  // It is asked for a number and given at once: whatever else comes, a promise too, is none.
  if (kind === 'estimates') return 'refused';
  if (fault === '100 times slower' || fault === 'resolves twice') return 'works';
  const isNonsense = fault === 'wrong type' || fault === 'NaN' || fault === 'garbage';
  // What a call gives that should give nothing is nobody's business; NaN among the data is a value.
  if (isNonsense && (kind === 'tells' || kind === 'stops' || kind === 'closes')) return 'works';
  if (fault === 'NaN' && (kind === 'measures' || kind === 'streams')) return 'works';
  if (kind === 'closes') return 'closes with an error';
  if (kind === 'connects' || kind === 'greets' || kind === 'stops' || isNonsense) return 'faulted';
  return fault === 'throws' || fault === 'rejects late' ? 'refused' : 'faulted';
}
