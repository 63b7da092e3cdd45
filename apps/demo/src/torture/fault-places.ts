import { type Condition, inBand, type SuspendRule, suspendRule } from '@daqtor/core';
import type { FaultPolicy } from './fault-policies.ts';
import type { FaultOutcome, FaultPlace } from './fault-trial.ts';
import type { Fault } from './faulty-call.ts';
import { type Kind, verdict } from './verdict.ts';

/** A call that goes wrong, and what the scan is told to do about it. */
export interface FaultCase {
  readonly fault: Fault;
  readonly once: boolean;
  readonly policy: FaultPolicy;
}

/** Where a call is made in the course of a scan. */
export interface PlaceOnTrial extends FaultPlace {
  readonly title: string;
  readonly calls: Readonly<Record<string, Kind>>;
  /** Whether policies make no difference. */
  readonly hasOneWay?: boolean;
  /** What should come of it. */
  expected(call: string, one: FaultCase): FaultOutcome;
}

const MOVES = { startMove: 'tells', isMoving: 'asks', readPosition: 'asks' } as const;
/** Of what stands aside: a gauge is grabbed, an axis is read. */
const READS = { grab: 'measures', readPosition: 'asks' } as const;

const WHOLE: FaultOutcome = { outcome: 'completed', statuses: [1, 1, 1, 1], pauses: false };

/** What becomes of the module, by what its call is for. */
function became(calls: Readonly<Record<string, Kind>>, call: string, fault: Fault) {
  // A frame that takes longer than the ramp is none.
  if (call === 'live' && fault === '100 times slower') return 'refused';
  return verdict(calls[call] as Kind, fault);
}

interface Given {
  /** Status of the step that is given up. */
  readonly status: number;
  /** Of the next one, if the call goes wrong again. */
  readonly next?: number;
  /** Whether the module is told to stop, and is trusted again once it has obeyed and was read at rest. */
  readonly isStopped: boolean;
}

/** What comes of a step that fails. Who gives it up does not mend: what is lost stays lost. */
function byPolicy(state: string, { policy: { tries, last }, once }: FaultCase, given: Given): FaultOutcome {
  const { status, next = status, isStopped } = given;
  if (state === 'works' || (once && tries)) return WHOLE;
  if (last === 'pause') return { ...WHOLE, pauses: true };
  if (last === 'abort') return { outcome: 'failed', statuses: [1, 1, 0, 0], pauses: false };
  const isOver = once && (state === 'refused' || isStopped);
  return { ...WHOLE, statuses: [1, 1, status, isOver ? 1 : next] };
}

/**
 * What comes of a reading of the baseline that fails.
 *
 * @param missed - readings that lack the module, while it does not answer
 * @param aborted - statuses of a scan that ends there
 */
function ofBaseline(
  state: string,
  { policy: { tries, last }, once }: FaultCase,
  { missed, aborted }: { readonly missed: readonly ('begin' | 'end')[]; readonly aborted: readonly number[] },
): FaultOutcome {
  if (state === 'works' || (once && tries)) return { ...WHOLE, lacking: [] };
  if (last === 'pause') return { ...WHOLE, lacking: [], pauses: true };
  // It is read once more, for what can be had.
  const lacking = once && state === 'refused' ? [] : missed;
  if (last === 'skip') return { ...WHOLE, lacking };
  return { outcome: 'failed', statuses: aborted, pauses: false, lacking: aborted.includes(1) ? lacking : undefined };
}

const watched = (call: string) => (call === 'grab' ? 'gauge' : 'z');
const conditionOf = (call: string): Condition =>
  inBand(watched(call), { from: -1, to: 2, withinMs: 2000, everyMs: 20 });
const ruleOf = (call: string): SuspendRule => suspendRule.parse({ module: watched(call), above: 5, everyMs: 200 });

const STEPS = {
  arms: 'amid',
  culprit: (call: string) => (call === 'grab' || call === 'live' ? 'meter' : 'x'),
} as const;

/** @param measuring - the call that takes what is measured; all others are on the way to it */
const wholeSteps = (
  measuring: 'grab' | 'live',
  { title, steps, calls }: Pick<PlaceOnTrial, 'title' | 'steps' | 'calls'>,
): PlaceOnTrial => ({
  ...STEPS,
  title,
  steps,
  calls,
  expected(call, one) {
    const isStopped = call !== measuring;
    return byPolicy(became(calls, call, one.fault), one, { status: isStopped ? 2 : 4, isStopped });
  },
});

const points = wholeSteps('grab', {
  title: 'A scan of points',
  steps: 'points',
  calls: { ...MOVES, grab: 'measures' },
});

const lines = wholeSteps('live', {
  title: 'A scan of lines',
  steps: 'lines',
  calls: { ...MOVES, live: 'streams' },
});

const ramp: PlaceOnTrial = {
  title: 'The ramp of a line',
  steps: 'lines',
  arms: 'on the ramp',
  culprit: () => 'x',
  calls: MOVES,
  // In another attempt, and on the next line, it is the way to the beginning that fails.
  expected(call, one) {
    const status = one.policy.tries ? 2 : 4;
    return byPolicy(became(this.calls, call, one.fault), one, { status, next: 2, isStopped: true });
  },
};

const baselineAtBegin: PlaceOnTrial = {
  title: 'The baseline before the first point',
  steps: 'points',
  arms: 'at once',
  culprit: watched,
  calls: READS,
  options: () => ({ baseline: ['gauge', 'z'] }),
  expected(call, one) {
    const state = became(this.calls, call, one.fault);
    return ofBaseline(state, one, { missed: ['begin', 'end'], aborted: [0, 0, 0, 0] });
  },
};

const baselineAtEnd: PlaceOnTrial = {
  ...baselineAtBegin,
  title: 'The baseline after the last point',
  arms: 'after the last',
  expected(call, one) {
    return ofBaseline(became(this.calls, call, one.fault), one, { missed: ['end'], aborted: WHOLE.statuses });
  },
};

const condition: PlaceOnTrial = {
  title: 'A condition',
  steps: 'points',
  arms: 'amid',
  culprit: watched,
  calls: READS,
  options: (call) => ({ waitUntil: [conditionOf(call)] }),
  expected(call, one) {
    // NaN is in no band, and is waited for as any other value.
    const isNowhere = call === 'grab' && one.fault === 'NaN' && !one.once;
    return byPolicy(isNowhere ? 'refused' : became(this.calls, call, one.fault), one, { status: 3, isStopped: false });
  },
};

const suspender: PlaceOnTrial = {
  title: 'A suspender',
  steps: 'points',
  arms: 'amid',
  culprit: watched,
  calls: READS,
  hasOneWay: true,
  // The scan must still be under way when the call has timed out.
  options: (call) => ({ suspendWhen: [ruleOf(call)], settleMs: 2000 }),
  expected(call, { fault }) {
    const isWell = became(this.calls, call, fault) === 'works' && !(call === 'grab' && fault === 'NaN');
    return isWell ? WHOLE : { ...WHOLE, holds: true };
  },
};

const wayBack: PlaceOnTrial = {
  title: 'The way back',
  steps: 'points',
  arms: 'after the last',
  culprit: () => 'x',
  calls: MOVES,
  hasOneWay: true,
  options: () => ({ returnTo: 'initial' }),
  expected(call, { fault }) {
    return became(this.calls, call, fault) === 'works' ? WHOLE : { ...WHOLE, hasTrouble: true };
  },
};

const whereItBegan: PlaceOnTrial = {
  title: 'Where it has to come back to',
  steps: 'points',
  arms: 'at once',
  culprit: () => 'x',
  calls: { readPosition: 'asks' },
  hasOneWay: true,
  options: () => ({ returnTo: 'initial' }),
  expected(call, { fault }) {
    if (became(this.calls, call, fault) === 'works') return WHOLE;
    return { outcome: 'failed', statuses: [0, 0, 0, 0], pauses: false };
  },
};

export const PLACES: readonly PlaceOnTrial[] = [
  points,
  lines,
  ramp,
  baselineAtBegin,
  baselineAtEnd,
  condition,
  suspender,
  wayBack,
  whereItBegan,
];
