import { listOf, type PointAxis, type Points } from '../points.ts';
import { requireWhole } from '../refuse.ts';

/** PyMoDAQ's name for the dimension in front of an averaged scan. */
const AVERAGE: PointAxis = { name: 'Average', units: '', role: 'count', isRelative: false };

/**
 * A scan several times over. The number of the repetition is the first dimension of the arrays, in either order.
 *
 * @param isEach - whether each point is repeated before the next, rather than the scan as a whole
 */
export function repeatedOf(inner: Points, times: number, isEach: boolean): Points {
  requireWhole(times, 1, 'the number of repetitions');
  const axes = [AVERAGE, ...inner.axes];
  const size = times * inner.size;
  const at = (step: number) => {
    const run = isEach ? step % times : Math.floor(step / inner.size);
    const { indexes, values } = inner.at(isEach ? Math.floor(step / times) : step % inner.size);
    return { indexes: [run, ...indexes], values: [run, ...values] };
  };
  if (inner.distribution === 'spread') return listOf(axes, size, (step) => at(step).values);
  return {
    ...inner,
    axes,
    shape: [times, ...inner.shape],
    size,
    at,
    coordinates: (axis) =>
      axis === 0 ? Float64Array.from({ length: times }, (_, run) => run) : inner.coordinates(axis - 1),
  };
}

/** A scan there and back: each point once in either direction, the turning point twice. */
export function backAndForthOf(inner: Points): Points {
  const { axes, size } = inner;
  const at = (step: number) => inner.at(step < size ? step : 2 * size - 1 - step).values;
  const list = listOf(axes, 2 * size, at);
  return axes.length === 1 ? { ...list, distribution: 'uniform' } : list;
}
