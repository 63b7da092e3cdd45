import { DaqtorError } from '@daqtor/core';
import { toBytes } from '../transports/bytes.ts';
import type { Link } from '../transports/link.ts';
import type { LinkIo, Resync } from '../transports/link-io.ts';
import { lineTalk, shown } from './line-talk.ts';
import { messageNumbers } from './message-numbers.ts';

/** A reply of a Zaber device. */
export interface ZaberReply {
  readonly busy: boolean;
  /** The warning of the highest priority, e.g. `WR`; `--` for none. */
  readonly flag: string;
  readonly data: string;
}

const LINES = { sent: '\n', received: '\n' } as const;
/** Message identities: two digits; the last is kept for getting back into step. */
const RESYNC_ID = 99;
const nextId = messageNumbers(RESYNC_ID);

/**
 * Zaber's ASCII protocol, to one axis of one device. Each command carries a message identity that its reply repeats, so
 * that a late reply, an alert or another device cannot be taken for it, and a checksum, without which a byte that was
 * changed on the way might become another distance.
 *
 * Source: Zaber's article on the ASCII protocol and its protocol manual; from memory: how the checksum is computed.
 */
export class ZaberTalk {
  readonly #link: Link;
  readonly #target: string;
  readonly #device: number;

  constructor(link: Link, device: number, axis: number) {
    this.#link = link;
    this.#device = device;
    this.#target = `${device} ${axis}`;
  }

  /**
   * @param command - e.g. `move abs 1000`; empty asks for the status only
   * @param tried - what is being done, for the error
   * @throws DaqtorError `instrument.fault` if the device rejects
   */
  async command(command: string, tried: string, signal: AbortSignal): Promise<ZaberReply> {
    const id = nextId(this.#link.wire);
    const { reply, accepted } = await this.#link.exchange(async (io) => {
      const talk = lineTalk(io, LINES);
      await talk.tell(zaberMessage(`${this.#target} ${id} ${command}`.trim()));
      return talk.find((line) => parseZaberReply(line, this.#device, id));
    }, signal);
    if (accepted) return reply;
    throw new DaqtorError('instrument.fault', {
      problem: `${tried} was rejected: ${reply.data}${reply.flag === '--' ? '' : `, warning ${reply.flag}`}`,
      advice: REJECTIONS[reply.data] ?? "Look the reason up in Zaber's protocol manual",
    });
  }

  /** A command without an identity, whose reply nobody waits for. Out of turn: for stopping. */
  send(command: string, signal: AbortSignal): Promise<void> {
    return this.#link.send(zaberMessage(`${this.#target} ${command}`) + LINES.sent, signal);
  }
}

/** Gets back into step by asking the device for its status, with an identity that nothing else uses. */
export function zaberResync(device: number): Resync {
  return {
    ask: (io: LinkIo) => lineTalk(io, LINES).tell(zaberMessage(`${device} 0 ${RESYNC_ID}`)),
    answered: async (io: LinkIo) => {
      await lineTalk(io, LINES).find((line) => parseZaberReply(line, device, RESYNC_ID));
    },
  };
}

const REJECTIONS: Readonly<Record<string, string>> = {
  BADAXIS: 'Check the number of the axis',
  BADCOMMAND: 'Check the model: its firmware does not know the command',
  BADDATA: 'Move within the travel limits that the device holds (limit.min, limit.max), after it was homed',
  BADMESSAGEID: 'Report this: the device takes no message identities',
  DRIVERDISABLED: 'Turn the driver of the axis on (driver enable)',
  PARKED: 'Unpark the axis (tools parking unpark)',
  STATUSBUSY: 'Wait for the end of the motion, or stop it',
  SYSTEMERROR: 'Switch the device off and on',
};

/** `/`, the text, `:` and its checksum, without the line end. */
export function zaberMessage(text: string): string {
  return `/${text}:${checksum(text)}`;
}

/**
 * The reply to the message with this identity.
 *
 * @returns undefined for anything else: an alert, another device or identity, a wrong checksum
 */
export function parseZaberReply(
  line: string,
  device: number,
  id: number,
): { readonly reply: ZaberReply; readonly accepted: boolean } | undefined {
  const [, text = '', sum] = /^@(.*?)(?::([0-9A-F]{2}))?$/i.exec(line) ?? [];
  if (sum !== undefined && sum.toUpperCase() !== checksum(text)) return undefined;
  const [, from, to, status, state, flag = '--', data = ''] =
    /^(\d+) \d+ (\d+) (OK|RJ) (BUSY|IDLE) (\S\S) ?(.*)$/.exec(text) ?? [];
  if (Number(from) !== device || Number(to) !== id) return undefined;
  return { accepted: status === 'OK', reply: { busy: state === 'BUSY', flag, data: shown(data) } };
}

/** What makes the sum of the bytes and itself 0 modulo 256, as two digits. */
function checksum(text: string): string {
  const sum = toBytes(text).reduce((total, byte) => total + byte, 0);
  return (-sum & 0xff).toString(16).toUpperCase().padStart(2, '0');
}
