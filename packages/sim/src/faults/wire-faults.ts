import type { Random } from '../physics/random.ts';

/** What goes wrong on a wire. Shares are between 0 and 1; what is left out does not happen. */
export interface WireFaults {
  /** Time under way in each direction, in ms. */
  readonly latencyMs?: number;
  /** Up to so much more, in ms, another for each piece; the order of bytes is kept. */
  readonly jitterMs?: number;
  /** Bytes take their time on the line: 10 bits each. */
  readonly baudRate?: number;
  /** What is received comes in pieces of so many bytes. */
  readonly fragmentBytes?: number;
  /** Share of the received bytes that are lost. */
  readonly drop?: number;
  /** Share of the received pieces that come twice. */
  readonly duplicate?: number;
  /** Share of the received pieces before which a few random bytes come. */
  readonly garbage?: number;
  /** What is received is held back as by a converter of FTDI: until 62 bytes are together, or for so long, in ms (16 as shipped). */
  readonly timerMs?: number;
  /** The cable is pulled: nothing passes, in either direction. */
  readonly pulled?: boolean;
  /** What is sent comes back first, as from a line with local echo. */
  readonly echo?: boolean;
}

/** The pieces in which these bytes come, with what is lost, doubled and added. */
export function damaged(bytes: Uint8Array, faults: WireFaults, random: Random): Uint8Array[] {
  const { fragmentBytes = Number.POSITIVE_INFINITY, drop = 0, duplicate = 0, garbage = 0, pulled } = faults;
  if (pulled) return [];
  const happens = (share: number) => share > 0 && random.uniform() < share;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += fragmentBytes) {
    const piece = bytes.slice(at, Math.min(bytes.length, at + fragmentBytes)).filter(() => !happens(drop));
    if (happens(garbage)) pieces.push(Uint8Array.from({ length: 3 }, () => Math.floor(256 * random.uniform())));
    pieces.push(piece);
    if (happens(duplicate)) pieces.push(piece.slice());
  }
  return pieces.filter((piece) => piece.length > 0);
}
