import type { ConnectContext, PortSetting } from '@daqtor/core';
import { type EventTalk, eventTalk } from '../protocols/event-talk.ts';
import type { LineEnds } from '../protocols/line-talk.ts';
import { overIdentified } from '../protocols/over-identified.ts';
import { recogniseBy } from '../protocols/scpi.ts';
import type { Link } from '../transports/link.ts';

const LINES: LineEnds = { sent: '\n', received: '\n' };
const OPTIONS = {
  maker: 'Stanford Research',
  // A capture that was cut may hold line feeds anywhere.
  recognition: recogniseBy('a Stanford Research SR860', ({ model }) => /^SR86[05]A?$/i.test(model), {
    mostLines: 65_536,
  }),
  serial: { baudRate: 115_200 },
};

/** Connects to an SR860 or SR865A. */
export const overSr860 = <T>(
  context: ConnectContext,
  port: PortSetting,
  build: (talk: EventTalk, link: Link, identity: string) => Promise<T>,
): Promise<T> =>
  overIdentified(context, port, OPTIONS, ({ link, identity }) => build(eventTalk(link, LINES), link, identity));
