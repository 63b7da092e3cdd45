import { z } from 'zod';
import { parseSettings } from '../contracts/parse-settings.ts';
import { errorPolicies } from './error-policy.ts';

/** How a scan runs, beside where it goes and what it reads. Plain data. */
export const scanSettings = z.strictObject({
  settleMs: z.number().nonnegative().default(0).describe('Pause between arrival and reading'),
  waitMs: z.number().nonnegative().default(0).describe('Pause after a point, before the next move'),
  onError: errorPolicies.default([]).describe('What to do when an instrument fails; default: pause, and say why'),
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

/** Settings as they go into a file: numbers and texts. */
export function storedSettings(settings: ScanSettings): Readonly<Record<string, number | string>> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, typeof value === 'number' ? value : JSON.stringify(value)]),
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
    return text; // Told as what it is: no setting.
  }
}

/** Instruments that settings name but the scan does not use: a policy that would never be followed. */
export function settingsProblems({ onError }: ScanSettings, names: readonly string[]): string[] {
  const strangers = onError.flatMap(({ module }) => (module === undefined || names.includes(module) ? [] : [module]));
  return [...new Set(strangers)].map((name) => `onError names [${name}], which takes no part in the scan`);
}
