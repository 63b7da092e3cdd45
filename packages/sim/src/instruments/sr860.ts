import { createRandom } from '../physics/random.ts';
import { EventCommands, EventRefusal, eventIndex } from './event-commands.ts';
import { lineInstrument } from './line-instrument.ts';
import { LockInFilter, type LockInInput } from './lock-in-filter.ts';
import type { LockInOptions, SimulatedLockIn } from './sr830.ts';
import { Sr860Capture } from './sr860-capture.ts';

const IDENTITY = 'Stanford_Research_Systems,SR860,003412,V1.51';
/** Bits of CUROVLDSTAT?. */
const OVERLOAD = { x: 0x1, y: 0x2, inputRange: 0x10 } as const;
/** Input ranges in volts, by their numbers in IRNG. */
const RANGES = [1, 0.3, 0.1, 0.03, 0.01];
const PARAMETERS = ['X', 'Y', 'R', 'TH'];

/**
 * A Stanford Research SR860 lock-in.
 *
 * Source: public drivers (CUROVLDSTAT? bits 3 and 4, IRNG, SNAP? by numbers or names); compared with
 * PyMeasure's driver: the tables of SCAL and OFLT, OUTP?, SNAP? of two or three parameters; from memory: bits 0 and 1 of
 * CUROVLDSTAT?. Answers end with LF. Its capture buffer: the manual's data capture commands (134 to 139).
 */
export function simulatedSr860({ clock, noise = 1e-6, referenceHz = 1000, seed = 1 }: LockInOptions): SimulatedLockIn {
  const random = createRandom(seed, 'sr860');
  const filter = new LockInFilter(clock);
  const settings = { scal: 0, oflt: 10, ofsl: 1, irng: 0, ivmd: 0 };
  const fullScale = () => ([1, 0.5, 0.2][settings.scal % 3] ?? 1) * 10 ** -Math.floor(settings.scal / 3);
  const noisy = (value: number) => value + noise * fullScale() * random.normal();
  const parameter = (name: string) => {
    const { x, y } = filter.output;
    const index = /^\d+$/.test(name) ? Number(name) : PARAMETERS.findIndex((one) => name.toUpperCase().startsWith(one));
    switch (index) {
      case 0:
        return noisy(x);
      case 1:
        return noisy(y);
      case 2:
        return Math.abs(noisy(Math.hypot(x, y)));
      case 3:
        return (Math.atan2(y, x) * 180) / Math.PI;
      default:
        throw new EventRefusal('execution');
    }
  };
  const index = (name: string, key: keyof typeof settings, last: number, then: () => void = () => undefined) =>
    eventIndex(
      name,
      last,
      () => settings[key],
      (value) => {
        settings[key] = value;
        then();
      },
    );
  const capture = new Sr860Capture(
    clock,
    () => [parameter('X'), parameter('Y')],
    () => filter.timeConstantS,
  );
  const commands = new EventCommands({
    ...capture.commands,
    '*IDN?': () => IDENTITY,
    ...index('SCAL', 'scal', 27),
    ...index('OFLT', 'oflt', 21, () => {
      filter.timeConstantS = (settings.oflt % 2 === 1 ? 3 : 1) * 10 ** (Math.floor(settings.oflt / 2) - 6);
    }),
    ...index('OFSL', 'ofsl', 3, () => {
      filter.stages = settings.ofsl + 1;
    }),
    ...index('IRNG', 'irng', RANGES.length - 1),
    ...index('IVMD', 'ivmd', 1),
    'FREQ?': () => referenceHz.toExponential(9),
    'CUROVLDSTAT?': () => {
      const { x, y } = filter.output;
      const { x: inX, y: inY } = filter.input;
      const bits =
        (Math.abs(x) > fullScale() ? OVERLOAD.x : 0) |
        (Math.abs(y) > fullScale() ? OVERLOAD.y : 0) |
        // The effective value of the signal against the peak that the input takes.
        (Math.SQRT2 * Math.hypot(inX, inY) > (RANGES[settings.irng] ?? 1) ? OVERLOAD.inputRange : 0);
      return String(bits);
    },
    'OUTP?': (name = '') => parameter(name).toExponential(9),
    'SNAP?': (...names) => {
      if (names.length < 2 || names.length > 3) throw new EventRefusal('command');
      return names.map((name) => parameter(name).toExponential(9)).join(',');
    },
  });
  const instrument = lineInstrument({
    title: 'Stanford Research SR860',
    terminator: '\n',
    answerEnd: '\n',
    execute: (line) => commands.execute(line),
  });
  return Object.assign(instrument, { messages: commands.messages, apply: (input: LockInInput) => filter.apply(input) });
}
