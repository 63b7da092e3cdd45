import { parseTrace, VirtualClock } from '@daqtor/core';
import { expect, it } from 'vitest';
import { textBytes } from '../instruments/line-splitter.ts';
import { replayedInstrument } from './replayed-instrument.ts';

const RECORDED = `# daqtor wire trace, version 1
# identity: Acme meter
0 > *IDN?\\n
5 < ACME,\\x01\\xFF
8 < 1.0\\n
10 > READ?\\n
110 < 1\\n
200 > READ?\\n
300 < 2\\n
400 > CLOSE\\n
`;

function replayed(text = RECORDED) {
  const clock = new VirtualClock();
  const heard: string[] = [];
  const unknown: string[] = [];
  const toText = (bytes: Uint8Array) => String.fromCharCode(...bytes);
  const instrument = replayedInstrument(parseTrace(text), { clock, unknown: (bytes) => unknown.push(toText(bytes)) });
  const connect = () => instrument.connect((bytes) => heard.push(`${clock.now()} ${toText(bytes)}`));
  let session = connect();
  const say = (line: string) => session.receive(textBytes(line));
  return {
    clock,
    instrument,
    heard,
    unknown,
    say,
    again: () => (session = connect()),
    leave: () => session.disconnect(),
  };
}

it('answers as it was answered, in the same pieces, after the same time', async () => {
  const { clock, heard, say } = replayed();
  say('*IDN?\n');
  await clock.sleep(20);
  say('READ?\n');
  await clock.sleep(1000);
  expect(heard).toEqual(['5 ACME,\x01\xff', '8 1.0\n', '120 1\n']);
});

it('takes bytes that are cut anywhere, and several commands at once', async () => {
  const { clock, heard, say } = replayed();
  for (const char of '*IDN?\nREAD') say(char);
  say('?\nREAD?\nCLOSE\n');
  await clock.sleep(1000);
  expect(heard.map((text) => text.split(' ')[1])).toEqual(['ACME,\x01\xff', '1.0\n', '1\n', '2\n']);
});

it('answers what is asked more often than in the recording, round and round', async () => {
  const { clock, heard, say } = replayed();
  for (let i = 0; i < 3; i++) {
    say('READ?\n');
    await clock.sleep(500);
  }
  expect(heard.map((text) => text.split(' ')[1])).toEqual(['1\n', '2\n', '1\n']);
});

it('begins anew for each host, and says nothing to one that has left', async () => {
  const { clock, heard, say, again, leave } = replayed();
  say('READ?\n');
  leave();
  await clock.sleep(500);
  again();
  say('READ?\n');
  await clock.sleep(500);
  expect(heard).toEqual(['600 1\n']);
});

it('tells what was never sent in the recording, and goes on', async () => {
  const { clock, heard, unknown, say } = replayed();
  say('VOLT 3\nREAD?\n');
  await clock.sleep(500);
  expect([unknown, heard]).toEqual([['VOLT 3\n'], ['100 1\n']]);
});

it('is silent where nothing was recorded', () => {
  const { unknown, say } = replayed('# daqtor wire trace, version 1\n');
  say('a');
  expect(unknown).toEqual(['a']);
});

it('says what it is', () => expect(replayed().instrument.title).toBe('recording of Acme meter'));
