/** Room in the channel between two processes: small frames count, large ones weigh. */
const MOST_FRAMES = 1024;
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Lets no more frames into a channel than its other end takes: what a program does not take in time must fill no memory,
 * here or there. A frame for which there is no room is lost, and counted: that it was is told at once, and again when it is
 * known to be heard.
 *
 * @typeParam Frame - what is sent
 */
export class FrameWindow<Frame> {
  readonly #send: (frame: Frame) => void;
  readonly #tellLost: (count: number) => void;
  readonly #bytesOf: (frame: Frame) => number;
  /** Bytes of each frame under way, oldest first. */
  readonly #underWay: number[] = [];
  #bytes = 0;
  #lost = 0;
  #isTelling = false;

  constructor(options: {
    readonly send: (frame: Frame) => void;
    readonly tellLost: (count: number) => void;
    readonly bytesOf: (frame: Frame) => number;
  }) {
    this.#send = options.send;
    this.#tellLost = options.tellLost;
    this.#bytesOf = options.bytesOf;
  }

  put(frame: Frame): void {
    const isFull = this.#underWay.length >= MOST_FRAMES || this.#bytes >= MOST_BYTES;
    if (isFull) {
      this.lose(1);
      return;
    }
    const bytes = this.#bytesOf(frame);
    this.#underWay.push(bytes);
    this.#bytes += bytes;
    this.#send(frame);
  }

  /** Frames were lost, here or in the instrument. */
  lose(count: number): void {
    this.#lost += count;
    this.#tell();
  }

  /** The other end has taken the oldest message. */
  taken(what: 'frame' | 'loss'): void {
    if (what === 'frame') this.#bytes -= this.#underWay.shift() ?? 0;
    else {
      this.#isTelling = false;
      this.#tell();
    }
  }

  /** One message about losses at a time, however many there are. */
  #tell(): void {
    if (this.#isTelling || this.#lost === 0) return;
    const count = this.#lost;
    this.#lost = 0;
    this.#isTelling = true;
    this.#tellLost(count);
  }
}
