import { fraction } from '../permutation.ts';
import { listOf, type PointAxis, type Points } from '../points.ts';
import { requireWhole } from '../refuse.ts';

/**
 * Points anywhere between the ends of each axis, equally likely everywhere; they follow from the seed.
 *
 * @param spans - from and to, one per axis
 */
export function scatterOf(
  axes: readonly PointAxis[],
  spans: readonly { readonly from: number; readonly to: number }[],
  count: number,
  seed: number,
): Points {
  requireWhole(count, 1, 'the number of points');
  return listOf(axes, count, (step) =>
    spans.map(({ from, to }, axis) => from + (to - from) * fraction(seed, axis, step)),
  );
}
