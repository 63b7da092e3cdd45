import { describe, expect, it } from 'vitest';
import { createSample } from './sample.ts';

const sample = createSample();
const wavelengths = Float64Array.from({ length: 201 }, (_, i) => 450 + i);

/** Wavelength of the deepest absorption and how deep it is, against light that was not absorbed. */
function line(x: number, y: number) {
  const spectrum = sample.spectrum(x, y, wavelengths);
  const deepest = spectrum.indexOf(Math.min(...spectrum));
  return { nm: wavelengths[deepest], depth: 1 - (spectrum[deepest] ?? 0) / sample.transmittedPower(x, y) };
}

describe('createSample', () => {
  it('transmits between 0 and 1 everywhere, little between the rays and much on them', () => {
    for (let x = -1.4; x <= 1.4; x += 0.1) {
      for (let y = -1.4; y <= 1.4; y += 0.1) {
        expect(sample.transmittedPower(x, y)).toBeGreaterThanOrEqual(0);
        expect(sample.transmittedPower(x, y)).toBeLessThanOrEqual(1);
      }
    }
    expect(sample.transmittedPower(0, 0.6)).toBeGreaterThan(0.95);
    expect(sample.transmittedPower(0.6, 0)).toBeLessThan(0.1);
  });

  it('has no symmetry that a flipped or transposed map could hide behind', () => {
    const at = sample.transmittedPower(0.42, 0.24);
    for (const [x, y] of [
      [-0.42, 0.24],
      [0.42, -0.24],
      [-0.42, -0.24],
      [0.24, 0.42],
    ] as const) {
      expect(Math.abs(sample.transmittedPower(x, y) - at)).toBeGreaterThan(0.1);
    }
  });

  it('is blurred by the beam: no step is steeper than the beam is wide', () => {
    let steepest = 0;
    for (let x = -1; x < 1; x += 0.005) {
      const step = sample.transmittedPower(x + 0.005, 0.5) - sample.transmittedPower(x, 0.5);
      steepest = Math.max(steepest, Math.abs(step) / 0.005);
    }
    const edgeThroughGaussian = 0.96 / (Math.sqrt(2 * Math.PI) * 0.045);
    expect(steepest).toBeGreaterThan(0.6 * edgeThroughGaussian);
    expect(steepest).toBeLessThan(1.05 * edgeThroughGaussian);
  });

  it('has an absorption line that moves with the position and is deepest in the coloured ray', () => {
    expect(line(-1, 0).nm).toBe(527);
    expect(line(1, 0).nm).toBe(563);
    expect(line(0.42, 0.24).depth).toBeGreaterThan(0.8);
    expect(line(-0.42, 0.24).depth).toBeLessThan(0.35);
  });

  it('shows the camera a bright spot in the middle, and the sample around it', () => {
    const view = { rows: 48, columns: 64, pixelMm: 0.008 };
    const image = sample.image(0, 0.5, view);
    expect(image).toHaveLength(48 * 64);
    expect(Math.max(...image)).toBeCloseTo(1, 1);
    expect(image[24 * 64 + 32]).toBeGreaterThan(0.95);
    // Within the ray, but out of the beam; and beside the ray.
    expect(image[47 * 64 + 32]).toBeGreaterThan(5 * (image[24 * 64] ?? 0));
  });
});
