import { refusal } from '../refuse.ts';

/** A part of a sparse axis: one position, or a range. */
export interface SparsePart {
  readonly from: number;
  readonly to: number;
  /** 0 for a single position. */
  readonly step: number;
}

/**
 * The parts of a text such as `0:0.2:1, 5:1:7, 9`: ranges as start:step:stop, and single positions, in their order.
 *
 * @throws DaqtorError `scan.refused` for what is neither
 */
export function sparseParts(text: string, actuator?: string): SparsePart[] {
  const parts = text.split(/[,\s]+/).filter((part) => part !== '');
  if (parts.length === 0) throw refusal('a sweep needs at least one position', actuator);
  return parts.map((part) => {
    const numbers = part.split(':').map((number) => (number === '' ? Number.NaN : Number(number)));
    const [from, step = 0, to = from] = numbers;
    const isRange = numbers.length === 3;
    if (
      from === undefined ||
      to === undefined ||
      !numbers.every(Number.isFinite) ||
      !(isRange || numbers.length === 1)
    ) {
      throw refusal(`'${part}' is neither a position nor a range`, actuator, 'Write a range as start:step:stop');
    }
    if (isRange && (step === 0 || (to !== from && Math.sign(to - from) !== Math.sign(step)))) {
      throw refusal(`the range '${part}' leads away from its end`, actuator, 'The step has the sign of stop - start');
    }
    return { from, to, step };
  });
}
