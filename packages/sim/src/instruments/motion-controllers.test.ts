import { VirtualClock } from '@daqtor/core';
import { describe, expect, it } from 'vitest';
import { dialogueWith } from '../testing/dialogue.ts';
import { simulatedSmc100 } from './smc100.ts';
import { simulatedZaber } from './zaber.ts';

describe('SMC100', () => {
  const bench = () => {
    const clock = new VirtualClock();
    const simulated = simulatedSmc100({ clock, stages: [{}, {}] });
    return { clock, simulated, host: dialogueWith(simulated, '\n') };
  };

  it('goes from not referenced over homing to ready, and moves from there', async () => {
    const { clock, host } = bench();
    expect(await host.ask('1TS\r')).toBe('1TS00000A');
    host.send('1OR\r\n');
    expect(await host.ask('1TS')).toBe('1TS00001E');
    await clock.sleep(5000);
    expect(await host.ask('1TS')).toBe('1TS000032');
    host.send('1 pa 1.0\r\n');
    expect(await host.ask('1TS')).toBe('1TS000028');
    // 1 mm at 4 mm/s, 0.1 s for speeding up and slowing down.
    await clock.sleep(349);
    expect(await host.ask('1TS')).toBe('1TS000028');
    await clock.sleep(2);
    expect(await host.ask('1TS')).toBe('1TS000033');
    expect(await host.ask('1TP')).toBe('1TP1');
    host.send('1PA25.1\r\n');
    expect(await host.ask('1TE')).toBe('1TEG');
    expect(await host.ask('1TS')).toBe('1TS000033');
  });

  it.each([
    ['1PA1', 'H'],
    ['1ST', 'H'],
    ['1XX', 'A'],
    ['1SRx', 'C'],
    ['1OR\r\n1OR', 'E'],
    ['1OR\r\n1PA1', 'L'],
  ])('refuses %j with the letter %s, once', async (command, letter) => {
    const { host } = bench();
    host.send(`${command}\r\n`);
    expect(await host.ask('1TE')).toBe(`1TE${letter}`);
    expect(await host.ask('1TE')).toBe('1TE@');
  });

  it('is silent at addresses that are not on the chain', () => {
    const { host } = bench();
    host.send('3VE\r\nVE\r\n2VE\r\n');
    expect(host.take()).toBe('2VE SMC_CC_3.0.2\r\n');
  });

  it('loses its reference when something blocks the stage, and tells the following error once', async () => {
    const { clock, simulated, host } = bench();
    host.send('1OR\r\n');
    await clock.sleep(5000);
    host.send('1PA10\r\n');
    await clock.sleep(500);
    simulated.block(1);
    expect(await host.ask('1TS')).toBe('1TS00200F');
    expect(await host.ask('1TS')).toBe('1TS00000F');
  });
});

describe('Zaber', () => {
  const bench = () => {
    const clock = new VirtualClock();
    const simulated = simulatedZaber({ clock });
    return { clock, simulated, host: dialogueWith(simulated, '\n') };
  };

  it('repeats the identity of a message, and warns while it has no reference', async () => {
    const { host } = bench();
    expect(await host.ask('/1 1 7 get limit.max')).toBe('@01 1 07 OK IDLE WR 1066667');
    expect(await host.ask('/')).toBe('@01 0 OK IDLE WR 0');
    expect(await host.ask('/1 1 move abs 100')).toBe('@01 1 RJ IDLE WR BADDATA');
  });

  it('homes, moves, and warns of a motion that was interrupted', async () => {
    const { clock, host } = bench();
    expect(await host.ask('/1 home')).toBe('@01 0 OK BUSY WR 0');
    await clock.sleep(10_000);
    expect(await host.ask('/1 1 move abs 400000')).toBe('@01 1 OK BUSY -- 0');
    await clock.sleep(500);
    expect(await host.ask('/1 1 stop')).toBe('@01 1 OK BUSY NI 0');
    await clock.sleep(500);
    expect(Number((await host.ask('/1 1 get pos')).split(' ')[5])).toBeGreaterThan(100_000);
    expect(await host.ask('/1 1 warnings clear')).toBe('@01 1 OK IDLE -- 01 NI');
    expect(await host.ask('/1 1 get pos')).toMatch(/^@01 1 OK IDLE -- \d+$/);
  });

  it.each([
    ['/1 2 get pos', '@01 2 RJ IDLE -- BADAXIS'],
    ['/1 1 fly', '@01 1 RJ IDLE WR BADCOMMAND'],
    ['/1 1 move abs far', '@01 1 RJ IDLE WR BADDATA'],
  ])('rejects %s', async (message, reply) => {
    const { host } = bench();
    expect(await host.ask(message)).toBe(reply);
  });

  it('ignores a message with a wrong checksum, and one for another device', () => {
    const { host } = bench();
    host.send('/1 0 1 get pos:00\n/2 0 1 get pos\ngarbage\n');
    expect(host.take()).toBe('');
    const text = '1 1 1 get pos';
    const sum = [...text].reduce((total, char) => total + char.charCodeAt(0), 0);
    host.send(`/${text}:${((256 - (sum % 256)) % 256).toString(16).padStart(2, '0')}\n`);
    expect(host.take()).toMatch(/^@01 1 01 OK IDLE WR \d+\r\n$/);
  });

  it('sends alerts and checksums when it is told to', async () => {
    const { clock, host } = bench();
    host.send('/1 set comm.alert 1\n/1 set comm.checksum 1\n/1 home\n');
    host.take();
    await clock.sleep(10_000);
    expect(host.take()).toMatch(/^!01 1 IDLE --:[0-9A-F]{2}\r\n$/);
    host.send('/1 1 move abs 100000\n');
    await clock.sleep(100);
    host.send('/1 1 stop\n');
    host.take();
    await clock.sleep(10_000);
    expect(host.take()).toMatch(/^!01 1 IDLE NI:[0-9A-F]{2}\r\n$/);
  });
});
