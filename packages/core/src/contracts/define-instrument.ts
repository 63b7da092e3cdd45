import type { z } from 'zod';
import type { ConnectContext } from './connect-context.ts';
import { parseSettings } from './parse-settings.ts';

/** An instrument as named in a lab: which plugin, with which settings. Plain data, but for its methods. */
export interface InstrumentSpec<Role extends string, Settings, Driver, Input = Readonly<Record<string, unknown>>> {
  readonly role: Role;
  /** Name of the plugin, e.g. `esp301`. */
  readonly kind: string;
  readonly title: string;
  readonly settings: Settings & Readonly<Record<string, unknown>>;
  /** What may be set. */
  readonly schema: z.ZodObject;
  /**
   * Checks changes of settings.
   *
   * @param from - the settings before; default those of this instrument
   * @returns all settings as they would be; `undefined` takes a setting back to its default
   * @throws DaqtorError `lab.settings` that names every bad setting, and those that there are not
   */
  change(
    changes: Partial<Input>,
    from?: Settings & Readonly<Record<string, unknown>>,
  ): Settings & Readonly<Record<string, unknown>>;
  /** @param settings - default those of this instrument; as `change` returns them */
  connect(context: ConnectContext, settings?: Settings & Readonly<Record<string, unknown>>): Promise<Driver>;
}

/** What an author of a plugin writes. */
export interface InstrumentDefinition<Shape extends z.ZodRawShape, Driver> {
  /** Name of the plugin, lower case, e.g. `esp301`. */
  readonly kind: string;
  /** For people, e.g. `Newport ESP301 axis`. */
  readonly title: string;
  /** Settings of this driver; those that all of its role have are added. */
  readonly settings: z.ZodObject<Shape>;
  /**
   * Connects, checks that the right instrument answers, and resolves with its driver.
   *
   * Obligation: on failure or abort nothing stays open.
   */
  connect(settings: z.output<z.ZodObject<Shape>>, context: ConnectContext): Promise<Driver>;
}

/** What `defineActuator` and `defineDetector` return: call it with settings to name an instrument in a lab. */
export interface InstrumentPlugin<Role extends string, Shape extends z.ZodRawShape, Settings, Driver> {
  (settings: z.input<z.ZodObject<Shape>>): InstrumentSpec<Role, Settings, Driver, z.input<z.ZodObject<Shape>>>;
  readonly role: Role;
  readonly kind: string;
  readonly title: string;
  readonly settings: z.ZodObject;
}

/**
 * Makes a plugin for instruments of one role.
 *
 * @param common - settings that all instruments of this role have
 * @returns a function from settings to an instrument; it throws DaqtorError `lab.settings` that names every bad setting
 */
export function defineInstrument<
  Role extends string,
  Common extends z.ZodRawShape,
  Shape extends z.ZodRawShape,
  Driver,
>(
  role: Role,
  common: z.ZodObject<Common>,
  definition: InstrumentDefinition<Shape, Driver>,
): InstrumentPlugin<Role, Shape & Common, z.output<z.ZodObject<Common>>, Driver> {
  type Settings = z.output<z.ZodObject<Common>> & Readonly<Record<string, unknown>>;
  const { kind, title } = definition;
  const schema = common.extend(definition.settings.shape) as z.ZodObject;
  const parse = (input: unknown) => parseSettings(kind, schema, input) as Settings;
  const plugin = (input: unknown) => {
    const settings = parse(input);
    return {
      role,
      kind,
      title,
      settings,
      schema,
      change(changes: Readonly<Record<string, unknown>>, from: Settings = settings) {
        return parseSettings(kind, schema, { ...from, ...changes }, Object.keys(changes)) as Settings;
      },
      connect: (context: ConnectContext, own: Settings = settings) =>
        definition.connect(own as unknown as z.output<z.ZodObject<Shape>>, context),
    };
  };
  return Object.assign(plugin, { role, kind, title, settings: schema });
}
