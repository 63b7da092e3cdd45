import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../duration.ts';
import { runInMemory } from '../testing/run-in-memory.ts';

test('a countdown ends when it is over, shows what is left on the way, and rings', async () => {
  const { code, out, shown, tookMs } = await runInMemory(['timer', '0:02.5'], { isKeyboard: true });
  expect([code, out, tookMs]).toEqual([0, '0:02.500\n', 2500]);
  expect(shown.slice(0, 2)).toEqual(['0:02.5', '0:02.4']);
  expect(shown.slice(-3)).toEqual(['0:00.0', '\x07', '']);
});

test('a keyboard pauses, takes laps, starts anew and ends', async () => {
  const { code, out, shown, err } = await runInMemory(['timer'], {
    isKeyboard: true,
    input: [
      [1000, 'l'],
      [1500, ' '],
      [9000, ' '],
      [9250, 'l'],
      [9300, 'x'],
      [10_000, 'r'],
      [10_125, 'l'],
      [11_000, 'q'],
      [12_000, 'l'],
    ],
  });
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    'lap 1  0:01.000  +0:01.000',
    'lap 2  0:01.750  +0:00.750',
    'lap 1  0:00.125  +0:00.125',
    '0:01.000',
    '',
  ]);
  expect(shown).toContain('0:01.5  paused');
  expect(err).toContain('space: pause');
});

test('without a keyboard each line is a lap, and the end of the input ends it', async () => {
  const input = [
    [10, '64 bytes'],
    [1_010, ''],
    [61_010, undefined],
  ] as const;
  expect(await runInMemory(['timer'], { input })).toMatchObject({
    code: 0,
    out: 'lap 1  0:00.010  +0:00.010  64 bytes\nlap 2  0:01.010  +0:01.000\n1:01.010\n',
    err: '',
  });
});

test('a countdown without anybody to listen to runs to its end', async () => {
  const { code, tookMs } = await runInMemory(['timer', '2h'], { input: [[0, undefined]] });
  expect([code, tookMs]).toEqual([0, 7_200_000]);
});

test('a countdown that was ended early is a failure, so that nothing goes on after it', async () => {
  const { code, out, err } = await runInMemory(['timer', '90'], { isKeyboard: true, input: [[30_000, '\x03']] });
  expect([code, out]).toEqual([1, '0:30.000\n']);
  expect(err).toContain('daqtor: the timer was ended with 1:00.000 left');
});

test.each([
  ['90', 90_000],
  ['.5', 500],
  ['250ms', 250],
  ['1.5min', 90_000],
  ['1h30m10s', 5_410_000],
  ['1:30', 90_000],
  ['1:02:03.5', 3_723_500],
])('%s is a time', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '0', '-1', '1:5', '1:60', 'soon', '5 parsec', '1e3', 'NaN'])("'%s' is no time", async (text) => {
  const { code, err } = await runInMemory(['timer', '--', text]);
  expect([code, err]).toEqual([2, expect.stringContaining(`'${text}' is no time`)]);
});

test('times are rounded once, at the end', () => {
  expect([0, 59_999.6, 59_949, 59_950, 3_600_000].map((ms) => formatDuration(ms, 1))).toEqual([
    '0:00.0',
    '1:00.0',
    '0:59.9',
    '1:00.0',
    '1:00:00.0',
  ]);
  expect(formatDuration(59_999.6)).toBe('1:00.000');
});

test('the command itself counts lines from a pipe, and ends though its input stays open', async () => {
  const bin = new URL('../bin.mjs', import.meta.url).pathname;
  const run = async (args: readonly string[], text: string, closes: boolean) => {
    const child = spawn(process.execPath, [bin, 'timer', ...args]);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stdin.write(text);
    if (closes) child.stdin.end();
    const code = await new Promise((resolve) => child.on('close', resolve));
    child.stdin.destroy();
    return { code, out };
  };
  const laps = await run([], 'a\nb\n', true);
  expect(laps).toEqual({
    code: 0,
    out: expect.stringMatching(/^lap 1 {2}0:0\d\.\d{3} {2}\+\S+ {2}a\nlap 2 .* b\n0:0\d\.\d{3}\n$/),
  });
  expect((await run(['1ms'], '', false)).code).toBe(0);
  expect(await run(['0.05'], '', false)).toEqual({ code: 0, out: expect.stringMatching(/^0:00\.0[5-9]\d\n$/) });
});
