/**
 * Settings that an instrument can change while it is connected. A driver that has any offers them as `adjust`; the module
 * calls it like every other method: one thing at a time.
 */
export interface LiveSettings {
  /** Names of the settings that can be changed now; all others need a new connection. */
  readonly names: readonly string[];
  /**
   * Changes settings and resolves once the instrument has taken them.
   *
   * @param wanted - all settings of the plugin as they should be now, checked, with defaults filled in
   * @param changed - names of those that are to change, all among `names`
   * @throws DaqtorError `lab.settings`, before anything is sent, for a value that the instrument does not have;
   *   `instrument.fault` if it refuses one: then `read` tells what holds
   */
  apply(wanted: Readonly<Record<string, unknown>>, changed: ReadonlySet<string>, signal: AbortSignal): Promise<void>;
  /**
   * What holds in the instrument, for those of `names` that it tells. What is left out counts as taken as it was asked
   * for.
   */
  read?(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
}

/** The same for a driver that knows the type of its settings. */
export interface LiveSettingsOf<Settings, Name extends keyof Settings & string> {
  readonly names: readonly Name[];
  apply(wanted: Settings, changed: ReadonlySet<Name>, signal: AbortSignal): Promise<void>;
  read?(signal: AbortSignal): Promise<{ readonly [Key in Name]?: Settings[Key] | undefined }>;
}

/** Lets a driver write its live settings with their types. */
export function liveSettings<Settings, Name extends keyof Settings & string>(
  live: LiveSettingsOf<Settings, Name>,
): LiveSettings {
  // The module has checked what it passes on by the plugin's own schema.
  return live as unknown as LiveSettings;
}
