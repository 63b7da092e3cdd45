import { DaqtorError } from '@daqtor/core';

/** What may be written to a wire: bytes, or text of which each character is one byte (Latin-1). */
export type Bytes = Uint8Array | string;

/** @throws DaqtorError `instrument.protocol` for a character that is not one byte, e.g. `µ` is, `Ω` is not */
export function toBytes(data: Bytes): Uint8Array {
  if (typeof data !== 'string') return data;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const code = data.charCodeAt(i);
    if (code > 0xff) {
      throw new DaqtorError('instrument.protocol', {
        problem: `'${data[i]}' in '${data}' cannot be sent: it is not one byte`,
        advice: 'Write commands in ASCII, or hand over bytes',
      });
    }
    bytes[i] = code;
  }
  return bytes;
}

/** Each byte as one character (Latin-1): loses nothing, never fails. */
export function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/**
 * Bytes for people: readable ASCII is kept, every other byte is written `\xNN`.
 *
 * @param maxBytes - how many are shown; the rest is counted
 */
export function readable(bytes: Uint8Array, maxBytes = 256): string {
  const shown = toText(bytes.subarray(0, maxBytes)).replace(
    /[^ -~]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return bytes.length > maxBytes ? `${shown} … ${bytes.length - maxBytes} bytes more` : shown;
}
