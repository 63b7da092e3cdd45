import { defineDetector } from '@daqtor/core';
import { configuredLockIn, decades, type LockInModel, lockInSettings, refuseCurrent } from './lock-in.ts';
import { overSr830 } from './sr830-link.ts';

/** Bits of LIAS? that are overloads; they stay set until they are read. */
const OVERLOADS = [
  [0x1, 'the input or its reserve'],
  [0x2, 'the filter'],
  [0x4, 'the output'],
] as const;

/**
 * Stanford Research SR830 lock-in, by RS-232 (directly or through a serial device server).
 *
 * Source: SR830 manual, SNAP? (5-15); the tables of SENS and OFLT as the manual of the SR850 has them (6-7). Compared
 * with PyMeasure's driver: these tables, the bits of LIAS?, OFSL, ISRC. From memory: OUTX.
 *
 * Each grab waits until the output has settled after what was changed before it, then reads X, Y and the frequency of one
 * moment; R and phase are computed from X and Y. Mind `timeoutMs` for long time constants.
 */
export const sr830 = defineDetector({
  kind: 'sr830',
  title: 'Stanford Research SR830 lock-in',
  settings: lockInSettings,
  connect: (settings, context) =>
    overSr830(context, settings.port, async (talk, link, identity) => {
      const model: LockInModel = {
        talk,
        sensitivity: { command: 'SENS', choices: decades([2, 5, 10], -9, 27) },
        timeConstants: decades([1, 3], -5, 20),
        clearOverloads: async (signal) => void (await talk.query('LIAS?', signal)),
        async snap(signal) {
          const [x = Number.NaN, y = Number.NaN, hertz = Number.NaN] = await talk.queryNumbers('SNAP?1,2,9', 3, signal);
          return { x, y, hertz };
        },
        async overloads(signal) {
          const bits = await talk.queryNumber('LIAS?', signal);
          return OVERLOADS.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
        },
      };
      refuseCurrent((await talk.queryNumber('ISRC?', context.signal)) >= 2);
      const configured = await configuredLockIn(model, settings, context.clock, context.signal);
      return {
        identity,
        ...configured,
        close: () => link.close(),
      };
    }),
});
