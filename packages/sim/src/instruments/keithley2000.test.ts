import { VirtualClock } from '@daqtor/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Dialogue, dialogueWith } from '../testing/dialogue.ts';
import { simulatedKeithley2000 } from './keithley2000.ts';

let clock: VirtualClock;
let volts: number;
let host: Dialogue;
const ask = (command: string) => host.ask(command);
const asNumber = async (command: string) => Number(await ask(command));
const send = (command: string) => host.send(`${command}\n`);

beforeEach(() => {
  clock = new VirtualClock();
  volts = 1.5;
  host = dialogueWith(simulatedKeithley2000({ clock, input: () => volts }), '\n');
});

/** Milliseconds until the answer. */
async function timed(command: string) {
  const startMs = clock.now();
  await ask(command);
  return clock.now() - startMs;
}

describe('identity and headers', () => {
  it('tells who it is', async () => {
    expect(await ask('*IDN?')).toMatch(/^KEITHLEY INSTRUMENTS INC\.,MODEL 2000,\d+,A20 {2}\/A02$/);
  });

  it.each([
    ':SENSe:VOLTage:DC:NPLCycles?',
    ':sens:volt:dc:nplc?',
    'SENS1:VOLT:NPLC?',
    ':VOLT:NPLCYCLES?',
    '  :SENSe1:VOLTage1:NPLC?\r',
    '*CLS;:VOLT:DC:NPLC?',
  ])('takes the header in the form %s', async (header) => {
    send(':VOLT:NPLC 0.5');
    expect(await ask(header)).toBe('0.5');
  });

  it('goes on at the level of the header before after a semicolon, and from the root after a colon', async () => {
    expect(await ask(':VOLT:DC:NPLC 2;RANG 10;NPLC?;*ESE?;RANG?;:SAMP:COUN?')).toBe('2;0;10;1');
    send(':VOLT:DC:NPLC 2;VOLT:DC:NPLC 3');
    expect(await ask(':SYST:ERR?')).toBe('-113,"Undefined header"');
    expect(await ask(':VOLT:DC:NPLC 4;:VOLT:DC:NPLC?')).toBe('4');
  });

  it('names MINimum, MAXimum and DEFault', async () => {
    expect(await ask(':VOLT:NPLC? MAX;NPLC? MINIMUM;NPLC MAX;NPLC?')).toBe('10;0.01;10');
  });
});

describe('errors', () => {
  it.each([
    [':FOO:BAR 1', '-113,"Undefined header"'],
    [':SENSE:VOLTAG:NPLC 1', '-113,"Undefined header"'],
    [':SENS2:VOLT:NPLC 1', '-114,"Header suffix out of range"'],
    [':VOLT:NPLC', '-109,"Missing parameter"'],
    [':VOLT:NPLC 1,2', '-108,"Parameter not allowed"'],
    [':VOLT:NPLC fast', '-104,"Data type error"'],
    [':VOLT:NPLC 11', '-222,"Parameter data out of range"'],
    [':VOLT:NPLC 0.001', '-222,"Parameter data out of range"'],
    [':VOLT:RANG 1011', '-222,"Parameter data out of range"'],
    [':FORM:DATA SRE', '-224,"Illegal parameter value"'],
    [":FUNC 'RES'", '-224,"Illegal parameter value"'],
    [':VOLT:NPLC 1,', '-102,"Syntax error"'],
    [":FUNC 'VOLT:DC", '-102,"Syntax error"'],
    [':VOLT$NPLC 1', '-101,"Invalid character"'],
    [':READ?', '-213,"Init ignored"'],
  ])('refuses %s with %s', async (command, error) => {
    send(command);
    expect(await ask(':SYST:ERR?')).toBe(error);
    expect(await ask(':SYST:ERR?')).toBe('0,"No error"');
  });

  it('executes what stands before a faulty command of a message and nothing after it', async () => {
    expect(await ask(':VOLT:NPLC 3;NPLC?;BAD;NPLC 4')).toBe('3');
    expect(await ask(':VOLT:NPLC?')).toBe('3');
  });

  it('puts -350 in the last place when the queue of ten overflows', async () => {
    for (let i = 0; i < 12; i++) send('BAD');
    const errors: string[] = [];
    for (let i = 0; i < 11; i++) errors.push(await ask(':SYST:ERR?'));
    expect(errors.slice(8)).toEqual(['-113,"Undefined header"', '-350,"Queue overflow"', '0,"No error"']);
  });
});

describe('status', () => {
  it('collects kinds of errors in the event register, which reading clears', async () => {
    expect(await ask('*ESR?')).toBe('128');
    send('BAD');
    send(':VOLT:NPLC 99');
    expect(await ask('*ESR?')).toBe('48');
    expect(await ask('*ESR?')).toBe('0');
  });

  it('sums up in the status byte what is enabled', async () => {
    send('*CLS;*ESE 32;*SRE 32');
    expect(await ask('*STB?')).toBe('0');
    send('BAD');
    expect(await ask('*STB?')).toBe('100');
    send('*CLS');
    expect(await ask('*STB?')).toBe('0');
    expect(await ask('*SRE 255;*SRE?')).toBe('191');
  });

  it('sets operation complete once the readings are taken, and not before', async () => {
    send('*RST;*CLS;:SAMP:COUN 5;:INIT;*OPC');
    await clock.sleep(104);
    expect(await ask('*ESR?')).toBe('0');
    await clock.sleep(2);
    expect(await ask('*ESR?')).toBe('1');
  });

  it('answers *OPC? and goes on after *WAI once the readings are taken', async () => {
    send('*RST;:SAMP:COUN 5');
    expect(await timed(':INIT;*OPC?')).toBeCloseTo(105, 9);
    expect(await timed(':INIT;*WAI;*IDN?')).toBeCloseTo(105, 9);
  });
});

describe('measuring', () => {
  it('runs freely after power-up, so that only :FETCh? gives a reading', async () => {
    expect(await ask(':INIT:CONT?')).toBe('1');
    expect(await asNumber(':FETC?')).toBeCloseTo(1.5, 4);
    volts = 2;
    await clock.sleep(30);
    expect(await asNumber(':FETC?')).toBeCloseTo(2, 4);
  });

  it('gives the same free-running reading until the next one is complete', async () => {
    await clock.sleep(25);
    const first = await ask(':FETC?');
    await clock.sleep(10);
    expect(await ask(':FETC?')).toBe(first);
    await clock.sleep(10);
    expect(await ask(':FETC?')).not.toBe(first);
  });

  it('reads with a sign, eight decimals and an exponent', async () => {
    send('*RST');
    volts = -0.0123;
    expect(await ask(':READ?')).toMatch(/^-1\.2\d{7}E-02$/);
  });

  it('integrates over the power line cycles asked for, at 50 Hz', async () => {
    send('*RST');
    expect(await timed(':READ?')).toBeCloseTo(21, 9);
    send(':VOLT:NPLC 0.1');
    expect(await timed(':READ?')).toBeCloseTo(3, 9);
    send(':VOLT:NPLC 10;:TRIG:DEL 0.5');
    expect(await timed(':READ?')).toBeCloseTo(701, 9);
  });

  it('is quieter the longer it integrates', async () => {
    const spread = async (nplc: number) => {
      const meter = dialogueWith(simulatedKeithley2000({ clock, input: () => 1, inputNoiseV: 0.01 }), '\n');
      meter.send(`*RST;:VOLT:NPLC ${nplc};:SAMP:COUN 400\n`);
      const values = (await meter.ask(':READ?')).split(',').map(Number);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    expect(await spread(1)).toBeCloseTo(0.01, 2);
    expect((await spread(0.1)) / (await spread(10))).toBeGreaterThan(8);
  });

  it('gives count times sample readings, the same again with :FETCh?', async () => {
    send('*RST;:TRIG:COUN 2;:SAMP:COUN 3');
    const readings = await ask(':READ?');
    expect(readings.split(',')).toHaveLength(6);
    expect(await ask(':FETC?')).toBe(readings);
  });

  it('waits in :FETCh? for readings under way and refuses a second :INITiate meanwhile', async () => {
    send('*RST;:INIT');
    send(':INIT');
    expect(await timed(':FETC?')).toBeCloseTo(21, 9);
    expect(await ask(':SYST:ERR?')).toBe('-213,"Init ignored"');
  });

  it.each(['*RST', ':INIT;:ABOR', ':CONF:VOLT:DC'])('has nothing to fetch after %s', async (command) => {
    send('*RST');
    await ask(':READ?');
    send(command);
    send(':FETC?');
    await clock.sleep(1);
    expect(host.take()).toBe('');
    expect(await ask(':SYST:ERR?')).toBe('-230,"Data corrupt or stale"');
  });

  it('keeps its readings through an abort of nothing', async () => {
    send('*RST');
    const reading = await ask(':READ?');
    send(':ABOR');
    expect(await ask(':FETC?')).toBe(reading);
  });

  it('reads 9.9E37 beyond 1.2 times the range, and finds the range by itself with AUTO', async () => {
    send('*RST;:VOLT:RANG 1');
    volts = 1.19;
    expect(await asNumber(':READ?')).toBeCloseTo(1.19, 4);
    volts = 1.21;
    expect(await ask(':READ?')).toBe('+9.90000000E+37');
    expect(await ask(':VOLT:RANG:AUTO?')).toBe('0');
    send(':VOLT:RANG:AUTO ON');
    expect(await asNumber(':READ?')).toBeCloseTo(1.21, 4);
    expect(await ask(':VOLT:RANG?')).toBe('10');
  });

  it('measures at once what :MEASure? asks for, with the defaults of the function', async () => {
    send(':VOLT:NPLC 10');
    volts = 50;
    expect(await asNumber(':MEAS:VOLT:DC? 100')).toBeCloseTo(50, 2);
    expect(await ask(':VOLT:NPLC?;RANG?;:INIT:CONT?;:CONF?')).toBe('1;100;0;"VOLT:DC"');
  });

  it('sends the elements asked for in its own order', async () => {
    send('*RST;:FORM:ELEM UNIT,CHAN,READ');
    expect(await ask(':FORM:ELEM?')).toBe('READ,CHAN,UNIT');
    expect(await ask(':READ?')).toMatch(/^\+1\.\d{8}E\+00VDC,0INTCHAN$/);
  });

  it('gives the same readings for the same seed, others for another', async () => {
    const readings = (seed: number) => {
      const meter = dialogueWith(simulatedKeithley2000({ clock, input: () => 1, inputNoiseV: 0.1, seed }), '\n');
      meter.send('*RST;:SAMP:COUN 5\n');
      return meter.ask(':READ?');
    };
    expect(await readings(1)).toBe(await readings(1));
    expect(await readings(1)).not.toBe(await readings(2));
  });

  it('returns to free running with :SYSTem:PRESet', async () => {
    expect(await ask('*RST;:INIT:CONT?;:SYST:PRES;:INIT:CONT?;:TRIG:COUN?')).toBe('0;1;+9.9e37');
  });
});

describe('the exchange of messages', () => {
  it('drops an answer that is still being made when the next message comes, and says so', async () => {
    send('*RST;:VOLT:NPLC 10');
    send(':READ?');
    await clock.sleep(50);
    expect(await ask(':SYST:ERR?')).toBe('-410,"Query interrupted"');
    await clock.sleep(500);
    expect(host.take()).toBe('');
  });

  it('does so too when both messages come in one piece', async () => {
    send('*RST');
    expect(await ask(':READ?\n*IDN?')).toMatch(/^KEITHLEY/);
    expect(await ask(':SYST:ERR?')).toBe('-410,"Query interrupted"');
  });

  it('answers each of two quick queries that come in one piece', async () => {
    host.send('*ESE?\n*SRE?\n');
    await clock.sleep(1);
    expect(host.take()).toBe('0\n0\n');
  });

  it('gives the same answers when the bytes come one by one', async () => {
    for (const character of '*RST;:VOLT:NPLC 2;NPLC?\r\n') host.send(character);
    await clock.sleep(1);
    expect(host.take()).toBe('2\n');
  });

  it('does not transmit to a host that has left', async () => {
    send('*RST');
    send(':READ?');
    host.session.disconnect();
    await clock.sleep(100);
    expect(host.take()).toBe('');
  });
});
