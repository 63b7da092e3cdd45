import type { ScheduledFaults, WireFaults } from '@daqtor/sim';
import type { Flags } from './command.ts';
import { Misuse } from './misuse.ts';
import { numberOption } from './number-option.ts';

/** Faults that are numbers: their names in options, and their ranges. */
const NUMBERS = {
  latency: ['latencyMs', 0, Number.POSITIVE_INFINITY],
  jitter: ['jitterMs', 0, Number.POSITIVE_INFINITY],
  baud: ['baudRate', 1, Number.POSITIVE_INFINITY],
  fragment: ['fragmentBytes', 1, Number.POSITIVE_INFINITY],
  drop: ['drop', 0, 1],
  duplicate: ['duplicate', 0, 1],
  garbage: ['garbage', 0, 1],
  timer: ['timerMs', 0, Number.POSITIVE_INFINITY],
} as const satisfies Record<string, readonly [keyof WireFaults, number, number]>;
const SWITCHES = ['echo', 'pulled'] as const;

/** @throws Misuse for what is no number, or out of range */
export function faultsOf(flags: Flags): WireFaults {
  const asked = Object.entries(NUMBERS).flatMap(([option, [fault, least, most]]) => {
    const value = numberOption(option, flags[option], least, most);
    return value === undefined ? [] : [[fault, value] as const];
  });
  return { ...Object.fromEntries(asked), ...Object.fromEntries(SWITCHES.map((name) => [name, flags[name] === true])) };
}

/**
 * @param text - e.g. `5 drop=0.1 latency=50; 8 pulled; 12`: seconds, then what goes wrong from then on
 * @throws Misuse for anything else
 */
export function parseFaultSchedule(text: string): ScheduledFaults[] {
  return text.split(';').map((entry) => {
    const [seconds = '', ...faults] = entry.trim().split(/\s+/);
    const flags: Record<string, string | boolean> = {};
    for (const fault of faults) {
      const [, name = '', value] = /^([^=]*)(?:=(.*))?$/.exec(fault) ?? [];
      const isSwitch = SWITCHES.some((one) => one === name);
      if ((value === undefined) !== isSwitch || (!isSwitch && !(name in NUMBERS)))
        throw new Misuse(
          `--schedule does not know '${fault}': it takes ${Object.keys(NUMBERS).join('=, ')}=, echo, pulled`,
        );
      flags[name] = value ?? true;
    }
    return { fromMs: 1000 * (numberOption('schedule', seconds, 0) ?? 0), faults: faultsOf(flags) };
  });
}
