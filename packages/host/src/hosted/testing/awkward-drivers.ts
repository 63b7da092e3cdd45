import { DaqtorError, DataWithAxes, type DetectorDriver, defineDetector, realClock } from '@daqtor/core';
import { z } from 'zod';

/** How many frames come at once. */
export const FLOOD = 3000;

/** A detector that does what no driver should do in the program itself. */
export const awkward = defineDetector({
  kind: 'awkward',
  title: 'A detector that misbehaves',
  settings: z.object({
    does: z.enum(['block', 'hang', 'crash', 'refuse', 'throw', 'answer', 'hangOnClose', 'flood']),
    forMs: z.number().default(300),
    port: z.unknown().optional(),
  }),
  connect: async ({ does, forMs }, { clock, trace }) => {
    trace?.({ atMs: clock.now(), address: 'process', direction: 'note', text: String(process.pid) });
    return driverThat(does, forMs);
  },
});

function driverThat(does: string, forMs: number): DetectorDriver {
  return {
    identity: 'An awkward one',
    async grab() {
      switch (does) {
        case 'block': {
          const flag = new Int32Array(new SharedArrayBuffer(4));
          Atomics.wait(flag, 0, 0, forMs);
          break;
        }
        case 'hang':
          for (;;);
        case 'crash':
          process.exit(3);
          break;
        case 'refuse':
          throw new DaqtorError('instrument.fault', {
            problem: 'error 7',
            advice: 'Turn it on',
            cause: new RangeError('register 12'),
          });
        case 'throw':
          throw new TypeError('no such register');
      }
      return [new DataWithAxes({ name: 'pid', data: [process.pid] })];
    },
    grabMs: () => forMs,
    ...(does === 'flood' && { live: flood }),
    async close() {
      if (does === 'hangOnClose') for (;;);
    },
  };
}

const flood: NonNullable<DetectorDriver['live']> = async (deliver, signal) => {
  for (;;) {
    for (let i = 0; i < FLOOD; i++) deliver([new DataWithAxes({ name: 'pid', data: [i] })]);
    await realClock.sleep(200, signal);
  }
};
