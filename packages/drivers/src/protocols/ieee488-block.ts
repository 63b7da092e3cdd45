import { DaqtorError } from '@daqtor/core';
import { readable, toText } from '../transports/bytes.ts';
import type { LinkIo } from '../transports/link-io.ts';

export interface BlockOptions {
  /** Longest pause between two parts of the answer. */
  readonly timeoutMs?: number | undefined;
  /** Most bytes that are taken; default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** An indefinite block ends with a line feed that nothing follows for so long; default 100. */
  readonly quietMs?: number | undefined;
}

/**
 * Arbitrary block response data (IEEE 488.2) with the line feed that ends the message.
 *
 * The length is taken from the wire as a claim: memory grows with the bytes that come.
 *
 * @throws DaqtorError `instrument.protocol` if no block comes, or a larger one than is taken
 */
export async function readBlock(io: LinkIo, options: BlockOptions = {}): Promise<Uint8Array> {
  const { timeoutMs, maxBytes = 2 ** 24 } = options;
  const head = toText(await io.readExactly(2, timeoutMs));
  const digits = Number(/^#(\d)$/.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(digits)) throw refuse(`a block begins with # and a digit, not with '${readable(bytesOf(head))}'`);
  if (digits === 0) return readIndefinite(io, { ...options, maxBytes });
  const length = toText(await io.readExactly(digits, timeoutMs));
  if (!/^\d+$/.test(length)) throw refuse(`'${readable(bytesOf(length))}' is not the length of a block`);
  if (Number(length) > maxBytes) throw refuse(`a block of ${Number(length)} bytes, ${maxBytes} at most are taken`);
  const data = await io.readExactly(Number(length), timeoutMs);
  const rest = await io.readUntil('\n', timeoutMs);
  if (toText(rest).trim() !== '') throw refuse(`after the block came '${readable(rest, 64)}'`);
  return data;
}

/** Data of unknown length: a line feed may be data, so only silence after it tells that it was the end. */
async function readIndefinite(io: LinkIo, options: BlockOptions & { readonly maxBytes: number }): Promise<Uint8Array> {
  const { timeoutMs, maxBytes, quietMs = 100 } = options;
  const parts: Uint8Array[] = [];
  let size = 0;
  const add = (part: Uint8Array) => {
    parts.push(part);
    size += part.length;
    if (size > maxBytes) throw refuse(`a block of more than ${maxBytes} bytes`);
  };
  for (;;) {
    add(await io.readUntil('\n', timeoutMs));
    let next = await byteWithin(io, quietMs);
    while (next?.[0] === LINE_FEED[0]) {
      add(LINE_FEED);
      next = await byteWithin(io, quietMs);
    }
    if (!next) return joined(parts, size);
    add(LINE_FEED);
    add(next);
  }
}

const LINE_FEED = Uint8Array.of(0x0a);

async function byteWithin(io: LinkIo, quietMs: number): Promise<Uint8Array | undefined> {
  try {
    return await io.readExactly(1, quietMs);
  } catch (error) {
    if (DaqtorError.is(error) && error.code === 'instrument.timeout') return undefined;
    throw error;
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

function refuse(problem: string): DaqtorError {
  return new DaqtorError('instrument.protocol', {
    problem: `the answer is not a block that can be taken: ${problem}`,
    advice: 'Check the format of data that the instrument is set to, and that the right instrument is connected',
  });
}
