import { expect, test } from 'vitest';
import { pickleText, unpickleText } from './pickle.ts';

test.each(['', 'a', 'Größe 😀', 'x'.repeat(70_000)])('a text comes back from its pickle (%#)', (text) => {
  expect(unpickleText(pickleText(text))).toBe(text);
});

test("Python's own pickles are read", () => {
  const short = Uint8Array.from([0x80, 4, 0x95, 6, 0, 0, 0, 0, 0, 0, 0, 0x8c, 2, 0xc3, 0xa9, 0x94, 0x2e]);
  expect(unpickleText(short)).toBe('é');
  const long = new Uint8Array(11 + 5 + 256 + 2).fill(0x61);
  long.set([0x80, 4, 0x95, 7, 1, 0, 0, 0, 0, 0, 0, 0x58, 0, 1, 0, 0]);
  long.set([0x94, 0x2e], 272);
  expect(unpickleText(long)).toBe('a'.repeat(256));
});

test('anything else is refused, and nothing is read past its end', () => {
  for (const row of [[], [0x80, 2], [0x80, 2, 0x4b, 1, 0x2e], [0x80, 2, 0x58, 9, 0, 0, 0, 0x61, 0x2e]]) {
    expect(unpickleText(Uint8Array.from(row))).toBeUndefined();
  }
});
