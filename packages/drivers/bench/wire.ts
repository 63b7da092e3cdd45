// Measures what the drivers' wires cost: `npm run bench:wire -- [seconds]`.
//
// Questions per second of a link, over TCP and over a pseudo-terminal, against a plain socket and a plain serialport that ask
// the same; and the time of a scan over a line of 9600 baud against the time that its bytes need. The instrument is in a
// process of its own. Ends with `N passed, M failed`; an aim that is not reached has failed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { lab, linspace, realClock } from '@daqtor/core';
import { numbersGiven } from '@daqtor/core/testing';
import { lineTalk, openLink, sr860 } from '@daqtor/drivers';
import { faultyInstrument, mockActuator, servePty, serveTcp, simulatedSr860 } from '@daqtor/sim';
import { SerialPort } from 'serialport';
import { testContext } from '../src/testing/scripted-port.ts';

const LEAST_SHARE = 0.8;
const MOST_LINE_TIMES = 1.05;
const BAUD = 9600;
/** An odd number of short rounds, of which the middle one counts. */
const ROUNDS = 41;
const POINTS = 10;
/** Scans of which the shortest counts: what the machine does beside makes all of them longer, and none shorter. */
const SCANS = 8;
/** Points over a fast line before: a process that measures for hours has long been compiled. */
const WARM_UP_POINTS = 1000;
const QUESTION = '*IDN?\n';

type Ask = () => Promise<unknown>;

/** In the child: SR860s on TCP, on three pseudo-terminals, and on one with a slow line. */
async function serve(): Promise<void> {
  const instrument = () => simulatedSr860({ clock: realClock });
  const slow = faultyInstrument(instrument(), realClock, { baudRate: BAUD });
  // Several, since a serial port has one owner.
  const served = [
    await serveTcp(instrument()),
    await servePty(instrument()),
    await servePty(instrument()),
    await servePty(instrument()),
    await servePty(slow),
  ];
  console.log(JSON.stringify(served.map(({ address }) => address)));
  process.stdin.resume().once('close', () => process.exit(0));
}

/** A question at a time, as simply as it can be written. */
function plainAsk(stream: NodeJS.ReadWriteStream): Ask {
  let rest = '';
  let answered: (line: string) => void = () => {};
  stream.on('data', (bytes: Buffer) => {
    rest += bytes.toString('latin1');
    const end = rest.indexOf('\n');
    if (end < 0) return;
    const line = rest.slice(0, end);
    rest = rest.slice(end + 1);
    answered(line);
  });
  return () =>
    new Promise((resolve) => {
      answered = resolve;
      stream.write(QUESTION);
    });
}

async function perSecond(ask: Ask, seconds: number): Promise<number> {
  const startMs = realClock.now();
  let count = 0;
  for (; realClock.now() - startMs < 1000 * seconds; count++) await ask();
  return (1000 * count) / (realClock.now() - startMs);
}

/** Both in turns, since a machine that does other things does them to both. */
async function compared(name: string, plain: Ask, ours: Ask, seconds: number): Promise<boolean> {
  const rounds: { plain: number; ours: number }[] = [];
  await perSecond(plain, 0.2);
  await perSecond(ours, 0.2);
  for (let i = 0; i < ROUNDS; i++) {
    const [first, second] = i % 2 === 0 ? [plain, ours] : [ours, plain];
    const rates = [
      await perSecond(first, seconds / 2 / ROUNDS),
      await perSecond(second, seconds / 2 / ROUNDS),
    ] as const;
    rounds.push(i % 2 === 0 ? { plain: rates[0], ours: rates[1] } : { plain: rates[1], ours: rates[0] });
  }
  rounds.sort((a, b) => a.ours / a.plain - b.ours / b.plain);
  const middle = rounds[(ROUNDS - 1) / 2] ?? { plain: 0, ours: 0 };
  const share = middle.ours / middle.plain;
  return verdict(
    `${name}: ${middle.ours.toFixed(0)} questions/s, plain ${middle.plain.toFixed(0)}: ${share.toFixed(2)} of it`,
    share >= LEAST_SHARE,
    `at least ${LEAST_SHARE}`,
  );
}

async function linkAsk(port: string): Promise<{ ask: Ask; close(): Promise<void> }> {
  const { context } = testContext(realClock);
  const link = await openLink({ ...context, trace: undefined }, port);
  const { signal } = new AbortController();
  const ends = { sent: '\n', received: '\n' };
  return {
    ask: () => link.exchange((io) => lineTalk(io, ends).ask(QUESTION.trimEnd()), signal),
    close: () => link.close(),
  };
}

async function slowScan(fast: string, slow: string): Promise<boolean> {
  let bytes = 0;
  const meter = (port: string) => sr860({ port, settleTimeConstants: 0 });
  await using bench = await lab(
    { x: mockActuator({}), meter: meter(slow), compiled: meter(fast) },
    {
      trace: (line) => {
        bytes += line.bytes?.length ?? 0;
      },
    },
  );
  await bench.scan({ over: linspace(bench.x, 0, 1, WARM_UP_POINTS), read: [bench.compiled] }).done;
  let best = { tookMs: Number.POSITIVE_INFINITY, lineMs: 1, bytes: 0 };
  for (let i = 0; i < SCANS; i++) {
    bytes = 0;
    const startMs = realClock.now();
    await bench.scan({ over: linspace(bench.x, 0, 1, POINTS), read: [bench.meter] }).done;
    const tookMs = realClock.now() - startMs;
    const lineMs = (10_000 * bytes) / BAUD;
    if (tookMs / lineMs < best.tookMs / best.lineMs) best = { tookMs, lineMs, bytes };
  }
  const times = best.tookMs / best.lineMs;
  return verdict(
    `${POINTS} points at ${BAUD} baud: ${best.tookMs.toFixed(0)} ms, their ${best.bytes} bytes need ${best.lineMs.toFixed(0)} ms: ${times.toFixed(3)} of it`,
    times <= MOST_LINE_TIMES,
    `at most ${MOST_LINE_TIMES}`,
  );
}

function verdict(what: string, isReached: boolean, aim: string): boolean {
  console.log(`${isReached ? 'ok    ' : 'FAILED'}  ${what} (aim: ${aim})`);
  return isReached;
}

async function measure(seconds: number): Promise<boolean[]> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'serve'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const [tcp = '', ptyForPlain = '', pty = '', ptyForScan = '', slow = ''] = JSON.parse(line) as string[];
    const { hostname, port } = new URL(tcp);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    const serial = new SerialPort({ path: ptyForPlain.replace(/^serial:/, ''), baudRate: 115_200 });
    await once(serial, 'open');
    const [byTcp, byPty] = [await linkAsk(tcp), await linkAsk(pty)];
    const results = [
      await compared('TCP', plainAsk(socket), byTcp.ask, seconds),
      await compared('pseudo-terminal', plainAsk(serial), byPty.ask, seconds),
      await slowScan(ptyForScan, slow),
    ];
    await Promise.all([byTcp.close(), byPty.close()]);
    socket.destroy();
    await new Promise((resolve) => serial.close(resolve));
    return results;
  } finally {
    child.stdin.end();
    await once(child, 'exit');
  }
}

if (process.argv[2] === 'serve') await serve();
else {
  const results = await measure(...numbersGiven('npm run bench:wire -- [seconds]', 10));
  const passed = results.filter(Boolean).length;
  console.log(`\n${passed} passed, ${results.length - passed} failed`);
  process.exitCode = passed === results.length ? 0 : 1;
}
