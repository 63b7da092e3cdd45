import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { runInMemory } from './testing/run-in-memory.ts';

const GOLDEN = new URL('../../../packages/savers/fixtures/golden/', import.meta.url).pathname;
const SCAN = join(GOLDEN, 'c_scan2d_tables.h5');
const DETECTOR = '/RawData/Scan000/Detector000';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daqtor-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const run = (argv: readonly string[], colour = false) => runInMemory(argv, { colour });

test('browse shows what is in a file', async () => {
  const { code, out, err } = await run(['browse', SCAN]);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`${SCAN}: PyMoDAQ dataset\n▸ /  PyMoDAQ file\n`);
  expect(out).toContain('↔ Axis00  Y é  (3) float64 [um]');
  expect(out).toContain('≡ Logger');
});

test('browse shows of a node its attributes and a plot, in plain text without a terminal', async () => {
  const { code, out } = await run(['browse', SCAN, `${DETECTOR}/Data0D/CH00/Data00`]);
  expect(code).toBe(0);
  expect(out).toMatch(/nav_indexes +\(0, 1\)/);
  expect(out).toMatch(/Power · A {3}8\.5 .* 19\.5\n/);
  expect(out).toContain('ActX/mm │');
  expect(out).not.toContain('\x1b');
  expect((await run(['browse', SCAN, `${DETECTOR}/Data0D/CH00/Data00`], true)).out).toContain('\x1b[48;2;');
  expect((await run(['browse', SCAN, `${DETECTOR}/Data0D/CH00/Data00`, '--no-plot'])).out).not.toContain('ActX/mm');
});

test('browse shows settings as a tree, and the log as it was written', async () => {
  const { out } = await run(['browse', join(GOLDEN, 'a_snapshot_h5py.h5'), '/RawData/Detector000']);
  expect(out).toMatch(/Settings\n {2}All_settings\n {4}daq_viewer_settings\n {6}Main Settings\n {8}DAQ type: DAQ0D\n/);
  expect((await run(['browse', join(GOLDEN, 'd_logger_tables.h5'), '/RawData/Logger'])).out).toContain(
    'deuxième ligne: é µ',
  );
});

test('browse subtracts the background if it is told to, and warns where there is none', async () => {
  const node = '/RawData/Detector000/Data0D/CH00/Data00';
  const file = join(GOLDEN, 'a2_snapshot_bkg_errors_h5py.h5');
  const [plain, clean] = [await run(['browse', file, node]), await run(['browse', file, node, '--bkg'])];
  expect(clean.out).not.toBe(plain.out);
  expect(clean.err).toBe('');
  const { code, err } = await run(['browse', SCAN, `${DETECTOR}/Data0D/CH00/Data00`, '--bkg']);
  expect([code, err]).toEqual([0, expect.stringContaining('warning: no background was saved')]);
});

test('browse shows what it can of other files, and of values that cannot be plotted', async () => {
  const file = new URL('../../../packages/savers/fixtures/foreign/types.h5', import.meta.url).pathname;
  const all = await run(['browse', file]);
  expect(all.out).toContain('HDF5 file. Its arrays are read as they are, without axes.');
  expect(all.out).toContain('→ outside  to /etc/passwd:/');
  expect(all.err).toContain('warning: /named_type: it is neither a group nor an array');
  const table = await run(['browse', file, '/table']);
  expect([table.code, table.err]).toEqual([0, expect.stringContaining('warning: no plot: /table')]);
  expect((await run(['browse', file, '/texts'])).out).toContain('Größe');
});

test('export writes a file and says so', async () => {
  const out = join(folder, 'power.csv');
  expect(await run(['export', SCAN, `${DETECTOR}/Data0D/CH00`, out])).toMatchObject({
    code: 0,
    out: `Wrote ${out}\n`,
    err: '',
  });
  expect(readFileSync(out, 'utf8')).toMatch(/^ActX\/mm,ActY\/mm,A,B\n0,-1,8\.5,/);
  const again = ['export', SCAN, `${DETECTOR}/Data0D/CH00`, out];
  expect(await run(again)).toMatchObject({
    code: 1,
    err: `daqtor: there is a file ${out} already. Choose another name.\n`,
  });
  expect((await run([...again, '--force'])).code).toBe(0);
});

test('comment adds to a node, and browse shows it', async () => {
  const file = join(folder, 'copy.h5');
  copyFileSync(SCAN, file);
  chmodSync(file, 0o644);
  expect((await run(['comment', file, DETECTOR, 'beam was lost'])).code).toBe(0);
  expect((await run(['browse', file, DETECTOR])).out).toContain('Comments\n  beam was lost\n');
});

test.each([
  ['no file', ['browse', 'none.h5'], /^daqtor: none\.h5 cannot be read: there is no such file\. Check the path.*\n$/],
  ['no node', ['browse', SCAN, '/Raw'], /^daqtor: there is no \/Raw in .*: \/ has no 'Raw'\. It has RawData\.\n$/],
  ['no format', ['export', SCAN, '/', 'x.pdf'], /Let its name end in one of \.h5/],
])('a failure is one line and exit code 1: %s', async (_, argv, says) => {
  const { code, err, out } = await run(argv);
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(says);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

test('a file that is no HDF5 is told by name', async () => {
  const file = join(folder, 'notes.h5');
  writeFileSync(file, 'not data');
  expect((await run(['browse', file])).err).toBe(
    `daqtor: ${file} cannot be read: it is no HDF5 file but text. Choose another file.\n`,
  );
});

test.each([
  [['brows'], "there is no command 'brows'", 'daqtor --help'],
  [['browse'], 'it takes at least 1 argument, here are 0', 'daqtor browse --help'],
  [['browse', 'a', 'b', 'c'], "'c' is one argument too many", 'daqtor browse --help'],
  [['export', 'a', '--fast'], "Unknown option '--fast'", 'daqtor export --help'],
])('a wrong call is told with what to try, and exit code 2: %j', async (argv, says, next) => {
  const { code, err } = await run(argv);
  expect(code).toBe(2);
  expect(err).toContain(says);
  expect(err).toContain(`Try: ${next}\n`);
});

test('help is there for all and for each command', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('browse') });
  expect(await run([])).toMatchObject({ code: 2, out: '' });
  for (const command of [
    'browse FILE',
    'export FILE',
    'comment FILE',
    'sim NAME',
    'drivers [DRIVER]',
    'ports',
    'check DRIVER',
    'new driver NAME',
    'timer [TIME]',
  ]) {
    const { code, out } = await run([command.split(' ')[0] as string, '--help']);
    expect([code, out]).toEqual([0, expect.stringContaining(`Usage: daqtor ${command}`)]);
  }
});
