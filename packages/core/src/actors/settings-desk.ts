import type { LiveSettings } from '../contracts/live-settings.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Closeable, DriverKeeper, KeptSettings } from './driver-keeper.ts';
import { inTheNameOf } from './in-the-name-of.ts';
import { isLost } from './is-lost.ts';
import { type ModuleSettings, namesOf, needsConnection, needsRest, type SettingChange } from './module-settings.ts';

type AnySettings = Readonly<Record<string, unknown>>;

type Adjustable = Closeable & { readonly adjust?: LiveSettings | undefined };

/** Something under way that lets settings change in its midst. */
export interface SettingsAmid {
  /**
   * Makes a change when its turn comes.
   *
   * @param tried - for the error, e.g. `changing 'nplc'`
   * @throws DaqtorError what `run` threw; why what is under way has ended, if it did before
   */
  change(tried: string, run: (signal: AbortSignal) => Promise<void>): Promise<void>;
}

/** Whose settings change, and how. */
export interface SettingsDeskOptions<Settings extends KeptSettings> {
  readonly name: string;
  readonly settings: ModuleSettings<Settings>;
  readonly keeper: Pick<DriverKeeper<Adjustable, never, Settings>, 'allow' | 'command' | 'driver' | 'reconnect'>;
  readonly state: () => string;
  /** What is under way now, if settings can change in its midst. */
  amid?(): SettingsAmid | undefined;
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
 */
export class SettingsDesk<Settings extends KeptSettings> {
  readonly #module: SettingsDeskOptions<Settings>;

  constructor(module: SettingsDeskOptions<Settings>) {
    this.#module = module;
  }

  /**
   * @throws DaqtorError `lab.settings` before anything is sent; `module.state` while it is busy, and for what needs a new
   *   connection; `instrument.*` if the instrument does not take it
   */
  async make(changes: AnySettings, { reconnect = false }: ChangeOptions): Promise<void> {
    const { name, settings, keeper, state, beforeReconnect } = this.#module;
    const { wanted, changed } = inTheNameOf(name, 'checking its settings', () => settings.plan(changes));
    if (state() === 'offline' || state() === 'faulted') return this.#tell(settings.take(wanted));
    const amid = this.#module.amid?.();
    if (!amid) keeper.allow('change its settings', 'idle');
    if (changed.size === 0) return;
    const adjust = keeper.driver.adjust;
    const ofDriver = this.#ofDriver(changed);
    const fixed = [...ofDriver].filter((one) => !adjust?.names.includes(one));
    if (fixed.length > 0) {
      if (amid) throw needsRest(name, fixed);
      if (!reconnect) throw needsConnection(name, fixed);
      const resting = beforeReconnect?.();
      if (resting) await resting;
      this.#tell(settings.take(wanted));
      await keeper.reconnect();
    } else if (adjust && ofDriver.size > 0) {
      const alone: SettingsAmid = { change: (tried, run) => keeper.command('set', tried, run) };
      await this.#apply(adjust, changes, namesOf(ofDriver), amid ?? alone);
    } else this.#tell(settings.take(wanted));
  }

  async #apply(adjust: LiveSettings, changes: AnySettings, names: string, amid: SettingsAmid): Promise<void> {
    const { settings, inTurn } = this.#module;
    const read = async (signal: AbortSignal) =>
      adjust.read ? checkedHeld(await adjust.read(signal), adjust.names) : {};
    const ask = async (signal: AbortSignal) => {
      // Another change may have been made since this one was asked for.
      const { wanted, changed } = settings.plan(changes);
      try {
        await adjust.apply(wanted, this.#ofDriver(changed), signal);
      } catch (error) {
        // Of several settings some may have been taken before one was refused.
        if (!signal.aborted && !(DaqtorError.is(error) && isLost(error))) {
          this.#tell(
            settings.take(settings.asked, { ...pick(settings.current, adjust.names), ...(await read(signal)) }),
          );
        }
        throw error;
      }
      const held = await read(signal);
      signal.throwIfAborted();
      this.#tell(settings.take(wanted, held));
    };
    await amid.change(`changing ${names}`, (signal) => inTurn(() => ask(signal), signal));
  }

  #ofDriver(names: ReadonlySet<string>): ReadonlySet<string> {
    return new Set([...names].filter((one) => !this.#module.own.has(one)));
  }

  #tell(changes: Readonly<Record<string, SettingChange>>): void {
    if (Object.keys(changes).length > 0) this.#module.tell(changes);
  }
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
