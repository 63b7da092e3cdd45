import type { ConnectContext, PortSetting } from '@daqtor/core';
import { type EventTalk, eventTalk } from '../protocols/event-talk.ts';
import { type LineEnds, recognise, resyncBy } from '../protocols/line-talk.ts';
import { recogniseBy } from '../protocols/scpi.ts';
import type { Link } from '../transports/link.ts';
import { overLink } from '../transports/over-link.ts';

const LINES: LineEnds = { sent: '\r', received: '\r' };

/** `OUTX 0` first, since it answers by GPIB otherwise. */
const SR830 = {
  ...recogniseBy('a Stanford Research SR830', ({ model }) => /^SR830$/i.test(model), { before: 'OUTX 0\r' }),
  ends: LINES,
};

/** Connects to an SR830 by RS-232, which is set to 9600 baud and no parity at its front panel. */
export function overSr830<T>(
  context: ConnectContext,
  port: PortSetting,
  build: (talk: EventTalk, link: Link, identity: string) => Promise<T>,
): Promise<T> {
  return overLink(context, port, { serial: { baudRate: 9600 }, resync: resyncBy(SR830) }, async (link) => {
    const { model, serial, firmware } = await link.exchange((io) => recognise(io, SR830), context.signal);
    return build(eventTalk(link, LINES), link, `Stanford Research ${model}, ${serial}, firmware ${firmware}`);
  });
}
