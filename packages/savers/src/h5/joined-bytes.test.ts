import { expect, test } from 'vitest';
import { joined } from './joined-bytes.ts';

test('every range of several pieces is what it would be in one', () => {
  const whole = Uint8Array.from({ length: 12 }, (_, i) => i);
  const bytes = joined([whole.subarray(0, 3), whole.subarray(3, 4), whole.subarray(4, 12)]);
  expect(bytes.byteLength).toBe(12);
  for (let begin = 0; begin <= 12; begin++) {
    for (let end = begin; end <= 12; end++) {
      expect([...bytes.subarray(begin, end)]).toEqual([...whole.subarray(begin, end)]);
    }
  }
});

test('what lies in one piece is not copied', () => {
  const pieces = [new Uint8Array(3), new Uint8Array(5)];
  expect(joined(pieces).subarray(4, 8).buffer).toBe(pieces[1]?.buffer);
});
