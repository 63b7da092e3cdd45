import type { ConnectContext, PortSetting } from '@daqtor/core';
import { type EventTalk, eventTalk } from '../protocols/event-talk.ts';
import type { LineEnds } from '../protocols/line-talk.ts';
import { overIdentified } from '../protocols/over-identified.ts';
import { recogniseBy } from '../protocols/scpi.ts';
import type { Link } from '../transports/link.ts';
import { isOnGpib } from '../transports/resolve-port.ts';

/** It answers by one interface only, and ends its answers there as that has it. */
const RS232: LineEnds = { sent: '\r', received: '\r' };
const GPIB: LineEnds = { sent: '\n', received: '\n' };

/** `OUTX` first, lest it answers by the other interface. */
function recognitionOf(port: PortSetting) {
  const isGpib = isOnGpib(port);
  const ends = isGpib ? GPIB : RS232;
  const before = `OUTX ${isGpib ? 1 : 0}${ends.sent}`;
  return {
    ...recogniseBy('a Stanford Research SR830', ({ model }) => /^SR830$/i.test(model), { before }),
    ends,
  };
}

/** Connects to an SR830 by GPIB, or by RS-232, which is set to 9600 baud and no parity at its front panel. */
export function overSr830<T>(
  context: ConnectContext,
  port: PortSetting,
  build: (talk: EventTalk, link: Link, identity: string) => Promise<T>,
): Promise<T> {
  const recognition = recognitionOf(port);
  const options = { maker: 'Stanford Research', recognition, serial: { baudRate: 9600 } };
  return overIdentified(context, port, options, ({ link, identity }) =>
    build(eventTalk(link, recognition.ends), link, identity),
  );
}
