import { listOf, type PointAxis, type Points } from '../points.ts';
import { refusal, requirePositive } from '../refuse.ts';

/**
 * Straight lines from vertex to vertex, each divided evenly so that no step is longer than `step`; every vertex is
 * reached exactly.
 *
 * @param vertices - positions of each, one per axis
 */
export function pathOf(axes: readonly PointAxis[], vertices: readonly (readonly number[])[], step: number): Points {
  requirePositive(step, 'a step');
  const [first] = vertices;
  if (!first) throw refusal('a path needs at least one vertex');
  if (!vertices.every((vertex) => vertex.length === axes.length && vertex.every(Number.isFinite))) {
    throw refusal(`a path has a vertex without a position for each of ${axes.map(({ name }) => name).join(', ')}`);
  }
  const starts = [0];
  for (let i = 1; i < vertices.length; i++) {
    const [from, to] = [vertices[i - 1] ?? [], vertices[i] ?? []];
    const length = Math.hypot(...to.map((value, k) => value - (from[k] as number)));
    // A multiple of the step but for rounding is that multiple; a vertex that stays where it is counts once.
    starts.push((starts.at(-1) as number) + Math.ceil(length / step - 1e-9));
  }
  const last = starts.at(-1) as number;
  return listOf(axes, last + 1, (at) => {
    const segment = starts.findLastIndex((start) => start <= at);
    const [from, to = from] = [vertices[segment] ?? [], vertices[segment + 1]];
    const [begin, end = begin] = [starts[segment] as number, starts[segment + 1]];
    if (at === begin) return from;
    return from.map((value, k) => value + (((to[k] as number) - value) * (at - begin)) / (end - begin));
  });
}
