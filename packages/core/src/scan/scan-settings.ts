import { z } from 'zod';
import { parseSettings } from '../contracts/parse-settings.ts';
import { conditionSchema } from './condition.ts';
import { errorPolicies } from './error-policy.ts';
import { suspendRule } from './suspender.ts';

/** How a scan runs, beside where it goes and what it reads. Plain data. */
export const scanSettings = z.strictObject({
  settleMs: z.number().nonnegative().default(0).describe('Pause between arrival and reading'),
  waitMs: z.number().nonnegative().default(0).describe('Pause after a point, before the next move'),
  waitUntil: z.array(conditionSchema).default([]).describe('What has to be in its band before a point is measured'),
  suspendWhen: z.array(suspendRule).default([]).describe('What holds the scan while it is out of its limits'),
  onError: errorPolicies.default([]).describe('What to do when an instrument fails; default: pause, and say why'),
  onOvershoot: z
    .enum(['ignore', 'pause', 'stop', 'abort'])
    .default('ignore')
    .describe('What to do when a detector shows a value beyond its `overshoot` limits; `stop` leaves the axes there'),
  returnTo: z
    .union([z.literal('initial'), z.record(z.string(), z.number())])
    .optional()
    .describe('Where the axes go at the end: where they were, or positions by name, in the units of the scan'),
  everyMs: z.number().nonnegative().optional().describe('Of a fly scan: time from frame to frame; left out, none'),
  lagMs: z.number().optional().describe('Of a fly scan: how much earlier frames were measured than they say'),
});
export type ScanSettings = z.output<typeof scanSettings>;
export type ScanSettingsInput = z.input<typeof scanSettings>;

/**
 * The settings among the options of a scan, with their defaults.
 *
 * @throws DaqtorError `lab.settings` that names every bad setting at once
 */
export function settingsOf(options: ScanSettingsInput): ScanSettings {
  const given = Object.fromEntries(
    Object.keys(scanSettings.shape).map((key) => [key, options[key as keyof ScanSettings]]),
  );
  return parseSettings('scan', scanSettings, given);
}

/** Settings as they go into a file: numbers and texts, lists and groups as JSON. */
export function storedSettings(settings: ScanSettings): Readonly<Record<string, number | string>> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'object' ? JSON.stringify(value) : value]],
    ),
  );
}

/**
 * Reads the settings of a scan from its file; others that stand beside them are left out.
 *
 * @throws DaqtorError `lab.settings` that names every bad setting at once
 */
export function settingsStored(stored: Readonly<Record<string, unknown>>): ScanSettingsInput {
  const value = (one: unknown) => (typeof one === 'string' ? parsed(one) : one);
  const known = Object.keys(scanSettings.shape).filter((name) => stored[name] !== undefined);
  const settings: ScanSettingsInput = Object.fromEntries(known.map((name) => [name, value(stored[name])]));
  settingsOf(settings);
  return settings;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // A word is itself.
  }
}

/** What settings have to fit. */
interface ScanFacts {
  /** By their names. */
  readonly actuators: readonly string[];
  readonly detectors: readonly string[];
  /** Whether detectors stream while an actuator ramps. */
  readonly flies: boolean;
}

/** Settings that would never be followed: of instruments that the scan does not use, or of another kind of scan. */
export function settingsProblems(
  { onError, returnTo, ...settings }: ScanSettings,
  { actuators, detectors, flies }: ScanFacts,
): string[] {
  const meaningless = flies ? [] : (['everyMs', 'lagMs'] as const).filter((name) => settings[name] !== undefined);
  const strangers = (setting: string, named: readonly (string | undefined)[], known: readonly string[]) =>
    [...new Set(named)].flatMap((name) =>
      name === undefined || known.includes(name) ? [] : [`${setting} names [${name}], which takes no part in the scan`],
    );
  return [
    ...meaningless.map((name) => `${name} means nothing to a scan that does not fly`),
    ...strangers(
      'onError',
      onError.map(({ module }) => module),
      [...actuators, ...detectors],
    ),
    ...strangers('returnTo', typeof returnTo === 'object' ? Object.keys(returnTo) : [], actuators),
  ];
}
