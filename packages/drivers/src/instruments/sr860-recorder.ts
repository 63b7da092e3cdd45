import { DaqtorError, defineDetector, liveSettings } from '@daqtor/core';
import { z } from 'zod';
import type { EventTalk } from '../protocols/event-talk.ts';
import { portOrAddress } from '../transports/resolve-port.ts';
import { recorded, requirePoints, waitForPoints } from './recording.ts';
import { overSr860 } from './sr860-link.ts';

/** X and Y as floats of 4 bytes. */
const BYTES_OF_A_POINT = 8;
const KILOBYTE = 1024;
const MOST_POINTS = (4096 * KILOBYTE) / BYTES_OF_A_POINT;
const KILOBYTES_AT_ONCE = 64;
/** Longest time for one answer: 64 KiB take 6 s at 115200 baud. */
const ANSWER_MS = 20_000;
/** The highest rate is halved so often at most. */
const MOST_HALVINGS = 20;

const settings = z.object({
  port: portOrAddress,
  points: z.int().min(1).max(MOST_POINTS).describe('Points to record'),
  rateHz: z
    .number()
    .positive()
    .describe('Points per second: the lock-in takes the next higher of its highest rate divided by powers of two'),
});
type Settings = z.output<typeof settings>;

/**
 * The capture buffer of an SR860 or SR865A: a grab records X and Y at a fixed rate, then reads them. Settings of the input are left as
 * they are; the highest rate follows from the time constant.
 *
 * Source: SR860 and SR865A manuals, data capture commands (134 to 139): lengths in even numbers of kbytes, CAPTUREBYTES?, CAPTUREGET? in
 * little-endian floats; the public driver of QCoDeS, which was tried on real ones: CAPTURECFG 1 for X and Y, CAPTURERATE as the power of
 * two, CAPTURESTART ONE, IMM.
 */
export const sr860Recorder = defineDetector({
  kind: 'sr860-recorder',
  title: 'Stanford Research SR860 recorder',
  settings,
  connect: ({ port, points, rateHz: wantedHz }, context) =>
    overSr860(context, port, async (talk, link, identity) => {
      const { clock, signal } = context;
      const kilobytes = 2 * Math.ceil((points * BYTES_OF_A_POINT) / (2 * KILOBYTE));
      // What is left of a capture that was given up.
      await talk.command('CAPTURESTOP', 'ending a capture', signal);
      await talk.command('CAPTURECFG 1', 'capturing X and Y', signal);
      await talk.command(`CAPTURELEN ${kilobytes}`, `a buffer of ${kilobytes} kbytes`, signal);
      let rateHz = await setRate(talk, wantedHz, signal);
      const stored = async (signal: AbortSignal) =>
        Math.floor((await talk.queryNumber('CAPTUREBYTES?', signal)) / BYTES_OF_A_POINT);
      return {
        identity,
        grabMs: () => (1000 * points) / rateHz,
        async grab(signal) {
          await talk.command('CAPTURESTOP', 'ending a capture', signal);
          await talk.command('CAPTURESTART ONE, IMM', 'starting to capture', signal);
          const count = await waitForPoints({ points, rateHz, stored }, clock, signal);
          await talk.command('CAPTURESTOP', 'ending the capture', signal);
          requirePoints(count, points);
          const { x, y } = await readCapture(talk, points, kilobytes, signal);
          return recorded(x, y, rateHz);
        },
        adjust: liveSettings<Settings, 'rateHz'>({
          names: ['rateHz'],
          async apply(wanted, _, signal) {
            rateHz = await setRate(talk, wanted.rateHz, signal);
          },
          async read(signal) {
            rateHz = await talk.queryNumber('CAPTURERATE?', signal);
            return { rateHz };
          },
        }),
        close: () => link.close(),
      };
    }),
});

/** @returns the rate that it took */
async function setRate(talk: EventTalk, wantedHz: number, signal: AbortSignal): Promise<number> {
  const highest = await talk.queryNumber('CAPTURERATEMAX?', signal);
  const halvings = Math.floor(Math.log2(highest / wantedHz) + 1e-9);
  if (halvings < 0 || halvings > MOST_HALVINGS) {
    throw new DaqtorError('lab.settings', {
      problem: `${wantedHz} Hz is not between ${(highest / 2 ** MOST_HALVINGS).toPrecision(3)} and ${highest} Hz, which the lock-in can do at its time constant`,
      advice: halvings < 0 ? 'Choose a lower rate, or a shorter time constant' : 'Choose a higher rate',
    });
  }
  await talk.command(`CAPTURERATE ${halvings}`, `the rate ${wantedHz} Hz`, signal);
  return talk.queryNumber('CAPTURERATE?', signal);
}

async function readCapture(talk: EventTalk, points: number, kilobytes: number, signal: AbortSignal) {
  const x = new Float64Array(points);
  const y = new Float64Array(points);
  for (let at = 0; at < kilobytes; at += KILOBYTES_AT_ONCE) {
    const count = Math.min(KILOBYTES_AT_ONCE, kilobytes - at);
    const maxBytes = count * KILOBYTE;
    const bytes = await talk.queryBlock(`CAPTUREGET? ${at},${count}`, signal, { timeoutMs: ANSWER_MS, maxBytes });
    if (bytes.length !== maxBytes) {
      throw new DaqtorError('instrument.protocol', {
        problem: `the lock-in gave ${bytes.length} bytes of its capture, where ${maxBytes} were asked for`,
        advice: 'Check that nothing else controls it',
      });
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const first = (at * KILOBYTE) / BYTES_OF_A_POINT;
    for (let i = 0; i < maxBytes / BYTES_OF_A_POINT && first + i < points; i++) {
      x[first + i] = view.getFloat32(i * BYTES_OF_A_POINT, true);
      y[first + i] = view.getFloat32(i * BYTES_OF_A_POINT + 4, true);
    }
  }
  return { x, y };
}
