/** How long moves take, for distances that grow by a constant factor: what can be sent of a function. */
export interface MoveTable {
  /** Distances in the axis' units, growing. */
  readonly distances: readonly number[];
  /** Of each, in milliseconds. */
  readonly ms: readonly number[];
}

/** From a thousandth of a nanometre to ten kilometres, of an axis in millimetres. */
const SHORTEST = 1e-9;
const LONGEST = 1e7;
const PER_DECADE = 12;
/** How much the time of a move may depend on where it begins. */
const TOLERANCE = 0.05;

/**
 * The times of moves as a table by their distance.
 *
 * @param moveMs - the driver's own
 * @returns undefined if the time depends on more than the distance: then a table would be wrong
 */
export function moveTableOf(moveMs: (from: number, to: number) => number): MoveTable | undefined {
  const decades = Math.log10(LONGEST / SHORTEST);
  const distances = Array.from({ length: decades * PER_DECADE + 1 }, (_, i) => SHORTEST * 10 ** (i / PER_DECADE));
  const ms = distances.map((distance) => moveMs(0, distance));
  const isSame = distances.every((distance, i) => {
    const others = [moveMs(distance, 0), moveMs(-distance, 0), moveMs(distance, 2 * distance)];
    return others.every((other) => Math.abs(other - (ms[i] as number)) <= TOLERANCE * (ms[i] as number));
  });
  return isSame && ms.every((each) => Number.isFinite(each) && each >= 0) ? { distances, ms } : undefined;
}

/** Looks up how long a move takes, in milliseconds; between two rows in proportion. */
export function msIn({ distances, ms }: MoveTable, distance: number): number {
  if (distance === 0) return 0;
  const exact = PER_DECADE * Math.log10(distance / SHORTEST);
  const row = Math.min(Math.max(Math.floor(exact), 0), distances.length - 2);
  const [shorter = 0, longer = 0] = distances.slice(row, row + 2);
  const [from = 0, to = 0] = ms.slice(row, row + 2);
  return Math.max(0, from + ((to - from) * (distance - shorter)) / (longer - shorter));
}
