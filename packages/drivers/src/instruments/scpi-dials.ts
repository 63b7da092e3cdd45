import { type LiveSettingsOf, liveSettings } from '@daqtor/core';
import type { Scpi } from '../protocols/scpi.ts';

/** Settings that are one command each: its header by the name of the setting, e.g. `nplc` → `:SENS:VOLT:DC:NPLC`. */
export type DialHeaders<Name extends string> = Readonly<Partial<Record<Name, string>>>;

type DialValues<Name extends string> = { readonly [Key in Name]?: number | undefined };

/** Sets those of the settings that are given, in the order of the headers. */
export async function setDials<Name extends string>(
  device: Scpi,
  headers: DialHeaders<Name>,
  settings: DialValues<NoInfer<Name>>,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, header] of Object.entries(headers) as [Name, string][]) {
    const value = settings[name];
    if (value !== undefined) await device.write(`${header} ${value}`, signal);
  }
}

/**
 * The same settings, to be changed while the instrument is connected. A range that is left out is chosen by the
 * instrument (`…:AUTO`).
 *
 * @param accept - refuses what the instrument does not have, before anything is sent
 * @param changed - told of all settings that are asked for, once they are sent
 */
export function liveDials<Settings extends DialValues<Name>, Name extends keyof Settings & string>(
  device: Scpi,
  headers: DialHeaders<Name>,
  accept: (wanted: Settings) => void = () => undefined,
  changed: (wanted: Settings) => void = () => undefined,
) {
  const dials = Object.entries(headers) as [Name, string][];
  const live: LiveSettingsOf<Settings, Name> = {
    names: dials.map(([name]) => name),
    async apply(wanted, names, signal) {
      accept(wanted);
      for (const [name, header] of dials) {
        if (!names.has(name)) continue;
        const value = wanted[name];
        await device.write(value === undefined ? `${header}:AUTO ON` : `${header} ${String(value)}`, signal);
      }
      changed(wanted);
      await device.checkErrors(`changing ${[...names].join(' and ')}`, signal);
    },
    async read(signal) {
      const held: Record<string, number | undefined> = {};
      for (const [name, header] of dials) {
        const isAuto = name === 'range' && (await device.queryNumber(`${header}:AUTO?`, signal)) === 1;
        held[name] = isAuto ? undefined : await device.queryNumber(`${header}?`, signal);
      }
      return held as DialValues<Name> as { [Key in Name]?: Settings[Key] };
    },
  };
  return liveSettings(live);
}
