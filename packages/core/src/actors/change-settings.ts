import type { LiveSettings } from '../contracts/live-settings.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Closeable, DriverKeeper, KeptSettings } from './driver-keeper.ts';
import { isLost } from './is-lost.ts';
import { type ModuleSettings, namesOf, needsConnection, type SettingChange } from './module-settings.ts';

type AnySettings = Readonly<Record<string, unknown>>;

type Adjustable = Closeable & { readonly adjust?: LiveSettings | undefined };

/** Whose settings change, and how. */
export interface Changeable<Settings extends KeptSettings> {
  readonly name: string;
  readonly settings: ModuleSettings<Settings>;
  readonly keeper: Pick<DriverKeeper<Adjustable, never, Settings>, 'allow' | 'command' | 'driver' | 'reconnect'>;
  readonly state: string;
  /** Names of the settings that are the module's own business: its driver need not know of them. */
  readonly own: ReadonlySet<string>;
  /** Asks the driver when it is not asked anything else. */
  inTurn<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** What must be done before the driver is let go, to be connected again. */
  beforeReconnect?(): Promise<unknown> | undefined;
  tell(changes: Readonly<Record<string, SettingChange>>): void;
}

export interface ChangeOptions {
  /** Whether to connect again for settings that the instrument cannot change while it is connected; default false. */
  readonly reconnect?: boolean;
}

/**
 * Changes settings of a module: checked first, then given to the instrument, whose answer is what holds.
 *
 * @throws DaqtorError `lab.settings` before anything is sent; `module.state` while it is busy, and for what needs a new
 *   connection; `instrument.*` if the instrument does not take it
 */
export async function changeSettings<Settings extends KeptSettings>(
  module: Changeable<Settings>,
  changes: AnySettings,
  { reconnect = false }: ChangeOptions,
): Promise<void> {
  const { name, settings, keeper, own } = module;
  const { wanted, changed } = settings.plan(changes);
  if (module.state === 'offline' || module.state === 'faulted') return tell(module, settings.take(wanted));
  keeper.allow('change its settings', 'idle');
  if (changed.size === 0) return;
  const adjust = keeper.driver.adjust;
  const fixed = [...changed].filter((one) => !own.has(one) && !adjust?.names.includes(one));
  if (fixed.length > 0) {
    if (!reconnect) throw needsConnection(name, fixed);
    const resting = module.beforeReconnect?.();
    if (resting) await resting;
    tell(module, settings.take(wanted));
    return await keeper.reconnect();
  }
  const ofDriver = new Set([...changed].filter((one) => !own.has(one)));
  if (!adjust || ofDriver.size === 0) return tell(module, settings.take(wanted));
  let held: AnySettings = {};
  const ask = async (signal: AbortSignal) => {
    const read = async () => {
      if (adjust.read) held = checkedHeld(await adjust.read(signal), adjust.names);
    };
    try {
      await adjust.apply(wanted, ofDriver, signal);
    } catch (error) {
      // Of several settings some may have been taken before one was refused.
      if (!signal.aborted && !(DaqtorError.is(error) && isLost(error))) await read();
      throw error;
    }
    await read();
  };
  try {
    await keeper.command('set', `changing ${namesOf(ofDriver)}`, (signal) => module.inTurn(() => ask(signal), signal));
  } catch (error) {
    tell(module, settings.take(settings.asked, { ...pick(settings.current, adjust.names), ...held }));
    throw error;
  }
  tell(module, settings.take(wanted, held));
}

function tell<Settings extends KeptSettings>(
  module: Changeable<Settings>,
  changes: Readonly<Record<string, SettingChange>>,
): void {
  if (Object.keys(changes).length > 0) module.tell(changes);
}

const pick = (settings: AnySettings, names: readonly string[]): AnySettings =>
  Object.fromEntries(names.map((name) => [name, settings[name]]));

/** What an instrument says that it took must be settings of its own. */
function checkedHeld(given: unknown, names: readonly string[]): AnySettings {
  const isObject = typeof given === 'object' && given !== null;
  const isSetting = ([name, value]: [string, unknown]) => names.includes(name) && !Number.isNaN(value);
  if (isObject && Object.entries(given).every(isSetting)) return given as AnySettings;
  throw new DaqtorError('instrument.protocol', {
    problem: `asked for the settings that it took, it answered ${isObject ? JSON.stringify(given) : String(given)}`,
    advice: 'Check what the instrument sends; if that makes sense, this is a fault of the driver',
  });
}
