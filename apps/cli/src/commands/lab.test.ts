import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '@daqtor/core';
import { serveTcp, simulatedKeithley2000 } from '@daqtor/sim';
import { expect, onTestFinished, test } from 'vitest';
import { runInMemory } from '../testing/run-in-memory.ts';

function presetFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-lab-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'lab.yaml'), text);
  return join(folder, 'lab.yaml');
}

const run = (...argv: string[]) => runInMemory(argv, { clock: realClock });

const stage = 'stage: { kind: mock-actuator, settings: { travel: [-1, 2], velocity: 5 } }';

test('lab lists the modules of a preset: state, what they can, limits, settings and which change while connected', async () => {
  const served = await serveTcp(simulatedKeithley2000({ clock: realClock, input: () => 1 }));
  onTestFinished(() => served.close());
  const meter = `meter: { kind: keithley2000, settings: { port: '${served.address}', nplc: 0.1 } }`;
  const { code, out, err } = await run('lab', presetFile(`version: 1\nmodules:\n  ${stage}\n  ${meter}\n`));
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(
    /^stage +actuator +mock-actuator +idle +home limits settings +-1 to 2 mm +Daqtor mock actuator$/m,
  );
  expect(out).toMatch(/^meter +detector +keithley2000 +idle +estimate settings +– +Keithley MODEL 2000/m);
  expect(out).toMatch(/^ {2}nplc +0\.1 +live +\(number 0\.01 to 10\)$/m);
  expect(out).toMatch(/^ {2}port +"tcp:.*" +\(address\)$/m);
});

test('lab says what did not connect and why, and still lists it', async () => {
  const lost = "lost: { kind: keithley2000, settings: { port: 'tcp://127.0.0.1:1' } }";
  const path = presetFile(`version: 1\nreconnect: {}\nmodules:\n  ${stage}\n  ${lost}\n`);
  const { code, out, err } = await run('lab', path);
  expect(code).toBe(1);
  expect(out).toMatch(/^lost +detector +keithley2000 +faulted +– /m);
  expect(err).toContain('[lost] tcp://127.0.0.1:1 could not be opened');
  expect(err).toContain('1 of 2 instruments did not connect');
  const { modules, errors } = JSON.parse((await run('lab', path, '--json')).out);
  expect(errors).toMatchObject([{ code: 'instrument.connect', instrument: 'lost' }]);
  expect(modules).toMatchObject([
    { name: 'stage', can: ['home', 'limits', 'settings'], schema: { properties: { velocity: { minimum: 0 } } } },
    { name: 'lost', state: 'faulted' },
  ]);
});

test('lab --offline connects to nothing, and refuses a preset that is not right with all its faults', async () => {
  const lost = "lost: { kind: keithley2000, settings: { port: 'tcp://127.0.0.1:1' } }";
  const { code, out } = await run('lab', presetFile(`version: 1\nmodules:\n  ${lost}\n`), '--offline');
  expect([code, out]).toEqual([0, expect.stringMatching(/^lost +detector +keithley2000 +offline/m)]);
  const wrong = await run(
    'lab',
    presetFile('version: 1\nmodules: { a: { kind: nothing }, b: { kind: none } }\n'),
    '--offline',
  );
  expect(wrong.code).toBe(1);
  expect(wrong.err).toMatch(
    /^daqtor: the preset is not right:\n {2}a: there is no plugin 'nothing'.*\n {2}b: .*'none'.*\n$/,
  );
});

test('lab runs a driver in a process of its own where the preset says so', async () => {
  const hosted = 'camera: { kind: mock-detector, host: worker, settings: { shape: [4, 6] } }';
  const { code, out, err } = await run('lab', presetFile(`version: 1\nmodules:\n  ${hosted}\n`));
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^camera +detector +mock-detector +idle +settings +– +Daqtor mock detector$/m);
});
