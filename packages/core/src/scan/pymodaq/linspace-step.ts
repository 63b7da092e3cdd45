import { refusal } from '../refuse.ts';

/**
 * PyMoDAQ's `linspace_step` and numpy's `linspace` behind it, to the last bit: never beyond `stop`, which a range that
 * is no multiple of the step does not reach (pymodaq_utils, math_utils.py).
 *
 * @throws DaqtorError `scan.refused` where PyMoDAQ raises
 */
export function linspaceStep(start: number, stop: number, step: number): number[] {
  if (!(step !== 0 && Math.sign(stop - start) === Math.sign(step))) {
    throw refusal(`a range from ${start} to ${stop} cannot be walked in steps of ${step}`);
  }
  let count = Math.ceil((stop - start) / step);
  if (Math.abs(start + (count - 1) * step + step - stop) < 1e-12) count++;
  const end = start + (count - 1) * step;
  if (count === 1) return [start];
  const spacing = (end - start) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? end : i * spacing + start));
}
