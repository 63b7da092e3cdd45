import type { Clock } from '@daqtor/core';
import { LineSplitter, textBytes } from './line-splitter.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';
import { ZaberAxis, ZaberRejection } from './zaber-axis.ts';

export interface ZaberOptions {
  readonly clock: Clock;
  /** Axes of the one device of the chain; default 1. */
  readonly axes?: number;
  /** Travel of each axis, in microsteps; default 1066667, which is 50.8 mm of an X-LSM050A. */
  readonly travel?: number;
  /** Default 400 000 microsteps per second. */
  readonly velocity?: number;
  /** Default 4 000 000 microsteps per second squared. */
  readonly acceleration?: number;
}

export interface SimulatedZaber extends SimulatedInstrument {
  /** Blocks an axis, which stalls. */
  block(axis: number): void;
}

const DEVICE = 1;

/**
 * A Zaber device with address 1, in the ASCII protocol.
 *
 * Source: Zaber's article on the ASCII protocol and its protocol manual (messages, replies, warning flags). From memory:
 * that checksums make the sum of the bytes 0 modulo 256, that a message with a wrong one is ignored, that a move without
 * a reference is rejected with BADDATA, and the scales of maxspeed and accel. It comes up without a reference (WR), with neither checksums nor alerts of its own; `set
 * comm.checksum 1` and `set comm.alert 1` turn them on.
 */
export function simulatedZaber({
  clock,
  axes: count = 1,
  travel = 1_066_667,
  velocity = 400_000,
  acceleration = 4_000_000,
}: ZaberOptions): SimulatedZaber {
  const comm: Record<string, number> = { 'comm.checksum': 0, 'comm.alert': 0 };
  const hosts = new Set<(text: string) => void>();
  const transmitAll = (text: string) => {
    for (const host of hosts) host(text);
  };
  const framed = (text: string) => `${text}${comm['comm.checksum'] === 1 ? `:${checksum(text.slice(1))}` : ''}\r\n`;
  const axes = Array.from({ length: count }, (_, i) => {
    const limits = { velocity, acceleration, deceleration: acceleration };
    return new ZaberAxis(clock, limits, travel, (flag) => {
      if (comm['comm.alert'] === 1) transmitAll(framed(`!0${DEVICE} ${i + 1} IDLE ${flag}`));
    });
  });

  const execute = (line: string): string | undefined => {
    const start = line.lastIndexOf('/');
    const [, text = '', sum] = /^\/(.*?)(?::([0-9A-F]{2}))?$/i.exec(start < 0 ? '' : line.slice(start)) ?? [];
    if (start < 0 || (sum !== undefined && sum.toUpperCase() !== checksum(text))) return undefined;
    const words = text
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    const numbers: number[] = [];
    while (numbers.length < 3 && /^\d+$/.test(words[0] ?? '')) numbers.push(Number(words.shift()));
    const [device = 0, axis = 0, id] = numbers;
    if (device !== 0 && device !== DEVICE) return undefined;
    const chosen = axis === 0 ? axes : axes.slice(axis - 1, axis);
    const head = `@0${DEVICE} ${axis}${id === undefined ? '' : ` ${String(id).padStart(2, '0')}`}`;
    const state = () =>
      `${axes.some((one) => one.busy) ? 'BUSY' : 'IDLE'} ${chosen.map((one) => one.flag).find((flag) => flag !== '--') ?? '--'}`;
    try {
      if (chosen.length === 0) throw new ZaberRejection('BADAXIS');
      const data = run(words, chosen, comm);
      return framed(`${head} OK ${state()} ${data}`);
    } catch (error) {
      if (!(error instanceof ZaberRejection)) throw error;
      return framed(`${head} RJ ${state()} ${error.reason}`);
    }
  };

  return {
    title: `Zaber, ${count} axes`,
    block: (axis) => axes[axis - 1]?.block(),
    connect(transmit) {
      const lines = new LineSplitter('\n');
      const host = (text: string) => transmit(textBytes(text));
      hosts.add(host);
      return {
        receive(bytes) {
          for (const line of lines.push(bytes)) {
            const answer = execute(line.trim());
            if (answer !== undefined && hosts.has(host)) host(answer);
          }
        },
        disconnect: () => void hosts.delete(host),
      };
    },
  };
}

const isTrajectory = (setting: string): setting is 'maxspeed' | 'accel' =>
  setting === 'maxspeed' || setting === 'accel';

/** What makes the sum of the bytes and itself 0 modulo 256, as two digits. */
function checksum(text: string): string {
  const sum = textBytes(text).reduce((total, byte) => total + byte, 0);
  return (-sum & 0xff).toString(16).toUpperCase().padStart(2, '0');
}

/** The data of the reply, one value for each axis where it differs. */
function run(words: readonly string[], axes: readonly ZaberAxis[], comm: Record<string, number>): string {
  const [verb, what = '', value] = words;
  const each = (ask: (axis: ZaberAxis) => number) => axes.map((axis) => String(ask(axis))).join(' ');
  switch (verb) {
    case undefined:
      return '0';
    case 'get':
      if (what === 'deviceid') return '50081';
      if (what === 'version') return '7.35';
      if (what === 'pos') return each((axis) => axis.position);
      if (what === 'limit.min') return each(() => 0);
      if (what === 'limit.max') return each((axis) => axis.travel);
      if (isTrajectory(what)) return each((axis) => axis.trajectory[what]);
      if (what in comm) return String(comm[what]);
      throw new ZaberRejection('BADCOMMAND');
    case 'set':
      if (isTrajectory(what)) {
        if (!/^\d+$/.test(value ?? '')) throw new ZaberRejection('BADDATA');
        for (const axis of axes) axis.setTrajectory(what, Number(value));
        return '0';
      }
      if (!(what in comm)) throw new ZaberRejection('BADCOMMAND');
      if (value !== '0' && value !== '1') throw new ZaberRejection('BADDATA');
      comm[what] = Number(value);
      return '0';
    case 'move':
      if ((what !== 'abs' && what !== 'rel') || value === undefined) throw new ZaberRejection('BADCOMMAND');
      if (!/^-?\d+$/.test(value)) throw new ZaberRejection('BADDATA');
      for (const axis of axes) axis.moveTo(what === 'abs' ? Number(value) : axis.position + Number(value));
      return '0';
    case 'home':
      for (const axis of axes) axis.home();
      return '0';
    case 'stop':
      for (const axis of axes) axis.stop();
      return '0';
    case 'warnings': {
      const flags = axes.map((axis) => axis.flag).filter((flag) => flag !== '--');
      if (what === 'clear') for (const axis of axes) axis.clearWarnings();
      return [String(flags.length).padStart(2, '0'), ...flags].join(' ');
    }
    default:
      throw new ZaberRejection('BADCOMMAND');
  }
}
