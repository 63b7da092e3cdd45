import { DaqtorError } from '../errors/daqtor-error.ts';

/** From one version of the form of presets to the next. */
export type Migration = (preset: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** Version → how a preset of that version becomes one of the next. The form has had one version so far. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {};
export const PRESET_VERSION = 1;

/**
 * Brings a preset to the newest form.
 *
 * @throws DaqtorError `lab.settings` for one that has no version, or a newer one than this program knows
 */
export function migratePreset(
  preset: unknown,
  newest: number = PRESET_VERSION,
  migrations: Readonly<Record<number, Migration>> = MIGRATIONS,
): Readonly<Record<string, unknown>> {
  let current = preset as Readonly<Record<string, unknown>>;
  for (;;) {
    const version = current?.version;
    if (version === newest) return current;
    if (version !== undefined && typeof version !== 'number') {
      throw new DaqtorError('lab.settings', {
        problem: `the preset cannot be understood: its version is '${String(version)}', which is no number`,
        advice: `Write 'version: ${newest}' at its top`,
      });
    }
    const migration = version === undefined ? undefined : migrations[version];
    if (!migration || Number(version) > newest) {
      throw new DaqtorError('lab.settings', {
        problem:
          version === undefined
            ? 'the preset does not say its version'
            : `the preset is of version ${String(version)}, and this program knows versions up to ${newest}`,
        advice:
          version === undefined ? `Write 'version: ${newest}' at its top` : 'Update Daqtor, or correct the version',
      });
    }
    current = { ...migration(current), version: (version as number) + 1 };
  }
}
