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

/** A time for people: `0:42`, `3:07`, `1:02:09`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}
