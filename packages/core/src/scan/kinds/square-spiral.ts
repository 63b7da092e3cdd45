import { lineOf, type PointAxis, type Points } from '../points.ts';
import { requireWhole } from '../refuse.ts';
import { productOf } from './product.ts';

/**
 * A grid around a centre, visited from the centre outwards: first along the first axis, then the second, as PyMoDAQ's
 * Spiral.
 *
 * @param steps - distance of neighbouring points, along both axes
 * @param rings - around the centre; the grid has `2 × rings + 1` points a side
 */
export function squareSpiralOf(
  axes: readonly [PointAxis, PointAxis],
  centre: readonly [number, number],
  steps: readonly [number, number],
  rings: number,
): Points {
  requireWhole(rings, 0, 'the number of rings');
  const side = 2 * rings + 1;
  const along = (k: 0 | 1) => lineOf(axes[k], side, (i) => centre[k] + (i - rings) * steps[k]);
  const grid = productOf([along(0), along(1)], []);
  return {
    ...grid,
    at: (step) => {
      const [i, j] = squareSpiral(step);
      return grid.at((i + rings) * side + j + rings);
    },
  };
}

/** Steps from the centre along both axes: ring `k` has `8 k` points, and begins beside the last corner of the one before. */
function squareSpiral(step: number): readonly [number, number] {
  const k = Math.ceil((Math.sqrt(step + 1) - 1) / 2);
  if (k === 0) return [0, 0];
  const side = 2 * k;
  const walked = step - (side - 1) ** 2;
  const along = walked % side;
  switch (Math.floor(walked / side)) {
    case 0:
      return [k, along + 1 - k];
    case 1:
      return [k - 1 - along, k];
    case 2:
      return [-k, k - 1 - along];
    default:
      return [along + 1 - k, -k];
  }
}
