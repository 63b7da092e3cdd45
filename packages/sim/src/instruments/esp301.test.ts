import { VirtualClock } from '@daqtor/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Dialogue, dialogueWith } from '../testing/dialogue.ts';
import { type SimulatedEsp301, simulatedEsp301 } from './esp301.ts';

let clock: VirtualClock;
let stage: SimulatedEsp301;
let host: Dialogue;
const ask = (command: string) => host.ask(command);
const asNumber = async (command: string) => Number(await ask(command));

beforeEach(() => {
  clock = new VirtualClock();
  stage = simulatedEsp301({ clock });
  host = dialogueWith(stage, '\r');
});

describe('the line', () => {
  it('answers with CR LF once CR ends the line, and not before', () => {
    host.send('VE?');
    expect(host.take()).toBe('');
    host.send('\r');
    expect(host.take()).toMatch(/^ESP301 Version [\d.]+ [\d/]+\r\n$/);
  });

  it('takes commands in either case, with spaces anywhere, and does not mind LF after CR', () => {
    host.send('1 mo\r\n 1 Pa? \r\n');
    expect(host.take()).toBe('0.0000\r\n');
    host.send('1MO?\r\n');
    expect(host.take()).toBe('1\r\n');
  });

  it('executes several commands of a line in order', () => {
    host.send('1VA2;2VA3;1VA?;2VA?\r');
    expect(host.take()).toBe('2.0000\r\n3.0000\r\n');
  });

  it('gives the same answers when the bytes come one by one', () => {
    for (const character of '1MO;1PA0.5;1PA?;1MO?;TE?\r') host.send(character);
    expect(host.take()).toBe('0.5000\r\n1\r\n0\r\n');
  });

  it('does not answer a host that has left', () => {
    host.send('1T');
    host.session.disconnect();
    host.send('P\r');
    expect(host.take()).toBe('');
  });

  it('names its stages', async () => {
    expect(await ask('2ID?')).toBe('MFA-CC, SN1263');
  });
});

describe('motion', () => {
  it('moves 0.1 mm in 100 ms and reports it as done 8 ms later, not sooner', async () => {
    host.send('1MO;1PA0.1\r');
    expect(await ask('1MD?')).toBe('0');
    await clock.sleep(107.9);
    expect(await ask('1MD?')).toBe('0');
    await clock.sleep(0.2);
    expect(await ask('1MD?')).toBe('1');
    expect(await asNumber('1TP?')).toBeCloseTo(0.1, 2);
    expect(await ask('1DP?')).toBe('0.1000');
  });

  it('is where physics has it half way: half the distance at the peak velocity', async () => {
    host.send('1MO;1PA0.1\r');
    await clock.sleep(50);
    expect(await asNumber('1TV')).toBeCloseTo(2, 6);
    // The stage trails its trajectory by 1.5 ms of way.
    expect(stage.stagePosition(1)).toBeCloseTo(0.05 - 2 * 0.0015, 3);
    expect(await asNumber('1TP')).toBeCloseTo(stage.stagePosition(1), 3);
  });

  it('reads back in steps of the encoder, near the target but not as it was asked', async () => {
    host.send('1MO;1PA0.333333;1WS\r');
    const position = await ask('1TP');
    expect(position).toMatch(/^0\.33\d\d$/);
    expect(Math.abs(stage.stagePosition(1) - 0.333333)).toBeGreaterThan(1e-5);
    expect(Math.abs(stage.stagePosition(1) - 0.333333)).toBeLessThan(1.5e-3);
    expect(Math.abs(Number(position) - stage.stagePosition(1))).toBeLessThanOrEqual(0.00005 + 1e-9);
  });

  it('comes to rest at the same places for the same seed, at others for another', async () => {
    const restsAt = async (seed: number) => {
      const time = new VirtualClock();
      const own = simulatedEsp301({ clock: time, seed });
      dialogueWith(own, '\r').send('1MO;2MO;1PA1;2PA-1\r');
      await time.sleep(2000);
      return [own.stagePosition(1), own.stagePosition(2)];
    };
    expect(await restsAt(5)).toEqual(await restsAt(5));
    expect(await restsAt(5)).not.toEqual(await restsAt(6));
  });

  it('moves its axes at the same time, each on its own', async () => {
    host.send('1MO;2MO;1PA0.1;2PA1\r');
    await clock.sleep(110);
    expect(await ask('1MD?')).toBe('1');
    expect(await ask('2MD?')).toBe('0');
  });

  it('adds relative moves to the target, so that rest errors do not add up', async () => {
    host.send('1MO;1PR0.1;1WS;1PR0.1;1WS;1DP?\r');
    await clock.sleep(1000);
    expect(host.take()).toBe('0.2000\r\n');
  });

  it('goes on to a new target without a stop', async () => {
    host.send('1MO;1PA2\r');
    await clock.sleep(200);
    host.send('1PA3\r');
    expect(await asNumber('1TV')).toBeCloseTo(4, 9);
    await clock.sleep(5000);
    expect(await asNumber('1TP')).toBeCloseTo(3, 2);
  });

  it('waits with WS before it executes the rest, and answers nothing meanwhile', async () => {
    host.send('1MO;1PA0.1;1WS50;1MD?\r');
    await clock.sleep(100);
    host.send('1MO?;VA\r');
    await clock.sleep(57);
    expect(host.take()).toBe('');
    await clock.sleep(2);
    expect(host.take()).toBe('1\r\n1\r\n');
  });

  it('homes to the middle of the travel, which becomes zero again after DH named it otherwise', async () => {
    host.send('1MO;1PA1;1WS;1DH0\r');
    await clock.sleep(1000);
    expect(await asNumber('1TP')).toBeCloseTo(0, 3);
    host.send('1OR\r');
    expect(await ask('1MD?')).toBe('0');
    await clock.sleep(1000);
    expect(await ask('1MD?')).toBe('1');
    expect(await asNumber('1TP')).toBeCloseTo(0, 2);
    expect(stage.stagePosition(1)).toBeCloseTo(0, 2);
  });
});

describe('stopping', () => {
  it('slows down with the deceleration of AG and stays there', async () => {
    host.send('1MO;1AG20;1PA4\r');
    await clock.sleep(500);
    host.send('1ST\r');
    expect(await ask('1MD?')).toBe('0');
    await clock.sleep(210);
    expect(await ask('1MD?')).toBe('1');
    // 0.2 mm of ramp, 1.6 mm at 4 mm/s, 0.4 mm of braking at 20 mm/s².
    expect(await asNumber('1TP')).toBeCloseTo(0.2 + 1.6 + 0.4, 2);
    expect(await ask('1MO?')).toBe('1');
  });

  it('stops all axes when ST names none', async () => {
    host.send('1MO;2MO;1PA4;2PA4\r');
    await clock.sleep(300);
    host.send('ST\r');
    await clock.sleep(200);
    expect([await ask('1MD?'), await ask('2MD?')]).toEqual(['1', '1']);
    expect(await asNumber('2TP')).toBeLessThan(1.5);
  });

  it('stops hard and cuts the motors with AB', async () => {
    host.send('1MO;2MO;1PA4\r');
    await clock.sleep(300);
    host.send('AB\r');
    await clock.sleep(20);
    expect([await ask('1MD?'), await ask('1MO?'), await ask('2MO?')]).toEqual(['1', '0', '0']);
  });

  it.each(['1ST', '1PA2', '1MF', 'AB'])(
    'reports a search for home that %s interrupts, and keeps the zero',
    async (command) => {
      host.send('1MO;1PA1;1WS;1DH5;1OR\r');
      await clock.sleep(500);
      host.send(`${command};TE?;TE?\r`);
      expect(host.take()).toBe('120\r\n0\r\n');
      await clock.sleep(5000);
      expect(await asNumber('1TP')).toBeCloseTo(stage.stagePosition(1) + 4, 2);
    },
  );
});

describe('status', () => {
  it('tells in one character which axes move and whether a motor is on', async () => {
    expect(await ask('TS')).toBe('@');
    host.send('2MO\r');
    expect(await ask('TS')).toBe('P');
    host.send('2PA1\r');
    expect(await ask('TS')).toBe('R');
    expect(await ask('TX')).toBe('P');
    await clock.sleep(1000);
    expect(await ask('TX')).toBe('@');
  });
});

describe('refusals', () => {
  it.each([
    ['1XY', '6, COMMAND DOES NOT EXIST'],
    ['*IDN?', '6, COMMAND DOES NOT EXIST'],
    ['1PAabc', '7, PARAMETER OUT OF RANGE'],
    ['4TP', '9, AXIS NUMBER OUT OF RANGE'],
    ['0PA1', '9, AXIS NUMBER OUT OF RANGE'],
    ['TP', '37, AXIS NUMBER MISSING'],
    ['1PA', '38, COMMAND PARAMETER MISSING'],
    ['1OR9', '101, PARAMETER OUT OF RANGE'],
    ['2SN12', '201, PARAMETER OUT OF RANGE'],
    ['2SL5', '201, PARAMETER OUT OF RANGE'],
    ['1VA-1', '101, PARAMETER OUT OF RANGE'],
    ['1VA4.1', '110, MAXIMUM VELOCITY EXCEEDED'],
    ['2AC41', '211, MAXIMUM ACCELERATION EXCEEDED'],
    ['2PA1', '213, MOTOR NOT ENABLED'],
    ['1OR', '113, MOTOR NOT ENABLED'],
    ['1MO;1PA5.01', '106, POSITIVE SOFTWARE LIMIT DETECTED'],
    ['1MO;1SL-1;1PR-1.1', '107, NEGATIVE SOFTWARE LIMIT DETECTED'],
  ])('answers nothing to %s and queues %s', async (command, expected) => {
    await clock.sleep(100);
    host.send(`${command}\r`);
    expect(host.take()).toBe('');
    const [code, text] = expected.split(', ');
    // Time stamps count servo cycles of 400 µs.
    expect(await ask('TB?')).toBe(`${code}, 250, ${text}`);
    expect(await ask('TE?')).toBe('0');
    expect([stage.stagePosition(1), stage.stagePosition(2)]).toEqual([0, 0]);
  });

  it('executes the rest of a line after a refused command', () => {
    host.send('1XY;1MO;1MO?\r');
    expect(host.take()).toBe('1\r\n');
  });

  it('hands out errors oldest first, each once, then says that there is none', async () => {
    host.send('9TP;1PA;XX\r');
    expect([await ask('TE?'), await ask('TE?'), await ask('TE?'), await ask('TE?')]).toEqual(['9', '38', '6', '0']);
    expect(await ask('TB?')).toBe('0, 0, NO ERROR DETECTED');
  });

  it('keeps the ten latest errors', async () => {
    host.send('9TP\r');
    for (let i = 0; i < 10; i++) host.send('1PA\r');
    expect(await ask('TE?')).toBe('38');
  });

  it('keeps a refused setting as it was', async () => {
    host.send('1VA2;1VA99\r');
    expect(await ask('1VA?')).toBe('2.0000');
  });

  it('runs into the limit switch when the software limits lie beyond the travel', async () => {
    host.send('1SR9;1MO;1PA6\r');
    await clock.sleep(1000);
    expect(await ask('TE?')).toBe('0');
    await clock.sleep(1000);
    expect(await ask('TE?')).toBe('104');
    expect(await ask('1MD?')).toBe('1');
    expect(stage.stagePosition(1)).toBeCloseTo(5, 2);
  });

  it('is not built with more axes than the real one has', () => {
    expect(() => simulatedEsp301({ clock, stages: [{}, {}, {}, {}] })).toThrow(/1 to 3 axes, not 4/);
  });
});
