import { createBlurredMap } from './blurred-map.ts';

/** Standard deviation of the beam's intensity across the sample, in mm. */
const BEAM_SIGMA_MM = 0.045;
/** What the camera's lens still resolves, in mm. */
const LENS_SIGMA_MM = 0.008;
/** Share of the light that reaches the camera without passing the beam: it makes the surroundings of the spot visible. */
const AMBIENT = 0.12;
const RAYS = 6;
/** Direction of the ray of coloured glass, clockwise from +y: it breaks the symmetry, so that no flip goes unseen. */
const COLOURED_ANGLE = Math.PI / 3;

/** What a camera looks at: pixels of equal size, the beam in the middle. */
export interface CameraView {
  readonly rows: number;
  readonly columns: number;
  /** Edge of a pixel on the sample, in mm. */
  readonly pixelMm: number;
}

/**
 * A thin chromium target on glass that every simulated instrument sees: a star of six rays in a ring, about 2 mm
 * across, with one ray of coloured glass. Positions are where the beam meets the sample, in mm, the centre at (0, 0).
 */
export interface Sample {
  /** Transmitted share of the beam's power, 0 to 1. */
  transmittedPower(xMm: number, yMm: number): number;
  /**
   * Transmission of the spot at each wavelength: that of the target, less an absorption line of the glass that moves
   * with the position and is deepest in the coloured ray.
   *
   * @param wavelengthsNm - shape `[pixels]`
   * @returns values 0 to 1, shape `[pixels]`
   */
  spectrum(xMm: number, yMm: number, wavelengthsNm: ArrayLike<number>): Float64Array;
  /**
   * Light on a camera behind the sample.
   *
   * @returns relative intensity, 0 to about 1, row-major, shape `[rows, columns]`
   */
  image(xMm: number, yMm: number, view: CameraView): Float64Array;
}

export function createSample(): Sample {
  const throughBeam = createBlurredMap(starTarget, BEAM_SIGMA_MM);
  const throughLens = createBlurredMap(starTarget, LENS_SIGMA_MM);
  return {
    transmittedPower: throughBeam,
    spectrum(xMm, yMm, wavelengthsNm) {
      const power = throughBeam(xMm, yMm);
      const centreNm = 545 + 18 * xMm + 9 * yMm;
      const depth = 0.25 + 0.6 * colouredGlass(xMm, yMm);
      return Float64Array.from(wavelengthsNm, (wavelength) => {
        const line = 1 / (1 + ((wavelength - centreNm) / 9) ** 2);
        return power * (1 - depth * line);
      });
    },
    image(xMm, yMm, { rows, columns, pixelMm }) {
      const light = new Float64Array(rows * columns);
      for (let row = 0, i = 0; row < rows; row++) {
        const v = (row - (rows - 1) / 2) * pixelMm;
        for (let column = 0; column < columns; column++, i++) {
          const u = (column - (columns - 1) / 2) * pixelMm;
          const beam = Math.exp(-(u ** 2 + v ** 2) / (2 * BEAM_SIGMA_MM ** 2));
          light[i] = throughLens(xMm + u, yMm + v) * (AMBIENT + (1 - AMBIENT) * beam);
        }
      }
      return light;
    },
  };
}

/** Transmission of the sharp target at a point: 0.04 for chromium, 1 for glass, 0.5 for the coloured ray. */
function starTarget(xMm: number, yMm: number): number {
  const radius = Math.hypot(xMm, yMm);
  const angle = Math.atan2(xMm, yMm);
  if (radius < 0.06 || Math.abs(radius - 0.92) < 0.06) return 1;
  if (radius < 0.1 || radius > 0.74 || Math.cos(RAYS * angle) <= 0) return 0.04;
  return Math.abs(angle - COLOURED_ANGLE) < Math.PI / RAYS ? 0.5 : 1;
}

/** How much of the coloured glass the spot sees, 0 to 1. */
function colouredGlass(xMm: number, yMm: number): number {
  const dx = xMm - 0.48 * Math.sin(COLOURED_ANGLE);
  const dy = yMm - 0.48 * Math.cos(COLOURED_ANGLE);
  return Math.exp(-(dx ** 2 + dy ** 2) / (2 * 0.2 ** 2));
}
