import { type ConnectContext, DaqtorError, type PortSetting } from '@daqtor/core';
import { type EventTalk, eventTalk } from '../protocols/event-talk.ts';
import type { LineEnds } from '../protocols/line-talk.ts';
import { overIdentified } from '../protocols/over-identified.ts';
import { recogniseBy } from '../protocols/scpi.ts';
import type { Link } from '../transports/link.ts';

export const INPUTS = ['A', 'B', 'C', 'D'] as const;
export type Input = (typeof INPUTS)[number];

const LINES: LineEnds = { sent: '\r\n', received: '\n' };
const LAKE_SHORE = {
  ...recogniseBy(
    'a Lake Shore 331, 335 or 336',
    ({ maker, model }) => /^LSCI$/i.test(maker) && /^MODEL33[156]/i.test(model),
  ),
  ends: LINES,
};

/** A temperature controller as its loop and its inputs see it. */
export interface LakeShore {
  readonly talk: EventTalk;
  readonly link: Link;
  readonly identity: string;
  /** The 331 has one heater range, and names no output with it. */
  readonly is331: boolean;
  /**
   * Temperature of an input, in kelvin.
   *
   * @throws DaqtorError `instrument.fault` if its sensor is open, shorted or out of range
   */
  readKelvin(input: Input, signal: AbortSignal): Promise<number>;
}

/** Bits of RDGST?; 0 is a valid reading. */
const STATUS = [
  [0x01, 'invalid reading'],
  [0x02, 'old reading'],
  [0x10, 'temperature below the range of the curve'],
  [0x20, 'temperature above the range of the curve'],
  [0x40, 'sensor reads zero'],
  [0x80, 'sensor over range'],
] as const;

/**
 * Connects to a Lake Shore temperature controller.
 *
 * Source: Model 331 manual, 6-28 to 6-37, and Model 340 manual, 9-28 to 9-40 (KRDG?, RDGST?, RANGE, CLIMIT); compared
 * with PyMeasure's driver: SETP, RANGE with the number of the output in the 335 and 336; from memory: RAMP. By USB the 335 and 336 are serial ports of 57600 baud,
 * 7 bits, odd parity; a 331 wants `?baud=9600`; the 336 has a socket, port 7777.
 */
export function overLakeShore<T>(
  context: ConnectContext,
  port: PortSetting,
  build: (controller: LakeShore) => Promise<T>,
): Promise<T> {
  const serial = { baudRate: 57_600, dataBits: 7, parity: 'odd' } as const;
  const options = { maker: 'Lake Shore', recognition: LAKE_SHORE, serial };
  return overIdentified(context, port, options, async ({ link, found, identity }) => {
    const talk = eventTalk(link, LINES);
    return build({
      talk,
      link,
      identity,
      is331: /331/.test(found.model),
      async readKelvin(input, signal) {
        const status = await talk.queryNumber(`RDGST? ${input}`, signal);
        if (status !== 0) {
          const what = STATUS.filter(([bit]) => (status & bit) !== 0).map(([, name]) => name);
          throw new DaqtorError('instrument.fault', {
            problem: `input ${input} has no valid temperature: ${what.join(', ') || `status ${status}`}`,
            advice: 'Check the sensor, its cable, and the curve that is set for the input',
          });
        }
        return talk.queryNumber(`KRDG? ${input}`, signal);
      },
    });
  });
}
