import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseTrace, realClock } from '@daqtor/core';
import * as drivers from '@daqtor/drivers';
import { servePty, serveTcp, simulatedEsp301, simulators } from '@daqtor/sim';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { camelCase } from '../protocol-test-source.ts';
import { runInMemory } from '../testing/run-in-memory.ts';
import { whileServing } from '../testing/while-serving.ts';

const execute = promisify(execFile);
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daqtor-record-'));
  symlinkSync(MODULES, join(folder, 'node_modules'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const run = (...argv: string[]) => runInMemory(argv, { clock: realClock });
const there = (name: string) => join(folder, name);

async function meter(): Promise<string> {
  const simulator = simulators.find(({ name }) => name === 'keithley2000');
  if (!simulator) throw new Error('no simulator');
  const served = await serveTcp(simulator.make({ clock: realClock }));
  onTestFinished(() => served.close());
  return served.address;
}

async function stage(): Promise<string> {
  const served = await servePty(simulatedEsp301({ clock: realClock }));
  onTestFinished(() => served.close());
  return served.address;
}

/** Runs the tests of the folder, as somebody would who has them in a package. */
const runTests = () =>
  execute(process.execPath, [join(MODULES, 'vitest/vitest.mjs'), 'run', '--root', folder], {
    env: { ...process.env, NO_COLOR: '1', VITEST: '' },
  });

test('a session is written as a trace and as a test, and the test passes until the recording says otherwise', async () => {
  const [trace, source] = [there('stage.trace'), there('stage.test.ts')];
  const moves = ['--move', '0.02', '--move', '0.01'];
  const set = ['--set', 'axis=1', '--set', 'epsilon=0.01'];
  const { code, out } = await run(
    'record',
    'esp301',
    '--port',
    await stage(),
    '--out',
    trace,
    '--test',
    source,
    ...set,
    ...moves,
  );
  expect([code, out]).toEqual([0, expect.stringMatching(/stage\.trace: \d+ bytes in \d+ pieces, of Newport ESP301/)]);
  const { about, pieces } = parseTrace(readFileSync(trace, 'utf8'));
  expect(about).toMatchObject({
    driver: 'esp301',
    settings: '{"axis":1,"epsilon":0.01}',
    address: expect.stringMatching(/^serial:/),
  });
  expect(String.fromCharCode(...pieces.flatMap(({ bytes }) => [...bytes]))).toContain('1PA0.02');
  expect((await runTests()).stdout).toMatch(/Tests {2}1 passed/);
  writeFileSync(source, readFileSync(source, 'utf8').replace('1PA0.02', '1PA0.03'));
  await expect(runTests()).rejects.toMatchObject({ stderr: expect.stringContaining("where '1PA0.03\\x0D") });
});

test('what was recorded serves as a simulator, which the driver cannot tell from the instrument', async () => {
  const [trace, source] = [there('meter.trace'), there('meter.test.ts')];
  const port = await meter();
  expect(
    (await run('record', 'keithley2000', '--port', port, '--out', trace, '--test', source, '--reads', '3')).code,
  ).toBe(0);
  expect((await runTests()).stdout).toMatch(/Tests {2}1 passed/);
  const recorded = [...readFileSync(source, 'utf8').matchAll(/data: \[\[(.*?)\]\]/g)].map(([, value]) => Number(value));
  expect(recorded).toHaveLength(3);
  await whileServing(['replay', trace, '--tcp', '0', '--json', '--fragment', '1'], async (out) => {
    const { title, addresses } = JSON.parse(out);
    expect(title).toMatch(/^recording of Keithley MODEL 2000/);
    const { out: checked } = await run('check', 'keithley2000', '--port', addresses[0], '--json');
    expect(Number(JSON.parse(checked).values[0].value)).toBe(recorded[0]);
  });
});

test('a session that fails leaves what went over the wire, and no test', async () => {
  const [trace, source] = [there('other.trace'), there('other.test.ts')];
  const { code, err } = await run('record', 'hp34401a', '--port', await meter(), '--out', trace, '--test', source);
  expect([code, err]).toEqual([1, expect.stringContaining('where an HP 34401A was expected')]);
  expect(parseTrace(readFileSync(trace, 'utf8')).pieces.length).toBeGreaterThan(1);
  expect(() => readFileSync(source)).toThrow('ENOENT');
});

test('a session in which nothing went over a wire leaves no file, and is none', async () => {
  const trace = there('nothing.trace');
  const { code, out, err } = await run('record', 'mock-detector', '--out', trace);
  expect([code, out, err]).toEqual([1, '', expect.stringContaining('nothing went over a wire that can be recorded')]);
  const refused = await run('record', 'keithley2000', '--port', 'tcp://127.0.0.1:1', '--out', trace);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('could not be opened') });
  expect(() => readFileSync(trace)).toThrow('ENOENT');
});

test('every driver of ours is exported by the name that a test imports', () => {
  for (const { manifest } of drivers.builtInDrivers) expect(drivers).toHaveProperty(camelCase(manifest.kind));
});

test('what cannot be recorded or replayed is told before anything is done', async () => {
  writeFileSync(there('mine'), 'mine');
  const refused = [
    [['record', 'sr830', '--port', 'tcp://a:1'], 2, 'say where to'],
    [['record', 'sr830', '--port', 'tcp://a:1', '--out', there('mine')], 1, 'mine exists'],
    [['record', 'sr830', '--port', 'tcp://a:1', '--out', there('new'), '--move', '1'], 2, 'sr830 does not move'],
    [['record', 'esp301', '--port', 'tcp://a:1', '--out', there('new'), '--move', 'far'], 2, '--move takes a number'],
    [['record', 'sr830', '--port', 'tcp://a:1', '--out', there('no/new')], 1, `there is no folder ${there('no')}`],
    [['record', 'sr830', '--port', 'tcp://a:1', '--out', there('x'), '--test', there('no/y')], 1, 'there is no folder'],
    [['record', 'sr830', '--port', 'tcp://a:1', '--out', folder, '--force'], 1, `${folder} is a folder`],
    [['record', 'sr830', '--port', 'tcp://a:1', '--out', there('x'), '--test', there('x')], 2, '--out and --test'],
    [['replay', there('mine'), '--pty'], 1, 'line 1: it does not begin with'],
    [['replay', there('none'), '--pty'], 1, 'cannot be read'],
  ] as const;
  for (const [argv, code, says] of refused) {
    expect(await run(...argv), argv.join(' ')).toMatchObject({ code, err: expect.stringContaining(says) });
  }
});
