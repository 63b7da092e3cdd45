const STEP_MM = 0.01;
const HALF_MM = 1.5;
const SIZE = Math.round((2 * HALF_MM) / STEP_MM) + 1;

/**
 * A function of the plane, blurred by a Gaussian, as a quick look-up.
 *
 * It is sampled every 10 µm over ±1.5 mm on first use and interpolated between; beyond, it goes on as at the edge.
 *
 * @param sharp - value at (x, y) in mm
 * @param sigmaMm - standard deviation of the Gaussian
 */
export function createBlurredMap(
  sharp: (xMm: number, yMm: number) => number,
  sigmaMm: number,
): (xMm: number, yMm: number) => number {
  let map: Float64Array | undefined;
  return (xMm, yMm) => {
    map ??= blurColumns(blurRows(sampled(sharp), sigmaMm), sigmaMm);
    return interpolated(map, xMm, yMm);
  };
}

/** Row-major, shape `[SIZE, SIZE]`, y slowest. Each value is the mean of 3 × 3 points, which softens hard edges. */
function sampled(sharp: (xMm: number, yMm: number) => number): Float64Array {
  const map = new Float64Array(SIZE * SIZE);
  for (let row = 0, i = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++, i++) {
      let sum = 0;
      for (let part = 0; part < 9; part++) {
        const x = (column + ((part % 3) - 1) / 3) * STEP_MM - HALF_MM;
        const y = (row + (Math.floor(part / 3) - 1) / 3) * STEP_MM - HALF_MM;
        sum += sharp(x, y);
      }
      map[i] = sum / 9;
    }
  }
  return map;
}

function blurRows(map: Float64Array, sigmaMm: number): Float64Array {
  return convolved(map, sigmaMm, (row, column) => row * SIZE + column);
}

function blurColumns(map: Float64Array, sigmaMm: number): Float64Array {
  return convolved(map, sigmaMm, (column, row) => row * SIZE + column);
}

function convolved(map: Float64Array, sigmaMm: number, at: (line: number, place: number) => number): Float64Array {
  const reach = Math.ceil((4 * sigmaMm) / STEP_MM);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-(((i - reach) * STEP_MM) ** 2) / (2 * sigmaMm ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const result = new Float64Array(map.length);
  for (let line = 0; line < SIZE; line++) {
    for (let place = 0; place < SIZE; place++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) {
        const neighbour = Math.min(SIZE - 1, Math.max(0, place + i - reach));
        sum += (weights[i] ?? 0) * (map[at(line, neighbour)] ?? 0);
      }
      result[at(line, place)] = sum / total;
    }
  }
  return result;
}

function interpolated(map: Float64Array, xMm: number, yMm: number): number {
  const x = Math.min(SIZE - 1.000001, Math.max(0, (xMm + HALF_MM) / STEP_MM));
  const y = Math.min(SIZE - 1.000001, Math.max(0, (yMm + HALF_MM) / STEP_MM));
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - column, y - row];
  const i = row * SIZE + column;
  const [a = 0, b = 0, c = 0, d = 0] = [map[i], map[i + 1], map[i + SIZE], map[i + SIZE + 1]];
  return (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v;
}
