/** A place among the points of an adaptive scan: one coordinate per axis, from 0 at its begin to 1 at its end. */
export type UnitPoint = readonly number[];

/**
 * Decides where to measure next, from what was measured. It knows no units and no directions: the same values give the
 * same decisions, whichever way the axes run.
 */
export interface Learner {
  /** The next point, which counts as under way until it is told; undefined if no further one is worth it. */
  next(): UnitPoint | undefined;
  /**
   * Takes in a measured value. One that is not finite is not known, and taken as what lies between its neighbours.
   *
   * @param number - of the point, from 0, in the order in which `next` gave them
   */
  tell(number: number, value: number): void;
}

export interface LearnerOptions {
  /** Points that are spread evenly, before the values decide. */
  readonly initial: number;
  /** Ends when the largest loss is not above it; 0: never. */
  readonly goal: number;
  /** No two points are closer than this along an axis, in fractions of it; 0: as close as numbers are. */
  readonly resolution: readonly number[];
}

/** Losses that differ by rounding only are the same, so that what decides between them is their place. */
export function rounded(loss: number): number {
  return Math.round(loss * 1e12) / 1e12;
}

/** Measured values and their range, by which they are made comparable with positions. */
export class KnownValues {
  readonly #values: number[] = [];
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** Undefined while it is not known. */
  get(number: number): number | undefined {
    return this.#values[number];
  }

  /** What a difference of values is divided by. */
  get scale(): number {
    const range = this.#max - this.#min;
    return range > 0 ? range : 1;
  }

  /** @returns whether the scale is another now */
  set(number: number, value: number): boolean {
    if (!Number.isFinite(value)) return false;
    const before = this.scale;
    this.#values[number] = value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    return this.scale !== before;
  }
}

/** The place of the largest loss, the first of equals; -1 if none is above `goal`. */
export function worst(losses: readonly number[], goal: number): number {
  let [place, largest] = [-1, goal];
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i] as number;
    if (loss > largest) [place, largest] = [i, loss];
  }
  return place;
}
