import type { Region } from '../../roi/region.ts';
import { isInside } from '../../roi/region.ts';
import { listOf, type Points } from '../points.ts';
import { refusal } from '../refuse.ts';

/** So many candidates share one entry of the index. */
const BLOCK = 1024;

/**
 * The points that lie in a region. On a grid they keep their places, and those outside stay unmeasured; a list becomes
 * shorter.
 *
 * An index of one number per 1024 candidates finds a point; going on from the last one costs nothing.
 *
 * @param x - name of the actuator along the region's x
 * @throws DaqtorError `scan.refused` if it has no such actuator, or no point lies in the region
 */
export function maskedOf(inner: Points, region: Region, x: string, y: string | undefined): Points {
  const isIn = isInside(region);
  const [atX, atY] = [axisOf(inner, x), y === undefined ? -1 : axisOf(inner, y)];
  const keeps = (candidate: number) => {
    const { values } = inner.at(candidate);
    return isIn(values[atX] as number, values[atY] ?? 0);
  };
  const firsts: number[] = [];
  let size = 0;
  for (let candidate = 0; candidate < inner.size; candidate++) {
    if (candidate % BLOCK === 0) firsts.push(size);
    if (keeps(candidate)) size++;
  }
  if (size === 0) throw refusal('no point of the scan lies in the region');
  let last = { step: -1, candidate: -1 };
  const candidateOf = (step: number) => {
    if (step === last.step) return last.candidate;
    let { step: found, candidate } = last;
    if (step < found || step - found > BLOCK) {
      const block = blockOf(firsts, step);
      found = (firsts[block] as number) - 1;
      candidate = block * BLOCK - 1;
    }
    while (found < step) if (keeps(++candidate)) found++;
    last = { step, candidate };
    return candidate;
  };
  if (inner.distribution === 'spread') return listOf(inner.axes, size, (step) => inner.at(candidateOf(step)).values);
  return { ...inner, size, isComplete: false, at: (step) => inner.at(candidateOf(step)) };
}

/** The last block that begins with at most `step` points before it. */
function blockOf(firsts: readonly number[], step: number): number {
  let [low, high] = [0, firsts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((firsts[middle] as number) <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}

function axisOf({ axes }: Points, name: string): number {
  const index = axes.findIndex((axis) => axis.name === name);
  if (index >= 0) return index;
  throw refusal(
    `a region cannot be laid over it: the scan moves only ${axes.map((axis) => axis.name).join(', ')}`,
    name,
  );
}
