/**
 * The units that Daqtor knows: each is read by pint (and so by PyMoDAQ) in every spelling listed here, and by
 * js-quantities under `symbol`. The list is checked against pint in CI.
 */
interface KnownUnit {
  /** As js-quantities spells it. */
  readonly symbol: string;
  /** As people and pint write it: short names take short prefixes (`mV`), long names long ones (`millivolt`). */
  readonly short: readonly string[];
  readonly long: readonly string[];
}

const unit = (symbol: string, short: readonly string[], long: readonly string[]): KnownUnit => ({
  symbol,
  short,
  long,
});

/** Units that take prefixes. */
const SCALABLE: readonly KnownUnit[] = [
  unit('m', ['m'], ['meter', 'metre']),
  unit('g', ['g'], ['gram']),
  unit('s', ['s'], ['second']),
  unit('A', ['A'], ['ampere', 'amp']),
  unit('degK', ['K'], ['kelvin']),
  unit('mol', ['mol'], ['mole']),
  unit('Hz', ['Hz'], ['hertz']),
  unit('N', ['N'], ['newton']),
  unit('Pa', ['Pa'], ['pascal']),
  unit('J', ['J'], ['joule']),
  unit('W', ['W'], ['watt']),
  unit('C', ['C'], ['coulomb']),
  unit('V', ['V'], ['volt']),
  unit('F', ['F'], ['farad']),
  unit('Ohm', ['ohm', 'Ω'], []),
  unit('S', ['S'], ['siemens']),
  unit('Wb', ['Wb'], ['weber']),
  unit('T', ['T'], ['tesla']),
  unit('H', ['H'], ['henry']),
  unit('lm', ['lm'], ['lumen']),
  unit('rad', ['rad'], ['radian']),
  unit('eV', ['eV'], ['electron_volt']),
  unit('bar', ['bar'], []),
  unit('l', ['l', 'L'], ['liter', 'litre']),
];

/** Units that take no prefixes, or only those listed. A pure number has no name in a product. */
const FIXED: readonly KnownUnit[] = [
  unit('', [], ['dimensionless']),
  unit('percent', ['%'], ['percent']),
  unit('ppm', ['ppm'], []),
  unit('count', ['count', 'counts'], []),
  unit('pixel', ['pixel'], []),
  unit('deg', ['deg', '°', 'degree', 'degrees'], []),
  unit('arcmin', ['arcmin'], []),
  unit('arcsec', ['arcsec'], []),
  unit('degC', ['degC', '°C'], []),
  unit('degF', ['degF'], []),
  unit('min', ['min'], ['minute']),
  unit('h', ['h'], ['hour']),
  unit('d', ['d'], ['day']),
  unit('angstrom', ['angstrom', 'Å'], []),
  unit('inch', ['inch'], []),
  // js-quantities takes its own spelling of a milliinch, `min`, for a minute.
  unit('mil', ['milliinch'], []),
  unit('microinch', ['microinch'], []),
  unit('gradian', ['grad'], ['gradian']),
  unit('torr', ['torr'], []),
  unit('psi', ['psi'], []),
  unit('atm', ['atm'], []),
  unit('rpm', ['rpm'], []),
];

/** Short prefix → long prefix. `u` and both signs for micro mean the same. */
const PREFIXES: Readonly<Record<string, string>> = {
  f: 'femto',
  p: 'pico',
  n: 'nano',
  u: 'micro',
  m: 'milli',
  c: 'centi',
  d: 'deci',
  k: 'kilo',
  M: 'mega',
  G: 'giga',
  T: 'tera',
};
const MICRO = ['u', 'µ', 'μ'];

/** Every name that may stand in a unit text, with what js-quantities calls it. */
export const UNIT_NAMES: ReadonlyMap<string, string> = new Map(
  [
    ...SCALABLE.flatMap(({ symbol, short, long }) =>
      Object.entries(PREFIXES).flatMap(([prefix, longPrefix]) => [
        ...short.flatMap((name) => (prefix === 'u' ? MICRO : [prefix]).map((sign) => [sign + name, prefix + symbol])),
        ...long.map((name) => [longPrefix + name, prefix + symbol]),
      ]),
    ),
    // Last, so that a unit's own name wins over a prefix with another: `min` is a minute, `cd` would be a centiday.
    ...[...SCALABLE, ...FIXED].flatMap(({ symbol, short, long }) => [...short, ...long].map((name) => [name, symbol])),
  ].map(([name, symbol]) => [name, symbol] as [string, string]),
);
