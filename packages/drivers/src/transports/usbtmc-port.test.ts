import { VirtualClock } from '@daqtor/core';
import { describeDetectorDriver } from '@daqtor/core/testing';
import {
  memoryUsbPort,
  type SimulatedInstrument,
  simulatedHp34401a,
  simulatedKeithley2000,
  simulatedRigolDs1000z,
  usbtmcInstrument,
} from '@daqtor/sim';
import { describe, expect, it } from 'vitest';
import { keithley2000 } from '../instruments/keithley2000.ts';
import { rigolDs1000z } from '../instruments/rigol-ds1000z.ts';
import { UsbtmcDevice } from '../protocols/usbtmc-device.ts';
import { testContext } from '../testing/scripted-port.ts';
import { toText } from './bytes.ts';
import { type LinkOptions, openLink } from './link.ts';
import { usbtmcPort } from './usbtmc-port.ts';

const RIGOL = { vendorId: 0x1ab1, productId: 0x04ce, maker: 'Rigol', product: 'DS1000Z', serialNumber: 'DS1ZA1' };
const never = new AbortController().signal;
const sine = (_: number, seconds: number) => Math.sin(2 * Math.PI * 500 * seconds);

function onUsb(make: (clock: VirtualClock) => SimulatedInstrument) {
  const clock = new VirtualClock();
  const usb = memoryUsbPort('instrument', usbtmcInstrument(make(clock), RIGOL), clock);
  return { clock, usb, port: usbtmcPort(usb), ...testContext(clock) };
}

const meter = (clock: VirtualClock) => simulatedKeithley2000({ clock, input: () => 1.25 });

async function linkTo(make: (clock: VirtualClock) => SimulatedInstrument, options: LinkOptions = {}) {
  const bench = onUsb(make);
  const link = await openLink(bench.context, bench.port, options);
  const tell = (text: string) => link.exchange((io) => io.write(`${text}\n`), never);
  const ask = (text: string, timeoutMs?: number) =>
    link.exchange(async (io) => {
      await io.write(`${text}\n`);
      return toText(await io.readUntil('\n', timeoutMs));
    }, never);
  return { ...bench, link, tell, ask };
}

describeDetectorDriver('keithley2000 by USBTMC', async () => {
  const { port, context } = onUsb(meter);
  return { driver: await keithley2000({ port, nplc: 0.1 }).connect(context) };
});

describeDetectorDriver('rigolDs1000z by USBTMC', async () => {
  const { port, context } = onUsb((clock) => simulatedRigolDs1000z({ clock, signal: sine }));
  return { driver: await rigolDs1000z({ port }).connect(context) };
});

describe('an instrument on USBTMC', () => {
  it('is not asked for an answer where it has none to give', async () => {
    const { tell, ask } = await linkTo(meter);
    await tell('*CLS');
    await tell(':INIT:CONT OFF');
    await tell(':CONF:VOLT:DC');
    expect(await ask(':SYST:ERR?')).toBe('0,"No error"');
  });

  it('is not asked again when its answer has ended and somebody waits for more', async () => {
    const { clock, link, ask } = await linkTo(meter, {
      resync: { ask: (io) => io.write('*IDN?\n'), answered: async (io) => void (await io.readUntil('\n')) },
    });
    const waiting = link.exchange(async (io) => {
      await io.write('*CLS\n*IDN?\n');
      await io.readUntil('\n');
      await clock.sleep(1);
      return io.readExactly(1, 100);
    }, never);
    await clock.sleep(10);
    await link.send(':INIT:CONT OFF\n', never);
    await expect(waiting).rejects.toMatchObject({ code: 'instrument.timeout' });
    expect(await ask(':SYST:ERR?')).toBe('0,"No error"');
  });

  it('gives answers of any length, through packets that are just full', async () => {
    for (const length of [499, 500, 501, 511, 512, 1011, 1012, 70_000]) {
      const { ask } = await linkTo((clock) => echoing(clock, length));
      expect((await ask('DATA?')).length).toBe(length - 1);
      expect((await ask('DATA?')).length).toBe(length - 1);
    }
  });

  it('gives an answer that is longer than what is asked for at once', async () => {
    const { ask } = await linkTo((clock) => echoing(clock, 3_000_000));
    expect((await ask('DATA?')).length).toBe(2_999_999);
  });

  it('sends a message of many transfers', async () => {
    const { ask } = await linkTo((clock) => echoing(clock, 10));
    expect(await ask(`LENGTH? ${'x'.repeat(150_000)}`)).toBe('150009');
  });

  it('is given a line feed where an answer ends without one', async () => {
    const { ask } = await linkTo((clock) => echoing(clock, 10, ''));
    expect(await ask('DATA?')).toBe('x'.repeat(10));
  });

  it('has its question taken back when the next message is sent, and answers that one', async () => {
    const { ask, tell, lines } = await linkTo((clock) => simulatedHp34401a({ clock, input: () => 1.25 }), {
      resync: { ask: (io) => io.write('*CLS\n*IDN?\n'), answered: async (io) => void (await io.readUntil('\n')) },
    });
    await tell('SYST:REM;:CONF:VOLT:DC;:VOLT:DC:NPLC 100');
    await expect(ask(':READ?', 100)).rejects.toMatchObject({ code: 'instrument.timeout' });
    expect(await ask('*STB?')).toBe('0');
    expect(lines.map(({ text }) => text).join('')).not.toContain('+1.25');
  });

  it('is alone with its lines: each is a message, but not within a block of data', async () => {
    const { usb, context } = onUsb(meter);
    const messages: string[] = [];
    const port = usbtmcPort({
      ...usb,
      openUsb: async (...given) => {
        const opened = await usb.openUsb(...given);
        const send: typeof opened.send = (endpoint, bytes, timeoutMs) => {
          const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
          if (bytes[0] === 1) messages.push(toText(bytes.subarray(12, 12 + size)));
          return opened.send(endpoint, bytes, timeoutMs);
        };
        return {
          number: opened.number,
          endpoints: opened.endpoints,
          send,
          receive: opened.receive.bind(opened),
          control: opened.control.bind(opened),
          clearHalt: opened.clearHalt.bind(opened),
          close: opened.close.bind(opened),
        };
      },
    });
    const link = await openLink(context, port);
    await link.exchange((io) => io.write('*CLS\n:FORM:DATA ASC\n'), never);
    await link.exchange((io) => io.write('DATA #13a\nb\n'), never);
    expect(messages).toEqual(['*CLS\n', ':FORM:DATA ASC\n', 'DATA #13a\nb\n']);
  });

  it('is told that an answer is given up, before anything else', async () => {
    const { clock, usb } = onUsb(meter);
    const opened = await usb.openUsb({ class: 0xfe, subclass: 3 }, { gone: () => {} }, never);
    const said: string[] = [];
    const device = new UsbtmcDevice(
      {
        number: 0,
        endpoints: opened.endpoints,
        send: (...given) => {
          said.push(`message ${given[1][0]}`);
          return opened.send(...given);
        },
        receive: (...given) => opened.receive(...given),
        control: (...given) => {
          said.push(`request ${given[0].request} with ${given[0].value}`);
          return opened.control(...given);
        },
        clearHalt: (...given) => opened.clearHalt(...given),
        close: () => opened.close(),
      },
      usb.address,
    );
    const abort = new AbortController();
    const fetching = device.fetch(() => expect.unreachable(), abort.signal);
    await clock.sleep(1);
    abort.abort();
    expect(await fetching).toBe('none');
    // INITIATE_ABORT_BULK_IN with the tag of what was asked, CHECK_ABORT_BULK_IN_STATUS.
    expect(said).toEqual(['message 2', 'request 3 with 1', 'request 4 with 0']);
  });

  it('tells its status byte while an answer waits', async () => {
    const { clock, usb } = onUsb(meter);
    const opened = await usb.openUsb({ class: 0xfe, subclass: 3 }, { gone: () => {} }, never);
    const device = new UsbtmcDevice(opened, usb.address);
    expect(await device.statusByte()).toBe(0);
    await device.write(Uint8Array.from('*IDN?\n', (char) => char.charCodeAt(0)));
    await clock.sleep(1);
    expect(await device.statusByte()).toBe(0x10);
  });

  it('may request service at any time: what is under way goes on, and the status byte is told', async () => {
    const { tell, ask, usb, link } = await linkTo(meter);
    await tell('*RST;*CLS;*ESE 32;*SRE 52');
    await tell('BAD');
    expect(await ask(':READ?')).toContain('E+00');
    expect(await ask(':SYST:ERR?')).toBe('-113,"Undefined header"');
    await tell('BAD');
    await link.close();
    const opened = await usb.openUsb({ class: 0xfe, subclass: 3 }, { gone: () => {} }, never);
    expect(await new UsbtmcDevice(opened, usb.address).statusByte()).toBe(0x64);
  });

  it('is asked for its status byte again after requests for service that came before the answer', async () => {
    const { clock, usb } = onUsb(meter);
    const opened = await usb.openUsb({ class: 0xfe, subclass: 3 }, { gone: () => {} }, never);
    const device = new UsbtmcDevice(opened, usb.address);
    await device.write(Uint8Array.from('*CLS;*ESE 32;*SRE 32;BAD\n', (char) => char.charCodeAt(0)));
    await clock.sleep(1);
    expect(await device.statusByte()).toBe(0x64);
    expect(await device.statusByte()).toBe(0x64);
  });

  it.each([
    ['only requests service, without an end', Uint8Array.of(0x81, 0x40), '(it sends other notices)', 0],
    ['stalls its interrupt endpoint', 'stalled', '(it stalls)', 1],
  ] as const)('is refused for its status byte where it %s', async (_, notice, reason, halts) => {
    let [received, cleared] = [0, 0];
    const device = new UsbtmcDevice(
      {
        number: 0,
        endpoints: [
          { address: 1, kind: 'bulk', packetBytes: 64 },
          { address: 0x82, kind: 'bulk', packetBytes: 64 },
          { address: 0x83, kind: 'interrupt', packetBytes: 2 },
        ],
        send: async () => 'sent',
        receive: async () => {
          if (++received > 10_000) throw new Error('it is asked for ever');
          return notice;
        },
        control: async () => Uint8Array.of(1, 0, 0),
        clearHalt: async () => {
          cleared++;
        },
        close: async () => undefined,
      },
      'usb://1:1',
    );
    await expect(device.statusByte()).rejects.toMatchObject({
      code: 'instrument.fault',
      problem: `usb://1:1 does not tell its status byte ${reason}`,
    });
    expect(cleared).toBe(halts);
  });

  it('is gone at once when it is unplugged, and is found again when it is back', async () => {
    const { ask, usb, context, port } = await linkTo(meter);
    const asking = ask(':READ?');
    usb.unplug();
    await expect(asking).rejects.toMatchObject({ code: 'instrument.gone' });
    await expect(ask('*IDN?')).rejects.toMatchObject({ code: 'instrument.gone' });
    usb.replug();
    const link = await openLink(context, port);
    await link.exchange((io) => io.write('*CLS\n'), never);
    await link.close();
  });
});

/** Answers `DATA?` with so many bytes, and any other question with the length of its line. */
function echoing(clock: VirtualClock, length: number, end = '\n'): SimulatedInstrument {
  return {
    title: 'echo',
    connect(transmit) {
      let line = '';
      return {
        receive(bytes) {
          for (const byte of bytes) line += String.fromCharCode(byte);
          if (!line.endsWith('\n')) return;
          const answer = line === 'DATA?\n' ? 'x'.repeat(length - end.length) + end : `${line.length}\n`;
          line = '';
          clock.setTimeout(() => transmit(Uint8Array.from(answer, (char) => char.charCodeAt(0))), 5);
        },
        disconnect: () => undefined,
      };
    },
  };
}
