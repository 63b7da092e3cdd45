import { DaqtorError } from '../errors/daqtor-error.ts';
import { type ScanSettingsInput, scanSettings } from '../scan/scan-settings.ts';
import type { LabScanOptions } from './lab-options.ts';

const OTHERS: Readonly<Record<Exclude<keyof LabScanOptions, keyof ScanSettingsInput>, true>> = {
  over: true,
  read: true,
  baseline: true,
  suspend: true,
  save: true,
  follows: true,
  base: true,
  modules: true,
  before: true,
  revisions: true,
};
const KNOWN = [...Object.keys(OTHERS), ...Object.keys(scanSettings.shape)];
/** Scans of a batch have a name for people, and are run one by one as they are. */
const OF_A_BATCH = 'name';

/**
 * Looks at the options of a scan as a script without types may give them: a name that nobody knows would be followed by
 * nobody.
 *
 * @throws DaqtorError `lab.settings` that names everything at once
 */
export function checkScanOptions(options: LabScanOptions, moduleNames: readonly string[]): void {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const faults = [
    ...Object.keys(given).flatMap((name) => (KNOWN.includes(name) || name === OF_A_BATCH ? [] : [strange(name)])),
    ...listFaults('read', given.read, 'detectors', moduleNames, true),
    ...listFaults('baseline', given.baseline, 'modules', moduleNames),
    ...suspendFaults(given.suspend),
    ...(given.save === undefined || has(given.save, 'begin') ? [] : ["save is no recorder, e.g. dataset('./data')"]),
  ];
  if (faults.length === 0) return;
  throw new DaqtorError('lab.settings', {
    instrument: 'scan',
    problem: `its options are not right: ${faults.join('; ')}`,
    advice: 'Nothing has moved',
  });
}

function strange(name: string): string {
  const meant = KNOWN.find((known) => known.toLowerCase() === name.toLowerCase());
  return `there is no option '${name}'; ${meant ? `it is '${meant}'` : `there are ${KNOWN.join(', ')}`}`;
}

function listFaults(
  option: string,
  given: unknown,
  what: string,
  moduleNames: readonly string[],
  isNeeded = false,
): string[] {
  if (given === undefined && !isNeeded) return [];
  if (!Array.isArray(given)) return [`${option} is a list of ${what}, in brackets`];
  return given.flatMap((one: unknown, i) =>
    has(one, 'actor')
      ? []
      : [`${option}.${i} is ${String(one)}, and no module of this lab, which has ${moduleNames.join(', ')}`],
  );
}

function suspendFaults(given: unknown): string[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return ['suspend is a list, in brackets'];
  return given.flatMap((one: unknown, i) =>
    has(one, 'watch') ? [] : [`suspend.${i} is not made by suspendWhile(…); rules with names belong to suspendWhen`],
  );
}

const has = (one: unknown, field: string): boolean =>
  typeof one === 'object' && one !== null && (one as Readonly<Record<string, unknown>>)[field] !== undefined;
