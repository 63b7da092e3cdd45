import { DaqtorError } from '../errors/daqtor-error.ts';

type AnySettings = Readonly<Record<string, unknown>>;

/** Whoever checks changes of settings: the spec of an instrument. */
interface Checker<Settings extends AnySettings> {
  readonly settings: Settings;
  change(changes: AnySettings, from: Settings): Settings;
}

/** A change of settings that was checked, and not made yet. */
export interface SettingsPlan<Settings extends AnySettings> {
  /** All settings as they should be. */
  readonly wanted: Settings;
  /** Names of those that differ from what holds now. */
  readonly changed: ReadonlySet<string>;
}

/** One setting that changed: what was and what holds. */
export interface SettingChange {
  readonly was: unknown;
  readonly is: unknown;
}

/** The settings of one module: what was asked for, and what holds, which an instrument may have rounded. */
export class ModuleSettings<Settings extends AnySettings> {
  readonly #checker: Checker<Settings>;
  #asked: Settings;
  #current: Settings;

  constructor(checker: Checker<Settings>) {
    this.#checker = checker;
    this.#asked = checker.settings;
    this.#current = checker.settings;
  }

  /** What the next connection is made with. */
  get asked(): Settings {
    return this.#asked;
  }

  /** What holds. */
  get current(): Settings {
    return this.#current;
  }

  /** @throws DaqtorError `lab.settings` that names every bad setting */
  plan(changes: AnySettings): SettingsPlan<Settings> {
    const wanted = this.#checker.change(changes, this.#asked);
    const changed = Object.keys(changes).filter((name) => !isSame(wanted[name], this.#current[name]));
    return { wanted, changed: new Set(changed) };
  }

  /**
   * Takes over what was asked for.
   *
   * @param held - what the instrument says that it took instead
   * @returns what has changed by that
   */
  take(wanted: Settings, held: AnySettings = {}): Readonly<Record<string, SettingChange>> {
    const before = this.#current;
    this.#asked = wanted;
    this.#current = { ...wanted, ...held };
    const names = [...new Set([...Object.keys(before), ...Object.keys(this.#current)])];
    return Object.fromEntries(
      names
        .filter((name) => !isSame(before[name], this.#current[name]))
        .map((name) => [name, { was: before[name], is: this.#current[name] }]),
    );
  }
}

/** `nplc, range`, for people. */
export const namesOf = (names: Iterable<string>): string => [...names].map((name) => `'${name}'`).join(', ');

/** The error for settings that cannot be changed while the instrument is connected. */
export function needsConnection(instrument: string, names: Iterable<string>): DaqtorError {
  return new DaqtorError('module.state', {
    instrument,
    problem: `${namesOf(names)} cannot be changed while it is connected`,
    advice: 'Let it be connected again with the new settings by `{ reconnect: true }`, or close it first',
  });
}

/** The error for settings that cannot be changed in the midst of what is under way. */
export function needsRest(instrument: string, names: Iterable<string>): DaqtorError {
  return new DaqtorError('module.state', {
    instrument,
    problem: `${namesOf(names)} cannot be changed while it is live`,
    advice: 'Stop it first',
  });
}

/** Whether two settings are the same, as plain data; anything else is compared by identity. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a, b] as [AnySettings, AnySettings];
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => isSame(left[name], right[name]));
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
