import { expect, it } from 'vitest';
import { FrameWindow } from './frame-window.ts';

function trial() {
  const sent: number[] = [];
  const told: number[] = [];
  const window = new FrameWindow<number>({
    send: (bytes) => sent.push(bytes),
    tellLost: (count) => told.push(count),
    bytesOf: (bytes) => bytes,
  });
  return { window, sent, told };
}

it('lets small frames through as long as they are taken', () => {
  const { window, sent, told } = trial();
  for (let i = 0; i < 5000; i++) {
    window.put(8);
    window.taken('frame');
  }
  expect([sent.length, told]).toEqual([5000, []]);
});

it('has room for a thousand frames that nobody takes, and counts the others', () => {
  const { window, sent, told } = trial();
  for (let i = 0; i < 2000; i++) window.put(8);
  expect([sent.length, told]).toEqual([1024, [1]]);
  window.taken('loss');
  expect(told).toEqual([1, 975]);
  window.taken('loss');
  expect(told).toEqual([1, 975]);
  window.taken('frame');
  window.put(8);
  expect(sent.length).toBe(1025);
});

it('has room for 64 MiB, and for one frame that is larger', () => {
  const { window, sent, told } = trial();
  const mib = 2 ** 20;
  for (let i = 0; i < 10; i++) window.put(8 * mib);
  expect([sent.length, told]).toEqual([8, [1]]);
  for (let i = 0; i < 8; i++) window.taken('frame');
  window.put(500 * mib);
  window.put(1);
  expect(sent.slice(8)).toEqual([500 * mib]);
});

it('tells what the instrument lost', () => {
  const { window, told } = trial();
  window.lose(7);
  expect(told).toEqual([7]);
});
