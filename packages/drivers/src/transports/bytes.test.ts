import { expect, it } from 'vitest';
import { readable, toBytes, toText } from './bytes.ts';

it('turns all byte values into text and back', () => {
  const all = Uint8Array.from({ length: 20_000 }, (_, i) => i);
  expect(Buffer.compare(toBytes(toText(all)), all)).toBe(0);
});

it('refuses a character that is not one byte', () => {
  expect(toBytes('1 µm')).toHaveLength(4);
  expect(() => toBytes('50 Ω')).toThrow(expect.objectContaining({ code: 'instrument.protocol' }));
});

it('shows what people can read, and the rest by number', () => {
  expect(readable(toBytes('1TP? ~\r\n\x00\x7f\xff'))).toBe('1TP? ~\\x0D\\x0A\\x00\\x7F\\xFF');
  expect(readable(toBytes('abcdef'), 4)).toBe('abcd … 2 bytes more');
});
