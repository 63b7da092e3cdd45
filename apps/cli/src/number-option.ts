import { Misuse } from './misuse.ts';

/**
 * The number that an option was given.
 *
 * @returns undefined where the option was left out
 * @throws Misuse for anything but a number from `least` to `most`
 */
export function numberOption(
  name: string,
  text: unknown,
  least: number,
  most: number = Number.POSITIVE_INFINITY,
): number | undefined {
  if (text === undefined) return undefined;
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const range = most === Number.POSITIVE_INFINITY ? `${least} or more` : `from ${least} to ${most}`;
  throw new Misuse(`--${name} takes a number, ${range}, not '${String(text)}'`);
}
