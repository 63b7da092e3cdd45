import { VirtualClock } from '@daqtor/core';
import { expect, it } from 'vitest';
import { simulatedKeithley2000 } from './keithley2000.ts';
import { textBytes } from './line-splitter.ts';
import { simulatedPrologix } from './prologix.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

/** Keeps what it hears, and answers a question after 300 ms with its name and EOI. */
function instrument(title: string, clock: VirtualClock, heard: string[]): SimulatedInstrument {
  return {
    title,
    connect(transmit) {
      let connected = true;
      return {
        receive(bytes) {
          const text = String.fromCharCode(...bytes);
          heard.push(`${title}: ${JSON.stringify(text)}`);
          if (text.includes('?')) clock.setTimeout(() => connected && transmit(textBytes(`${title}\n`)), 300);
        },
        disconnect() {
          connected = false;
        },
      };
    },
  };
}

function adapter() {
  const clock = new VirtualClock();
  const heard: string[] = [];
  const simulated = simulatedPrologix({
    clock,
    instruments: { 5: instrument('A', clock, heard), 9: instrument('B', clock, heard) },
  });
  let said = '';
  const session = simulated.connect((bytes) => {
    said += String.fromCharCode(...bytes);
  });
  const say = async (text: string, ms = 1000) => {
    said = '';
    session.receive(textBytes(text));
    await clock.sleep(ms);
    return said;
  };
  return { clock, heard, say, simulated };
}

it('hands on to the addressed instrument what is no command, with the line end that is set', async () => {
  const { heard, say } = adapter();
  await say('++auto 0\n++eoi 0\n++addr 5\nONE\n++eos 3\n++addr 9\nTWO\x1b\n\r\n\x1b+\x1b+\x1b\x1b\n++eoi 1\nEND\n');
  expect(heard).toEqual(['A: "ONE\\r\\n"', 'B: "TWO\\n"', 'B: "++\\u001b"', 'B: "END\\n"']);
});

it('reads when it is told to, for as long as it may wait, and by itself where it is set to', async () => {
  const { say, simulated } = adapter();
  expect(await say('++auto 0\n++addr 5\n++read_tmo_ms 200\nX?\n++read eoi\n', 250)).toBe('');
  expect(simulated.silences).toBe(1);
  expect(await say('++read eoi\n', 150)).toBe('A\n');
  expect(await say('++read_tmo_ms 3000\n++auto 1\nX?\n')).toBe('A\n');
});

it('does nothing else while it reads', async () => {
  const { say } = adapter();
  expect(await say('++auto 0\n++addr 5\n++read_tmo_ms 1000\nX?\n++read eoi\n++ver\n++addr\n')).toMatch(
    /^A\nPrologix .*\r\n5\r\n$/,
  );
});

it('has the instrument forget its answer when it is cleared, or told something new', async () => {
  const { say } = adapter();
  expect(await say('++auto 0\n++addr 5\n++read_tmo_ms 900\nX?\n++clr\n++read eoi\n')).toBe('');
  expect(await say('X?\n', 400)).toBe('');
  expect(await say('Y\n++read eoi\n')).toBe('');
});

it('answers nothing for an address where nobody is, and says what it does not know', async () => {
  const { say } = adapter();
  expect(await say('++addr 7\nX?\n++read eoi\n++nonsense\n')).toBe('Unrecognized command\r\n');
});

it('polls instruments for their status bytes, and tells whether one requests service', async () => {
  const clock = new VirtualClock();
  const meter = simulatedKeithley2000({ clock, input: () => 1 });
  let said = '';
  const session = simulatedPrologix({ clock, instruments: { 16: meter, 5: instrument('A', clock, []) } }).connect(
    (bytes) => {
      said += String.fromCharCode(...bytes);
    },
  );
  const say = async (text: string) => {
    said = '';
    session.receive(textBytes(text));
    await clock.sleep(1);
    return said;
  };
  await say('++auto 0\n++addr 16\n*CLS;*SRE 4\n');
  expect(await say('++spoll\n++srq\n')).toBe('0\r\n0\r\n');
  expect(await say('BAD\n++spoll\n++srq\n')).toBe('68\r\n1\r\n');
  expect(await say('++addr 5\n++spoll\n++spoll 16\n++srq\n')).toBe('0\r\n68\r\n1\r\n');
  expect(await say('++addr 16\n*CLS;*SRE 16;*IDN?\n')).toBe('');
  expect(await say('++spoll\n')).toBe('80\r\n');
});
