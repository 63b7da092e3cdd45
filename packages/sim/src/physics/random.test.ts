import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

const draw = (seed: number, stream?: string) => Array.from({ length: 5 }, createRandom(seed, stream).uniform);

function moments(next: () => number, count = 20_000) {
  const values = Array.from({ length: count }, next);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  return { mean, variance };
}

describe('createRandom', () => {
  it('gives the same numbers for the same seed and stream, and others for another', () => {
    expect(draw(7, 'a')).toEqual(draw(7, 'a'));
    expect(draw(7, 'a')).not.toEqual(draw(8, 'a'));
    expect(draw(7, 'a')).not.toEqual(draw(7, 'b'));
  });

  it('spreads uniform numbers evenly over [0, 1)', () => {
    const { mean, variance } = moments(createRandom(1).uniform);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  it('gives normal numbers of mean 0 and variance 1', () => {
    const { mean, variance } = moments(createRandom(2).normal);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it.each([0, 0.5, 8, 400])('gives Poisson numbers whose mean and variance are both %d', (expected) => {
    const random = createRandom(3);
    const { mean, variance } = moments(() => random.poisson(expected));
    expect(Math.abs(mean - expected)).toBeLessThanOrEqual(0.03 * expected);
    expect(Math.abs(variance - expected)).toBeLessThanOrEqual(0.06 * expected);
  });
});
