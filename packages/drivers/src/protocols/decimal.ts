/**
 * A number without an exponent, which some controllers do not read.
 *
 * @param digits - most digits after the point; zeros at the end are left out
 */
export function decimal(value: number, digits = 9): string {
  const text = value.toFixed(digits);
  return (digits > 0 ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0');
}
