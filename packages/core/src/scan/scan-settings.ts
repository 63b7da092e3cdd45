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

/** Instruments that settings name but the scan does not use: a policy that would never be followed. */
export function settingsProblems({ onError }: ScanSettings, names: readonly string[]): string[] {
  const strangers = onError.flatMap(({ module }) => (module === undefined || names.includes(module) ? [] : [module]));
  return [...new Set(strangers)].map((name) => `onError names [${name}], which takes no part in the scan`);
}
