import { approachPoint } from './backlash.ts';

/** What the time of a move depends on, beside the axis itself. */
export interface MoveHabits {
  readonly backlash: number;
  readonly pollMs: number;
  readonly settleMs: number;
  /** Whether the controller tells its arrival, so that it is noticed at once. */
  readonly isTold: boolean;
  /** Time of the motion itself, in milliseconds. */
  readonly motionMs: (from: number, to: number) => number;
}

/** How long a move takes until its position can be read back, in milliseconds, without what the wire takes. */
export function estimateMoveMs(from: number, to: number, habits: MoveHabits): number {
  const { backlash, pollMs, settleMs, isTold, motionMs } = habits;
  const legMs = (begin: number, end: number) => {
    const ms = motionMs(begin, end);
    return isTold ? ms : noticedMs(ms, pollMs);
  };
  const via = approachPoint(from, to, backlash, true);
  const wayMs = via === undefined ? legMs(from, to) : legMs(from, via) + legMs(via, to);
  return wayMs + settleMs;
}

/** When the end of a motion is noticed by `untilAtRest`, which asks at once, then after pauses that grow. */
function noticedMs(motionMs: number, pollMs: number): number {
  let ms = 0;
  while (ms < motionMs) {
    const pauseMs = Math.min(pollMs, Math.max(1, ms / 8));
    // Once they are the longest, pauses are all alike.
    const pauses = pauseMs === pollMs ? Math.ceil((motionMs - ms) / pauseMs) : 1;
    ms += pauses * pauseMs;
  }
  return ms;
}
