import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '@daqtor/core';
import { builtInDrivers } from '@daqtor/drivers';
import { type ServedInstrument, servePty, serveTcp, simulators } from '@daqtor/sim';
import { expect, onTestFinished, test } from 'vitest';
import { runInMemory } from '../testing/run-in-memory.ts';

const run = (...argv: string[]) => runInMemory(argv, { clock: realClock });
const simulated = (name: string) => {
  const simulator = simulators.find((one) => one.name === name);
  if (!simulator) throw new Error(`no simulator ${name}`);
  return simulator.make({ clock: realClock });
};
async function addressOf(served: Promise<ServedInstrument>): Promise<string> {
  const one = await served;
  onTestFinished(() => one.close());
  return one.address;
}

test('drivers lists every driver of ours, its wires, capabilities and simulator', async () => {
  const { code, out, err } = await run('drivers');
  expect([code, err]).toEqual([0, '']);
  for (const { manifest } of builtInDrivers)
    expect(out).toMatch(new RegExp(`^${manifest.kind} +${manifest.role} `, 'm'));
  expect(out).toMatch(/^esp301 +actuator +serial tcp +home limits settings +esp301 +Newport ESP301/m);
  expect(out).toMatch(/^mock-detector +detector +– +live settings +– .*@daqtor\/sim$/m);
});

test('drivers shows of one its settings with defaults, units and what they take', async () => {
  const { out } = await run('drivers', 'keithley2000');
  expect(out).toContain('  port = required  (address)\n      Where the instrument is');
  expect(out).toContain('  nplc = 1  (number 0.01 to 10)');
  expect(out).toContain('  timeoutMs = 10000 ms  (number > 0)');
  expect(out).toMatch(/function = "voltage:dc" {2}\(voltage:dc \| voltage:ac /);
  const all = JSON.parse((await run('drivers', '--json')).out);
  expect(all.drivers[0]).toMatchObject({ kind: 'esp301', settings: expect.arrayContaining([expect.anything()]) });
});

test('drivers tells of a plugin that is not used why, and uses the others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-cli-plugins-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bad = join(folder, 'bad.mjs');
  writeFileSync(bad, 'throw new TypeError("no licence");');
  const { code, out, err } = await run('drivers', '--plugin', bad, '--plugin', './none');
  expect([code, out]).toEqual([0, expect.stringContaining('keithley2000')]);
  expect(err).toContain(`${bad}: it threw while it was loaded: TypeError: no licence`);
  expect(err).toContain('./none: there is no ');
  expect((await run('drivers', 'dice', '--plugin', bad)).err).toContain('TypeError: no licence. There are esp301, ');
});

test('ports says what there is, and goes on where the system does not tell', async () => {
  const { code, out } = await run('ports');
  expect([code, out]).toEqual([0, expect.stringMatching(/^(PORT|No serial port)/)]);
  expect(JSON.parse((await run('ports', '--json')).out)).toMatchObject({
    ports: expect.anything(),
    notes: expect.anything(),
  });
});

test('check connects, tells who answers, and reads once', async () => {
  const port = await addressOf(serveTcp(simulated('keithley2000')));
  const { code, out } = await run('check', 'keithley2000', '--port', port, '--set', 'nplc=0.1');
  expect(code).toBe(0);
  expect(out).toMatch(/^Keithley 2000 multimeter: Keithley MODEL 2000, serial \d+/);
  expect(out).toMatch(/\nconnected in \d+\.\d ms, read in \d+\.\d ms\n {2}voltage {2}1\.2\d+ {2}V\n$/);
});

test('check reads an actuator without moving it, and shows the wire if asked', async () => {
  const port = await addressOf(servePty(simulated('esp301')));
  const { code, out, err } = await run('check', 'esp301', '--port', port, '--set', 'axis=1', '--trace', '--json');
  expect([code, JSON.parse(out)]).toMatchObject([0, { kind: 'esp301', values: [{ name: 'position', units: 'mm' }] }]);
  const sent = err.split('\n').filter((line) => line.includes('  sent  '));
  expect(sent.length).toBeGreaterThan(2);
  expect(sent.filter((line) => /\d(PA|PR|OR|MV|ST)/.test(line))).toEqual([]);
});

test.each([
  [['check', 'keithley2000', '--port', 'tcp://127.0.0.1:1'], 1, '[keithley2000] tcp://127.0.0.1:1 could not be opened'],
  [['check', 'keithley2000', '--port', 'there'], 1, "the address 'there' cannot be understood"],
  [['check', 'keithley2000', '--port', 'tcp://a:1', '--set', 'nplc=fast'], 1, 'nplc: Invalid input'],
  [['check', 'keithley', '--port', 'tcp://a:1'], 1, "there is no driver 'keithley'"],
  [['check', 'keithley2000'], 2, 'say where it is'],
  [
    ['check', 'keithley2000', '--port', 'tcp://a:1', '--set', 'npcl=1'],
    1,
    'npcl: there is no such setting; there are ',
  ],
  [
    ['check', 'keithley2000', '--port', 'tcp://a:1', '--set', 'nplc=fast', '--set', 'npcl=1'],
    1,
    'nplc: Invalid input: expected number, received string; npcl: there is no such setting',
  ],
  [
    ['check', 'keithley2000', '--port', 'tcp://a:1', '--set', 'nplc=0'],
    1,
    'daqtor drivers keithley2000 lists its settings',
  ],
  [['check', 'mock-detector', '--port', 'tcp://a:1'], 1, 'port: there is no such setting'],
  [['check', 'mock-detector', '--plugin', './none'], 1, 'the plugin ./none cannot be used: there is no '],
  [['record', 'keithley2000', '--port', 'tcp://a:1', '--out', 'x', '--set', 'npcl=1'], 1, 'npcl: there is no such'],
  [['check', 'mock-detector', '--set', 'seed'], 2, "--set takes NAME=VALUE, not 'seed'"],
])('what cannot be checked is told: %j', async (argv, code, says) => {
  expect(await run(...argv)).toMatchObject({ code, err: expect.stringContaining(says) });
});

test('another instrument than the driver is for is told by what it says', async () => {
  const port = await addressOf(serveTcp(simulated('hp34401a')));
  const { code, err } = await run('check', 'keithley2000', '--port', port);
  expect([code, err]).toEqual([1, expect.stringContaining("'HEWLETT-PACKARD,34401A,0,10-5-2' answered")]);
});
