import type { SignalValue } from './signal.ts';

/** Points that are decided while they are measured. */
export interface Decisions {
  /** What they are decided from. */
  readonly signal: SignalValue;
  /** Begins a run. */
  begin(): Decider;
}

/** One run of an adaptive scan. */
export interface Decider {
  /** Values of the next point, one per axis; undefined when the goal is reached. */
  next(): readonly number[] | undefined;
  /** @param step - of the point, from 0, in the order in which `next` gave them */
  tell(step: number, value: number): void;
}
