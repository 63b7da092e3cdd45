import { DaqtorError, type UsbInterface, type UsbRefusal } from '@daqtor/core';
import { HEADER_BYTES, messageOut, nextTag, parseAnswerHeader, REQUEST, requestIn, STATUS } from './usbtmc-messages.ts';

/** Longest time for what an instrument has to do at once. */
const PROMPT_MS = 1000;
/** Most bytes of one transfer to the instrument, and of one that is allocated for its answer. */
const PIECE_BYTES = 65_536;
/** Most bytes of an answer that are asked for at once. */
const ANSWER_BYTES = 2 ** 20;
/** What is under way when an answer is given up comes at once, or not at all. */
const LEFTOVER_MS = 50;
/** How often a clear or an abort that is pending is asked for, and how many notices a status byte may come after. */
const MOST_CHECKS = 100;
/** Packets of an answer that was given up: those that were under way. */
const MOST_PACKETS = 4096;

/**
 * An instrument of the USB Test and Measurement Class: its messages and its control requests, one after the other.
 *
 * What the instrument announces is never allocated: memory grows with what comes.
 */
export class UsbtmcDevice {
  readonly #usb: UsbInterface;
  readonly #address: string;
  readonly #out: number;
  readonly #in: number;
  readonly #interrupt: number | undefined;
  readonly #packetBytes: number;
  #tag = 0;
  #statusTag = 1;

  /** @throws DaqtorError `instrument.connect` if the interface is not one of USBTMC */
  constructor(usb: UsbInterface, address: string) {
    this.#usb = usb;
    this.#address = address;
    const bulk = usb.endpoints.filter(({ kind }) => kind === 'bulk');
    const toHost = bulk.find((one) => one.address & 0x80);
    const toInstrument = bulk.find((one) => !(one.address & 0x80));
    if (!toHost || !toInstrument) {
      throw new DaqtorError('instrument.connect', {
        problem: `${address} says that it speaks USBTMC, and has not the two bulk endpoints of it`,
        advice: 'Check the mode of USB that the instrument is set to',
      });
    }
    this.#out = toInstrument.address;
    this.#in = toHost.address;
    this.#packetBytes = toHost.packetBytes;
    this.#interrupt = usb.endpoints.find(({ kind, address: at }) => kind === 'interrupt' && at & 0x80)?.address;
  }

  /** Sends one message, in as many transfers as it takes. */
  async write(message: Uint8Array): Promise<void> {
    for (let at = 0; at < message.length; at += PIECE_BYTES) {
      const piece = message.subarray(at, at + PIECE_BYTES);
      await this.#put(messageOut(this.#nextTag(), piece, at + piece.length === message.length));
    }
  }

  /**
   * Asks for an answer, waits for it as long as it takes, and hands on its bytes as they come.
   *
   * @param signal - aborting takes the question back; nothing is handed on any more
   * @returns `end`: the answer has ended; `more`: its rest is to be asked for; `none`: it was given up
   */
  async fetch(received: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<'end' | 'more' | 'none'> {
    const tag = this.#nextTag();
    await this.#put(requestIn(tag, ANSWER_BYTES));
    for (;;) {
      const first = await this.#usb.receive(this.#in, this.#packetBytes, Number.POSITIVE_INFINITY, signal);
      if (signal.aborted) {
        await this.#abortIn(tag, typeof first === 'string' ? undefined : first);
        return 'none';
      }
      if (typeof first === 'string') {
        if (first === 'stalled') await this.#usb.clearHalt(this.#in);
        return 'none';
      }
      if (first.length === 0) continue;
      const answer = parseAnswerHeader(first);
      const isOurs = answer.tag === tag;
      const isWhole = await this.#readTransfer(first, answer.size, isOurs ? received : () => undefined);
      // One that was given up earlier, and comes all the same: ours is still to come.
      if (isOurs) return !isWhole ? 'none' : answer.isEnd ? 'end' : 'more';
    }
  }

  /**
   * The status byte of IEEE 488.2, which an instrument of USB488 tells also while it is busy.
   *
   * @throws DaqtorError `instrument.fault` if it does not
   */
  async statusByte(): Promise<number> {
    const tag = this.#statusTag === 127 ? 2 : this.#statusTag + 1;
    this.#statusTag = tag;
    const answer = await this.#control(REQUEST.readStatusByte, tag, 3);
    if (typeof answer === 'string' || answer[0] !== STATUS.success) throw this.#refused('tell its status byte', answer);
    if (this.#interrupt === undefined) return answer[2] ?? 0;
    for (let notices = 0; notices < MOST_CHECKS; notices++) {
      const notice = await this.#usb.receive(this.#interrupt, this.#packetOf(this.#interrupt), PROMPT_MS);
      if (notice === 'stalled') await this.#usb.clearHalt(this.#interrupt);
      if (typeof notice === 'string') throw this.#refused('tell its status byte', notice);
      // Others are requests for service.
      if (notice[0] === (0x80 | tag)) return notice[1] ?? 0;
    }
    throw this.#refused('tell its status byte', 'other notices');
  }

  /** Makes it forget what is half received or not fetched; one that refuses is left as it is. */
  async clear(): Promise<void> {
    const begun = await this.#control(REQUEST.initiateClear, 0, 1);
    if (typeof begun === 'string' || begun[0] !== STATUS.success) return;
    for (let checks = 0; checks < MOST_CHECKS; checks++) {
      const state = await this.#control(REQUEST.checkClear, 0, 2);
      if (typeof state === 'string' || state[0] !== STATUS.pending) break;
      // It has bytes that are to be read first.
      if ((state[1] ?? 0) & 1) await this.#usb.receive(this.#in, this.#packetBytes, LEFTOVER_MS);
    }
    await this.#usb.clearHalt(this.#out);
  }

  close(): Promise<void> {
    return this.#usb.close();
  }

  /** Takes the rest of a transfer. False if it did not come to its end. */
  async #readTransfer(first: Uint8Array, size: number, received: (bytes: Uint8Array) => void): Promise<boolean> {
    const packet = this.#packetBytes;
    let missing = size;
    const hand = (bytes: Uint8Array) => {
      const data = bytes.subarray(0, missing);
      missing -= data.length;
      if (data.length > 0) received(data);
    };
    hand(first.subarray(HEADER_BYTES));
    // A packet that is not full ends a transfer. After one that is full comes an empty one, from those that keep the rule:
    // the next fetch passes over it, so that nobody waits for one that does not come.
    for (let last = first; missing > 0 && last.length > 0 && last.length % packet === 0; ) {
      const bytes = Math.min(PIECE_BYTES, Math.ceil(missing / packet) * packet);
      const next = await this.#usb.receive(this.#in, bytes, PROMPT_MS);
      if (typeof next === 'string') {
        if (next === 'stalled') await this.#usb.clearHalt(this.#in);
        break;
      }
      hand(next);
      last = next;
    }
    return missing === 0;
  }

  /** Sends one transfer; of one that is refused or late, the instrument is told to forget it. */
  async #put(bytes: Uint8Array): Promise<void> {
    const outcome = await this.#usb.send(this.#out, bytes, PROMPT_MS);
    if (outcome === 'sent') return;
    await this.#abortOut(bytes[1] ?? 0);
    throw this.#refused('take a message', outcome);
  }

  async #abortOut(tag: number): Promise<void> {
    const request = { type: 'class', recipient: 'endpoint', index: this.#out } as const;
    const begun = await this.#usb.control({ ...request, request: REQUEST.initiateAbortOut, value: tag }, 2, PROMPT_MS);
    if (typeof begun !== 'string' && begun[0] === STATUS.success) {
      await this.#untilDone({ ...request, request: REQUEST.checkAbortOut, value: 0 });
    }
    await this.#usb.clearHalt(this.#out);
  }

  /** @param begun - what has come of the answer */
  async #abortIn(tag: number, begun: Uint8Array | undefined): Promise<void> {
    const request = { type: 'class', recipient: 'endpoint', index: this.#in } as const;
    const answer = await this.#usb.control({ ...request, request: REQUEST.initiateAbortIn, value: tag }, 2, PROMPT_MS);
    const isAborting = typeof answer !== 'string' && answer[0] === STATUS.success;
    // It ends what it was sending, if only with an empty packet.
    let last: Uint8Array | UsbRefusal = begun ?? 'late';
    const isUnderWay = () => typeof last !== 'string' && last.length === this.#packetBytes;
    for (let packets = 0; (isAborting && packets === 0) || (isUnderWay() && packets < MOST_PACKETS); packets++) {
      last = await this.#usb.receive(this.#in, this.#packetBytes, LEFTOVER_MS);
    }
    if (isAborting) await this.#untilDone({ ...request, request: REQUEST.checkAbortIn, value: 0 });
  }

  async #untilDone(request: Parameters<UsbInterface['control']>[0]): Promise<void> {
    for (let checks = 0; checks < MOST_CHECKS; checks++) {
      const state = await this.#usb.control(request, 8, PROMPT_MS);
      if (typeof state === 'string' || state[0] !== STATUS.pending) return;
      if ((state[1] ?? 0) & 1) await this.#usb.receive(this.#in, this.#packetBytes, LEFTOVER_MS);
    }
  }

  #control(request: number, value: number, maxBytes: number): Promise<Uint8Array | UsbRefusal> {
    const { number: index } = this.#usb;
    return this.#usb.control({ type: 'class', recipient: 'interface', request, value, index }, maxBytes, PROMPT_MS);
  }

  #packetOf(address: number): number {
    return this.#usb.endpoints.find((one) => one.address === address)?.packetBytes ?? this.#packetBytes;
  }

  #nextTag(): number {
    this.#tag = nextTag(this.#tag);
    return this.#tag;
  }

  #refused(what: string, how: Uint8Array | UsbRefusal | 'other notices'): DaqtorError {
    const reasons = {
      late: `within ${PROMPT_MS} ms`,
      stalled: '(it stalls)',
      'other notices': '(it sends other notices)',
    };
    const reason = typeof how === 'string' ? reasons[how] : `(status ${how[0]})`;
    return new DaqtorError('instrument.fault', {
      problem: `${this.#address} does not ${what} ${reason}`,
      advice: 'Check that the instrument is not busy; switch it off and on if it does not come back',
    });
  }
}
