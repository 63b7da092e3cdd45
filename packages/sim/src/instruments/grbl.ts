import type { Clock } from '@daqtor/core';
import { AXES, GrblMachine, type GrblPosition } from './grbl-machine.ts';
import { textBytes } from './line-splitter.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

export interface GrblOptions {
  readonly clock: Clock;
  /** Travel of each axis, in mm; default 200. */
  readonly travelMm?: number;
  /** Default 100 mm/s². */
  readonly accelerationMmPerS2?: number;
  /** Default 25 mm/s. */
  readonly homingMmPerS?: number;
  /** Whether it has end switches: it then starts locked, and refuses what lies beyond its travel; default true. */
  readonly endSwitches?: boolean;
  /** A host that connects resets it, as by the DTR line of an Arduino, and it is deaf for that long; default 0: it does not. */
  readonly bootMs?: number;
}

export interface SimulatedGrbl extends SimulatedInstrument {
  /** An end switch is hit, which stops everything. */
  hitLimit(): void;
}

/** Characters that are taken out of the line and obeyed at once. */
const REALTIME = '?\x18\x85!~';
const STEPS_PER_MM = 250;

/**
 * A stage of three axes with GRBL 1.1h: jogging, homing, status.
 *
 * Source: GRBL's own documentation of its interface, jogging and error codes (wiki of gnea/grbl); its answers were compared with
 * those of the firmware of 1.1h. Ordinary G-code is not
 * simulated and answered with error:20; feed hold is not either. Positions are reported as machine positions ($10=1).
 */
export function simulatedGrbl({
  clock,
  travelMm = 200,
  accelerationMmPerS2 = 100,
  homingMmPerS = 25,
  endSwitches = true,
  bootMs = 0,
}: GrblOptions): SimulatedGrbl {
  const options = { travelMm, accelerationMmPerS2, homingMmPerS, softLimits: endSwitches };
  let machine = new GrblMachine(clock, options, endSwitches);
  const hosts = new Set<(lines: readonly string[]) => void>();
  const tell = (...lines: string[]) => {
    for (const host of hosts) host(lines);
  };
  const banner = () => {
    tell('', "Grbl 1.1h ['$' for help]");
    if (machine.state === 'Alarm') tell("[MSG:'$H'|'$X' to unlock]");
  };
  const realtime = (character: string) => {
    if (character === '?') tell(status(machine));
    if (character === '\x85') machine.cancelJog();
    if (character === '\x18') {
      const alarm = machine.reset();
      if (alarm !== undefined) tell(`ALARM:${alarm}`);
      banner();
    }
  };
  const settings = () => [
    '$10=1',
    `$20=${endSwitches ? 1 : 0}`,
    `$22=${endSwitches ? 1 : 0}`,
    ...AXES.map((_, i) => `$${100 + i}=${STEPS_PER_MM.toFixed(3)}`),
    ...AXES.map((_, i) => `$${120 + i}=${accelerationMmPerS2.toFixed(3)}`),
    ...AXES.map((_, i) => `$${130 + i}=${travelMm.toFixed(3)}`),
  ];
  /** Answers a line; undefined while the answer has to wait. */
  const execute = (line: string): readonly string[] | undefined => {
    const text = line.replace(/\s/g, '').toUpperCase();
    if (text === '') return ['ok'];
    if (text === '$G') return ['[GC:G0 G54 G17 G21 G90 G94 M5 M9 T0 F0 S0]', 'ok'];
    if (text === '$$') return [...settings(), 'ok'];
    if (text === '$I') return idle() ? ['[VER:1.1h.20190825:]', '[OPT:V,15,128]', 'ok'] : ['error:8'];
    if (text === '$#') return idle() ? [...OFFSETS, 'ok'] : ['error:8'];
    if (text === '$X') {
      const wasLocked = machine.state === 'Alarm';
      machine.unlock();
      return wasLocked ? ['[MSG:Caution: Unlocked]', 'ok'] : ['ok'];
    }
    if (text === '$H') {
      if (!endSwitches) return ['error:5'];
      if (!idle()) return ['error:8'];
      return undefined;
    }
    if (text.startsWith('$J=')) {
      const error = jog(machine, text.slice(3));
      return [error === undefined ? 'ok' : `error:${error}`];
    }
    if (text === '$N') return idle() ? ['$N0=', '$N1=', 'ok'] : ['error:8'];
    // What does not begin like one of its commands is taken for a setting, which has a number.
    if (/^\$[^\d$#GXIHJNCRS]/.test(text)) return ['error:2'];
    if (text.startsWith('$')) return ['error:3'];
    return [machine.state === 'Idle' ? 'error:20' : 'error:9'];
  };
  const idle = () => machine.state === 'Idle' || machine.state === 'Alarm';

  const instrument: SimulatedInstrument = {
    title: 'GRBL 1.1h stage',
    connect(transmit) {
      let deafUntilMs = Number.NEGATIVE_INFINITY;
      let line = '';
      const waiting: string[] = [];
      const host = (lines: readonly string[]) => transmit(textBytes(lines.map((text) => `${text}\r\n`).join('')));
      hosts.add(host);
      if (bootMs > 0) {
        deafUntilMs = clock.now() + bootMs;
        machine = new GrblMachine(clock, options, endSwitches);
        clock.setTimeout(banner, bootMs);
      }
      const run = () => {
        // Nothing else is executed while it homes.
        while (machine.state !== 'Home') {
          const next = waiting.shift();
          if (next === undefined) return;
          const answer = execute(next);
          if (answer) tell(...answer);
          else {
            machine.home(() => {
              tell('ok');
              run();
            });
          }
        }
      };
      return {
        receive(bytes) {
          if (clock.now() < deafUntilMs) return;
          for (const byte of bytes) {
            const character = String.fromCharCode(byte);
            if (REALTIME.includes(character)) realtime(character);
            else if (character === '\n' || character === '\r') {
              // A line end of two characters is two lines, and the empty one is answered too.
              waiting.push(line);
              line = '';
            } else line += character;
          }
          run();
        },
        disconnect: () => void hosts.delete(host),
      };
    },
  };
  return Object.assign(instrument, {
    hitLimit: () => {
      machine.hitLimit();
      tell(`ALARM:${machine.takeAlarm()}`, '[MSG:Reset to continue]');
    },
  });
}

const NOWHERE = AXES.map(() => '0.000').join(',');
/** Work coordinates, stored positions, tool length and the last probing, as they are when nobody has set them. */
const OFFSETS = [
  ...['G54', 'G55', 'G56', 'G57', 'G58', 'G59', 'G28', 'G30', 'G92'].map((name) => `[${name}:${NOWHERE}]`),
  '[TLO:0.000]',
  `[PRB:${NOWHERE}:0]`,
];

function status(machine: GrblMachine): string {
  const { position, state, feedMmPerMin } = machine;
  const numbers = AXES.map((axis) => (Math.round(position[axis] * STEPS_PER_MM) / STEPS_PER_MM).toFixed(3));
  return `<${state}|MPos:${numbers.join(',').replace(/-0\.000/g, '0.000')}|FS:${feedMmPerMin},0>`;
}

const UNUSED_WORD = 36;
const ARC_WITHOUT_CENTRE = 35;

/** @returns the number of the error, if it is refused */
function jog(machine: GrblMachine, words: string): number | undefined {
  const to: Record<string, number> = { ...machine.goal };
  let feed: number | undefined;
  let relative = false;
  let inches = false;
  let hasOther = false;
  for (const [, letter = '', text = ''] of words.matchAll(/([A-Z])([^A-Z]*)/g)) {
    // A number ends at its second point, and after it a letter is expected.
    if (/^[+-]?\d*\.\d*\./.test(text)) return 1;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return 2;
    const value = Number(text);
    if (letter === 'F') feed = value;
    else if (letter in to) continue;
    else if (letter === 'M') hasOther = true;
    else if (letter !== 'G') return UNUSED_WORD;
    else if (value === 2 || value === 3) return ARC_WITHOUT_CENTRE;
    else if (value === 90 || value === 91) relative = value === 91;
    else if (value === 20 || value === 21) inches = value === 20;
    else if (value !== 53) return 16;
  }
  const scale = inches ? 25.4 : 1;
  for (const [, axis = '', text = ''] of words.matchAll(/([XYZ])([^A-Z]*)/g)) {
    to[axis] = (relative ? (to[axis] ?? 0) : 0) + Number(text) * scale;
  }
  if (feed === undefined || feed <= 0) return 22;
  if (hasOther) return 16;
  return machine.jog(to as unknown as GrblPosition, feed * scale);
}
