import { defineDetector } from '@daqtor/core';
import { configuredLockIn, decades, type LockInModel, lockInSettings, refuseCurrent } from './lock-in.ts';
import { overSr860 } from './sr860-link.ts';

/** Bits of CUROVLDSTAT? that are overloads. Not latched: they tell how things are. */
const OVERLOADS = [
  [0x01, 'output X'],
  [0x02, 'output Y'],
  [0x10, 'the input range'],
] as const;

/**
 * Stanford Research SR860 and SR865A lock-ins, by serial port, TCP socket or USB serial port.
 *
 * Source: public drivers (CUROVLDSTAT? bits 3 and 4, SNAP? by numbers); compared with PyMeasure's driver: the
 * tables of SCAL and OFLT, IVMD; from memory: bits 0 and 1 of CUROVLDSTAT?.
 *
 * Each grab waits until the output has settled after what was changed before it, then reads X and Y of one moment; R and
 * phase are computed from them. Mind `timeoutMs` for long time constants.
 */
export const sr860 = defineDetector({
  kind: 'sr860',
  title: 'Stanford Research SR860 lock-in',
  settings: lockInSettings,
  connect: (settings, context) =>
    overSr860(context, settings.port, async (talk, link, identity) => {
      const model: LockInModel = {
        talk,
        sensitivity: { command: 'SCAL', choices: decades([10, 5, 2], -1, 28, -1) },
        timeConstants: decades([1, 3], -6, 22),
        clearOverloads: async () => {},
        async snap(signal) {
          const [x = Number.NaN, y = Number.NaN] = await talk.queryNumbers('SNAP? 0,1', 2, signal);
          return { x, y, hertz: await talk.queryNumber('FREQ?', signal) };
        },
        async overloads(signal) {
          const bits = await talk.queryNumber('CUROVLDSTAT?', signal);
          return OVERLOADS.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
        },
      };
      refuseCurrent((await talk.queryNumber('IVMD?', context.signal)) === 1);
      const configured = await configuredLockIn(model, settings, context.clock, context.signal);
      return {
        identity,
        ...configured,
        close: () => link.close(),
      };
    }),
});
