import Qty from 'js-quantities';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { UNIT_NAMES } from './known-units.ts';

/** Temperatures on a scale, as opposed to differences, when they stand alone: 20 degC is 293.15 K. */
const ON_A_SCALE: Readonly<Record<string, string>> = { degC: 'tempC', degK: 'tempK', degF: 'tempF' };

interface Parsed {
  /** As js-quantities spells it. */
  readonly spelled: string;
  readonly quantity: Qty;
}

const parsed = new Map<string, Parsed>();

function parse(units: string): Parsed {
  const known = parsed.get(units);
  if (known) return known;
  const unknown: string[] = [];
  const text = units
    .trim()
    .replaceAll('**', '^')
    .replaceAll('²', '^2')
    .replaceAll('³', '^3')
    .replace(/[^\s*/^()\d.+-]+/gu, (name) => {
      const symbol = UNIT_NAMES.get(name);
      if (symbol === undefined) unknown.push(name);
      return symbol ?? name;
    });
  try {
    if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}`);
    const spelled = ON_A_SCALE[text] ?? text;
    const result = { spelled, quantity: new Qty(1, spelled) };
    parsed.set(units, result);
    return result;
  } catch (cause) {
    throw new DaqtorError('data.units', {
      problem: `'${units}' is not a unit that Daqtor knows`,
      advice: "Use a symbol such as 'mm', 'V', 'nm', 's', 'count', 'deg', 'mm/s' or '' for a pure number",
      // The library's own errors are no proper ones: some tools cannot print them.
      cause: new Error((cause as Error).message),
    });
  }
}

/**
 * Checks a unit text; the texts that pass are read by pint as well.
 *
 * @returns the text, unchanged
 * @throws DaqtorError `data.units` if the text is not a unit
 */
export function checkUnits(units: string): string {
  parse(units);
  return units;
}

/** Whether a value in `from` can be expressed in `to`. Unknown units throw `data.units`. */
export function areCompatible(from: string, to: string): boolean {
  return from === to || parse(from).quantity.isCompatible(parse(to).quantity);
}

/**
 * Expresses a value in other units, e.g. `convertUnits(1.5, 'mm', 'um')` is 1500.
 *
 * @throws DaqtorError `data.units` if a text is not a unit or the two do not measure the same thing
 */
export function convertUnits(value: number, from: string, to: string): number {
  if (from === to) return value;
  const [source, target] = [parse(from), parse(to)];
  if (!source.quantity.isCompatible(target.quantity)) {
    throw new DaqtorError('data.units', {
      problem: `${value} '${from}' cannot be expressed in '${to}'`,
      advice: 'Give the value in units of the same kind',
    });
  }
  return new Qty(value, source.spelled).to(target.quantity).scalar;
}

/**
 * Expresses a difference in other units: from 10 to 11 degC it is 1 K, where 1 degC on the scale is 274.15 K.
 *
 * @throws as `convertUnits`
 */
export function convertSpan(span: number, from: string, to: string): number {
  return convertUnits(span, from, to) - convertUnits(0, from, to);
}
