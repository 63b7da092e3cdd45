/** A value with its unit, in four significant digits: `-0.3 mm`, `1.235 V`, `12 870 count`. */
export function quantity(value: number, units: string): string {
  return units === '' ? figure(value) : `${figure(value)} ${units}`;
}

/** A value in four significant digits, without trailing zeros. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(3);
  return String(Number(value.toPrecision(4)));
}

/** A name with its unit: `x/mm`, or the name alone. */
export function named(label: string, units: string): string {
  return units === '' ? label : `${label}/${units}`;
}
