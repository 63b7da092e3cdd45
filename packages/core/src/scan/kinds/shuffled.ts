import { permutation } from '../permutation.ts';
import type { Points } from '../points.ts';

/** The same points in an order that follows from the seed; each keeps its place in the arrays. */
export function shuffledOf(inner: Points, seed: number): Points {
  const order = permutation(inner.size, seed);
  return { ...inner, at: (step) => inner.at(order(step)) };
}
