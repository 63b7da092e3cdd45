// Lets programs that we did not write drive the simulators, each on TCP, on a pseudo-terminal and on USB: sigrok-cli, lxi,
// mbpoll, PyVISA-py, PyMeasure, and libraries for one protocol each, two of them by makers of instruments. Prints a table and
// `N passed, M failed`; what cannot run here is said with its reason and is never counted as passed. Exits with 1 if anything
// failed.
//
// DAQTOR_JUDGED: a file for the results as JSON
// DAQTOR_INSTRUMENT_JUDGE: Python with what scripts/judge/instruments-requirements.txt names (default .venv/instruments/bin/python)
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serveSimulator } from './judge/serve-simulator.mjs';

const execute = promisify(execFile);
/** Written by scripts/judge/setup-instruments.sh where it could not be installed: why. */
const noSeabreeze = '.venv/instruments/seabreeze-missing.txt';
const python = process.env.DAQTOR_INSTRUMENT_JUDGE ?? '.venv/instruments/bin/python';
const WIRES = ['tcp', 'pty'];
/** Which on USB have it, or an adapter. */
const ON_USB = new Set(['hp34401a', 'keithley2000', 'keithley2400', 'rigol-ds1000z', 'sr860']);
/** What scripts/with-usb.sh exits with where USB cannot be served, and scripts/judge/with-serial.sh alike. */
const NOT_RUN = 77;
const TIMEOUT_MS = 90_000;
const has = (command) =>
  execute('which', [command]).then(
    () => true,
    () => false,
  );

/** Libraries for Python that speak one protocol each, on the wires that they can open. */
const LIBRARIES = {
  'zaber-motion': [{ instrument: 'zaber', wires: WIRES }],
  'thorlabs-apt-device': [{ instrument: 'thorlabs-apt', wires: ['pty'] }],
  'grbl-streamer': [{ instrument: 'grbl', wires: ['pty'] }],
  pyfirmata2: [{ instrument: 'firmata', wires: ['pty'] }],
  pymodbus: [
    { instrument: 'modbus-tcp', wires: ['tcp'] },
    { instrument: 'modbus-rtu', wires: ['pty'] },
  ],
  pyseabreeze: [{ instrument: 'ocean-usb2000plus', wires: ['usb'] }],
  cseabreeze: [{ instrument: 'ocean-usb2000plus', wires: ['usb'] }],
};

/** What each program does: its command, on the wires that it can open, and what it must have said. */
const PROGRAMS = [
  {
    name: 'lxi',
    missing: async () => ((await has('lxi')) ? undefined : 'lxi is not installed (Debian: lxi-tools)'),
    cases: [
      ['hp34401a', /^HEWLETT-PACKARD,34401A/],
      ['keithley2000', /MODEL 2000/],
      ['keithley2400', /MODEL 2400/],
      ['rigol-ds1000z', /^RIGOL TECHNOLOGIES,DS1104Z/],
      ['sr860', /SR860/],
    ].map(([instrument, says]) => ({ instrument, wires: ['tcp'], says })),
    command: ({ port }) => ['lxi', ['scpi', '--address', '127.0.0.1', '--port', port, '--raw', '*IDN?']],
  },
  {
    name: 'sigrok scpi-dmm',
    missing: async () => ((await has('sigrok-cli')) ? undefined : 'sigrok-cli is not installed (Debian: sigrok-cli)'),
    // The meter has no TCP of its own: by RS-232 it does not measure before it is told to be remote, which sigrok does not do here.
    cases: [
      { instrument: 'hp34401a', wires: ['tcp', 'pty'], says: /P1: 1\.2[45]\d* V/, before: 'SYST:REM\n' },
      { instrument: 'hp34401a', wires: ['usb'], says: /P1: 1\.2[45]\d* V/ },
    ],
    command: ({ conn }) => ['sigrok-cli', ['--driver', `scpi-dmm:conn=${conn}`, '--samples', '3']],
  },
  {
    name: 'sigrok rigol-ds',
    missing: async () => ((await has('sigrok-cli')) ? undefined : 'sigrok-cli is not installed (Debian: sigrok-cli)'),
    // The DS1000Z has no serial port. It reads all points, then says that the read should have been completed and ends with 1. Whether a real one on raw
    // TCP makes it end so as well is not known.
    cases: [
      { instrument: 'rigol-ds1000z', wires: ['tcp', 'usb'], says: /(?:CH1: -?[01]\.\d+ V\n){1200}/, endsWith: 1 },
    ],
    command: ({ conn }) => [
      'sigrok-cli',
      ['--driver', `rigol-ds:conn=${conn}`, '--channels', 'CH1', '--frames', '1', '--output-format', 'analog'],
    ],
  },
  {
    name: 'mbpoll',
    missing: async () => ((await has('mbpoll')) ? undefined : 'mbpoll is not installed (Debian: mbpoll)'),
    // The float of the input registers: 20 degC, which is what the oven has when it is switched on.
    cases: [
      { instrument: 'modbus-tcp', wires: ['tcp'], says: /\[2\]:\s+20\b/ },
      { instrument: 'modbus-rtu', wires: ['pty'], says: /\[2\]:\s+20\b/ },
    ],
    command: ({ address, port }) => {
      const question = ['-a', '1', '-t', '3:float', '-B', '-r', '2', '-c', '1', '-1'];
      const where = address.startsWith('tcp:')
        ? ['-m', 'tcp', '-p', port, ...question, '127.0.0.1']
        : ['-m', 'rtu', '-b', '9600', '-P', 'none', ...question, address.slice('serial:'.length)];
      return ['mbpoll', where];
    },
  },
  ...Object.entries({ ...pythonCases(), ...LIBRARIES }).map(([name, cases]) => ({
    name,
    missing: async () => withoutPython(name),
    cases: cases.map((one) => ({ says: /./, ...one })),
    command: ({ instrument, address }) => [python, ['scripts/judge/drive-instrument.py', name, instrument, address]],
  })),
];

/** Why a program for Python cannot run. */
function withoutPython(name) {
  if (!existsSync(python)) return `${python} is not there: scripts/judge/setup-instruments.sh`;
  if (!name.endsWith('seabreeze') || !existsSync(noSeabreeze)) return undefined;
  return `seabreeze could not be installed: ${readFileSync(noSeabreeze, 'utf8').trim()}`;
}

/** Instruments without a socket of their own hang on a device server when they are on TCP; all speak both. */
function pythonCases() {
  const scpi = ['keithley2000', 'keithley2400', 'hp34401a'];
  const on = (wires) => (instrument) => ({ instrument, wires: ON_USB.has(instrument) ? [...wires, 'usb'] : wires });
  return {
    pyvisa: [
      ...[...scpi, 'smc100', 'zaber', 'grbl'].map(on(WIRES)),
      { instrument: 'rigol-ds1000z', wires: ['tcp', 'usb'], says: /points: \d+/ },
      { instrument: 'prologix', wires: ['tcp'], says: /READ/ },
    ],
    pymeasure: [...scpi, 'sr830', 'sr860', 'lake-shore-335', 'esp301', 'prologix'].map(on(WIRES)),
  };
}

/** Starts a simulator on a wire; resolves with its address and how to end it. */
async function served(instrument, wire) {
  // On USB it is started where USB is: by scripts/judge/on-usb.mjs.
  if (wire === 'usb') return { address: 'ADDRESS', conn: 'usbtmc/1.2', end: async () => undefined };
  const { addresses, end } = await serveSimulator(instrument, ...(wire === 'tcp' ? ['--tcp', '0'] : ['--pty']));
  const [address] = addresses;
  const port = address.replace(/.*:/, '');
  const conn = wire === 'tcp' ? `tcp-raw/127.0.0.1/${port}` : 'SERIAL:serialcomm=9600/8n1';
  return { address, port, conn, end };
}

/** Sends what an instrument has to be told before a program that does not tell it. */
function tell(address, text) {
  if (address.startsWith('serial:')) return writeFile(address.slice('serial:'.length), text);
  const [host, port] = address.slice('tcp://'.length).split(':');
  return new Promise((done) => connect(Number(port), host).end(text).once('close', done).resume());
}

/** Where a program has to be started for this wire: on USB, or where a pseudo-terminal is a serial port. */
function placed([program, options], instrument, wire, address) {
  if (wire === 'usb')
    return ['bash', ['scripts/with-usb.sh', 'node', 'scripts/judge/on-usb.mjs', instrument, program, ...options]];
  if (!options.some((option) => option.includes('SERIAL'))) return [program, options];
  return ['bash', ['scripts/judge/with-serial.sh', address.slice('serial:'.length), program, ...options]];
}

/** @returns what went wrong, if anything; `notRun` where it could not be tried */
async function judged({ command }, { instrument, says, before, endsWith }, wire) {
  const simulator = await served(instrument, wire);
  if (before) await tell(simulator.address, before);
  const [file, args] = placed(command({ ...simulator, instrument }), instrument, wire, simulator.address);
  try {
    const { stdout } = await execute(file, args, { timeout: TIMEOUT_MS, maxBuffer: 2 ** 26 });
    return says.test(stdout) ? {} : { problem: `it said ${JSON.stringify(stdout.slice(0, 200))}` };
  } catch (error) {
    if (error.code === NOT_RUN) return { notRun: error.stdout.trim() };
    if (endsWith !== undefined && error.code === endsWith && says.test(error.stdout)) return {};
    const said = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.trim().split('\n').slice(-3).join(' | ');
    return { problem: error.killed ? `not within ${TIMEOUT_MS / 1000} s: ${said}` : said || error.message };
  } finally {
    await simulator.end();
  }
}

/** The programs that drive this simulator. */
export const judgesOf = (simulator) =>
  PROGRAMS.filter(({ cases }) => cases.some(({ instrument }) => instrument === simulator)).map(({ name }) => name);

/** Lets each program drive what it can; `told` gets a line for what did not go well. */
async function judgeAll([wanted, onlyWire], told) {
  const results = [];
  const isWanted = (instrument) => !wanted || wanted === 'all' || instrument === wanted;
  for (const program of PROGRAMS) {
    const reason = await program.missing();
    if (reason) told(`NOT RUN  ${program.name}: ${reason}`);
    for (const one of program.cases.filter(({ instrument }) => isWanted(instrument))) {
      for (const wire of one.wires.filter((name) => !onlyWire || name === onlyWire)) {
        const about = { instrument: one.instrument, program: program.name, wire };
        if (reason) {
          results.push({ ...about, result: 'not run', reason });
          continue;
        }
        const { problem, notRun } = await judged(program, one, wire);
        if (notRun) {
          told(`NOT RUN  ${one.instrument}, ${program.name} ${wire}: ${notRun}`);
          results.push({ ...about, result: 'not run', reason: notRun });
          continue;
        }
        if (problem) told(`FAILED   ${one.instrument}, ${program.name} ${wire}: ${problem}`);
        results.push({ ...about, result: problem ? 'FAILED' : 'ok' });
      }
    }
  }
  return results;
}

/** Instruments × programs and their wires. */
function tableOf(results) {
  const column = ({ program, wire }) => `${program} ${wire}`;
  const headings = [...new Set(results.map(column))];
  const instruments = [...new Set(results.map(({ instrument }) => instrument))];
  const cell = (instrument, heading) =>
    results.find((one) => one.instrument === instrument && column(one) === heading)?.result ?? '–';
  const lines = [
    ['', ...headings],
    ...instruments.map((one) => [one, ...headings.map((heading) => cell(one, heading))]),
  ];
  const widths = lines[0].map((_, at) => Math.max(...lines.map((line) => line[at].length)));
  return lines
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const results = await judgeAll(process.argv.slice(2), console.log);
  const count = (result) => results.filter((one) => one.result === result).length;
  console.log(tableOf(results));
  console.log(`\n${count('ok')} passed, ${count('FAILED')} failed`);
  if (process.env.DAQTOR_JUDGED) writeFileSync(process.env.DAQTOR_JUDGED, JSON.stringify({ results }));
  process.exitCode = count('FAILED') === 0 ? 0 : 1;
}
