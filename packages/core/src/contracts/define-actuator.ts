import { z } from 'zod';
import type { ActuatorDriver } from './actuator-driver.ts';
import type { ConnectContext } from './connect-context.ts';
import { parseSettings } from './parse-settings.ts';

/** Settings that every actuator has, whatever its driver. */
export const actuatorSettings = z.object({
  epsilon: z
    .number()
    .nonnegative()
    .default(0)
    .describe(
      "Largest distance between target and read-back that counts as arrived, in the axis' units; 0: the controller decides",
    ),
  limits: z
    .tuple([z.number(), z.number()])
    .refine(([min, max]) => min < max, 'the lower limit comes first')
    .optional()
    .describe("Positions that may be asked for, [min, max] in the axis' units"),
  timeoutMs: z.number().positive().default(10_000).describe('Longest time for one move'),
  pollMs: z.number().nonnegative().default(20).describe('Pause between two questions whether the axis has arrived'),
});
export type ActuatorSettings = z.output<typeof actuatorSettings>;

/** An actuator as named in a lab: which plugin, with which settings. Plain data, but for `connect`. */
export interface ActuatorSpec {
  readonly role: 'actuator';
  /** Name of the plugin, e.g. `esp301`. */
  readonly kind: string;
  readonly title: string;
  readonly settings: ActuatorSettings & Readonly<Record<string, unknown>>;
  connect(context: ConnectContext): Promise<ActuatorDriver>;
}

export interface ActuatorDefinition<Shape extends z.ZodRawShape> {
  /** Name of the plugin, lower case, e.g. `esp301`. */
  readonly kind: string;
  /** For people, e.g. `Newport ESP301 axis`. */
  readonly title: string;
  /** Settings of this driver; those of `actuatorSettings` are added. */
  readonly settings: z.ZodObject<Shape>;
  /**
   * Connects, checks that the right instrument answers, and resolves with its driver.
   *
   * Obligation: on failure or abort nothing stays open.
   */
  connect(settings: z.output<z.ZodObject<Shape>>, context: ConnectContext): Promise<ActuatorDriver>;
}

/** What `defineActuator` returns: call it with settings to name an instrument in a lab. */
export interface ActuatorPlugin<Shape extends z.ZodRawShape> {
  (settings: z.input<z.ZodObject<Shape & (typeof actuatorSettings)['shape']>>): ActuatorSpec;
  readonly role: 'actuator';
  readonly kind: string;
  readonly title: string;
  readonly settings: z.ZodObject;
}

/**
 * Makes a plugin for an actuator.
 *
 * @returns a function from settings to an instrument; it throws DaqtorError `lab.settings` that names every bad setting
 */
export function defineActuator<Shape extends z.ZodRawShape>(
  definition: ActuatorDefinition<Shape>,
): ActuatorPlugin<Shape> {
  const { kind, title } = definition;
  const settings = actuatorSettings.extend(definition.settings.shape);
  const plugin = (input: unknown): ActuatorSpec => {
    const parsed = parseSettings(kind, settings, input);
    return {
      role: 'actuator',
      kind,
      title,
      settings: parsed as ActuatorSpec['settings'],
      connect: (context) => definition.connect(parsed as z.output<z.ZodObject<Shape>>, context),
    };
  };
  return Object.assign(plugin, { role: 'actuator' as const, kind, title, settings });
}
