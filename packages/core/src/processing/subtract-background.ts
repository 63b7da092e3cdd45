import type { DataToExport } from '../data/data-to-export.ts';
import type { DataWithAxes } from '../data/data-with-axes.ts';
import type { NumericArray } from '../data/numeric-array.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';

/**
 * What is left of an export without its background: float64, since unsigned integers would wrap around. Data that have no
 * background stay as they are. Error bars add up in quadrature.
 *
 * @throws DaqtorError `data.shape` if the background of some data differs from them in shape or units
 */
export function subtractBackground(frame: DataToExport): DataToExport {
  const { background } = frame;
  if (!background) return frame;
  const data = frame.data.map((one) => {
    const dark = background.get(one.name);
    return dark ? difference(one, dark) : one;
  });
  return frame.with({ data, background: undefined });
}

function difference(bright: DataWithAxes, dark: DataWithAxes): DataWithAxes {
  checkBackground(bright, dark);
  const data = bright.data.map((array, k) => {
    const darkArray = dark.data[k] as NumericArray;
    return Float64Array.from(array as ArrayLike<number>, (value, i) => Number(value) - Number(darkArray[i]));
  });
  const { errors = dark.errors } = bright;
  if (!errors) return bright.with({ data });
  const other = bright.errors && dark.errors;
  return bright.with({
    data,
    errors: errors.map((array, k) =>
      Float64Array.from(array as ArrayLike<number>, (error, i) =>
        Math.hypot(Number(error), Number(other?.[k]?.[i] ?? 0)),
      ),
    ),
  });
}

/** @throws DaqtorError `data.shape` unless the one can be subtracted from the other */
function checkBackground(bright: DataWithAxes, dark: DataWithAxes): void {
  const look = ({ shape, units, data, complex }: DataWithAxes) =>
    `${data.length} × [${shape.join(', ')}] ${complex ? 'complex ' : ''}in '${units}'`;
  if (look(bright) === look(dark)) return;
  throw new DaqtorError('data.shape', {
    problem: `the background of '${bright.name}' is ${look(dark)}, the data are ${look(bright)}`,
    advice: 'Take the background again, or forget it',
  });
}
