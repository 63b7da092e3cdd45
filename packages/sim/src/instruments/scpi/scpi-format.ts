/** A number with its sign, so many decimals and two digits of exponent, e.g. `+1.50000000E+00`. */
export function scientific(value: number, decimals: number): string {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential(decimals).split('e');
  const power = Number(exponent);
  return `${value < 0 ? '-' : '+'}${mantissa}E${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
