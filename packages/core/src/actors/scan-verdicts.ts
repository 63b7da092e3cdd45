import type { SkippedStatus } from '../contracts/scan-recorder.ts';
import { type ErrorVerdict, type FalliblePhase, verdictOn } from '../scan/error-policy.ts';
import type { NextStep } from './scan-crossing.ts';
import type { FailedEvent, ScanContext, ScanEvent } from './scan-facts.ts';

const SKIPPED: Readonly<Record<FalliblePhase, SkippedStatus>> = {
  moving: 'skippedMoving',
  settling: 'skippedSettling',
  grabbing: 'skippedGrabbing',
};

/** What follows from a failure; of all but the work of a point, that the scan fails. */
export function verdictOf(context: ScanContext, { phase, error }: FailedEvent): ErrorVerdict {
  if (!(phase in SKIPPED)) return { do: 'abort' };
  const where = { module: error.instrument, phase: phase as FalliblePhase };
  return verdictOn(context.onError, where, context.attempts);
}

/** A reading is tried again when its policy says so, or a person. */
export function afterFailure(context: ScanContext, event: ScanEvent): NextStep {
  if (event.type !== 'failed') return { do: 'measure' };
  const verdict = verdictOf(context, event);
  return { do: 'wait', ms: verdict.do === 'retry' ? verdict.afterMs : 0, after: event.error };
}

/** What is given up because of an error, or by a person. */
export function givenUp(event: ScanEvent): NextStep {
  if (event.type !== 'failed') return { do: 'skip', status: 'skippedByHand' };
  return { do: 'skip', status: SKIPPED[event.phase as FalliblePhase], error: event.error };
}
