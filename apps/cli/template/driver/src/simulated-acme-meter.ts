import type { Clock } from '@daqtor/core';
import { ScpiDevice, type SimulatedInstrument, scpiNumber } from '@daqtor/sim';

export interface AcmeMeterOptions {
  readonly clock: Clock;
  /** Voltage at its input at this moment; default 1.25. */
  readonly input?: () => number;
}

const RANGE = { minimum: 0.1, maximum: 1000, default: 10 };
/** Time that a reading takes. */
const READING_MS = 20;

/**
 * An Acme meter, written from its manual and never from the driver: both would have the same mistakes.
 *
 * Source: name the manual and the pages here, and say what is from memory.
 */
export function simulatedAcmeMeter({ clock, input = () => 1.25 }: AcmeMeterOptions): SimulatedInstrument {
  let range = RANGE.default;
  const device = new ScpiDevice(
    {
      identity: 'ACME,acme-meter,0815,1.0',
      errorQueueLength: 10,
      reset: () => {
        range = RANGE.default;
      },
      idle: async () => {},
    },
    [
      {
        header: ':VOLTage:RANGe',
        parameters: [1, 1],
        set: (text) => {
          range = scpiNumber(text, RANGE);
        },
        ask: () => String(range),
      },
      {
        header: ':READ',
        ask: async (signal) => {
          await clock.sleep(READING_MS, signal);
          const volts = input();
          return Math.abs(volts) > 1.2 * range ? '+9.9E37' : volts.toExponential(6).toUpperCase();
        },
      },
    ],
  );
  return { title: 'Acme meter', connect: (transmit) => device.connect(transmit) };
}
