import { expect, it } from 'vitest';
import { ByteQueue } from './byte-queue.ts';
import { toBytes, toText } from './bytes.ts';

/** A generator of its own, so that a failure can be repeated. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

it('gives back what a plain string would, however bytes are cut, taken and searched', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const roll = dice(seed);
    const queue = new ByteQueue(4096);
    const terminators = ['\r', '\r\n', 'aab'].map((text) => ({ text, bytes: toBytes(text) }));
    let model = '';
    for (let step = 0; step < 120; step++) {
      const what = roll(4);
      if (what < 2) {
        const text = Array.from({ length: roll(40) }, () => '\r\nab'[roll(4)]).join('');
        expect(queue.push(toBytes(text))).toBe(true);
        model += text;
      } else if (what === 2) {
        const count = roll(30);
        const taken = queue.take(count);
        expect(taken && toText(taken)).toBe(model.length < count ? undefined : model.slice(0, count));
        if (taken) model = model.slice(count);
      } else {
        // Often the same one again, as while a read waits.
        const terminator = terminators[roll(30) < 28 ? 2 : roll(3)];
        if (!terminator) continue;
        const at = model.indexOf(terminator.text);
        const taken = queue.takeUntil(terminator.bytes);
        expect(taken && toText(taken)).toBe(at < 0 ? undefined : model.slice(0, at));
        if (at >= 0) model = model.slice(at + terminator.text.length);
      }
      expect(queue.size).toBe(model.length);
    }
    expect(toText(queue.drain())).toBe(model);
  }
});

it('finds a terminator that is cut between its bytes when asked again with the same one', () => {
  const queue = new ByteQueue(100);
  const end = toBytes('\r\n');
  queue.push(toBytes('1.5\r'));
  expect(queue.takeUntil(end)).toBeUndefined();
  queue.push(toBytes('\n'));
  expect(toText(queue.takeUntil(end) ?? toBytes('none'))).toBe('1.5');
});

it('takes what fits and nothing of what does not', () => {
  const queue = new ByteQueue(10);
  expect(queue.push(new Uint8Array(10))).toBe(true);
  expect(queue.push(new Uint8Array(1))).toBe(false);
  expect(queue.size).toBe(10);
});

it('gives copies: the giver may use its buffer again', () => {
  const queue = new ByteQueue(10);
  const buffer = Uint8Array.of(1, 2, 3);
  queue.push(buffer);
  buffer.fill(9);
  expect(queue.take(3)).toEqual(Uint8Array.of(1, 2, 3));
});
