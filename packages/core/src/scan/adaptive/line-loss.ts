/** How much an interval of a curve is worth to be looked at more closely. */
export type LineLoss = 'distance' | 'curvature';

type Corner = readonly [at: number, value: number];

/**
 * Loss of the interval between the two corners in the middle; positions and values are fractions of their ranges.
 *
 * `distance`: how far apart both ends are on the plot. `curvature`: the mean of the triangles with the neighbours, by the
 * root of their area, with a little of the distance and of the width so that nothing is left out; the weights are those of
 * `adaptive` (Learner1D, `curvature_loss_function`).
 */
export function intervalLoss(
  loss: LineLoss,
  [before, left, right, after]: readonly [Corner | undefined, Corner, Corner, Corner | undefined],
): number {
  const width = right[0] - left[0];
  const distance = Math.hypot(width, right[1] - left[1]);
  if (loss === 'distance') return distance;
  const areas = [before && area(before, left, right), after && area(left, right, after)].filter(
    (one) => one !== undefined,
  );
  const bend = areas.length === 0 ? width : areas.reduce((sum, one) => sum + one, 0) / areas.length;
  return Math.sqrt(bend) + 0.02 * distance + 0.02 * width;
}

function area([a, u]: Corner, [b, v]: Corner, [c, w]: Corner): number {
  return Math.abs((b - a) * (w - u) - (c - a) * (v - u)) / 2;
}
