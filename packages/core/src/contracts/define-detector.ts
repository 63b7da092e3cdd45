import { z } from 'zod';
import type { ConnectContext } from './connect-context.ts';
import type { DetectorDriver } from './detector-driver.ts';
import { parseSettings } from './parse-settings.ts';

/** Settings that every detector has, whatever its driver. */
export const detectorSettings = z.object({
  timeoutMs: z.number().positive().default(10_000).describe('Longest time for one grab'),
});
export type DetectorSettings = z.output<typeof detectorSettings>;

/** A detector as named in a lab: which plugin, with which settings. Plain data, but for `connect`. */
export interface DetectorSpec {
  readonly role: 'detector';
  /** Name of the plugin, e.g. `keithley2000`. */
  readonly kind: string;
  readonly title: string;
  readonly settings: DetectorSettings & Readonly<Record<string, unknown>>;
  connect(context: ConnectContext): Promise<DetectorDriver>;
}

export interface DetectorDefinition<Shape extends z.ZodRawShape> {
  /** Name of the plugin, lower case, e.g. `keithley2000`. */
  readonly kind: string;
  /** For people, e.g. `Keithley 2000 multimeter`. */
  readonly title: string;
  /** Settings of this driver; those of `detectorSettings` are added. */
  readonly settings: z.ZodObject<Shape>;
  /**
   * Connects, checks that the right instrument answers, and resolves with its driver.
   *
   * Obligation: on failure or abort nothing stays open.
   */
  connect(settings: z.output<z.ZodObject<Shape>>, context: ConnectContext): Promise<DetectorDriver>;
}

/** What `defineDetector` returns: call it with settings to name an instrument in a lab. */
export interface DetectorPlugin<Shape extends z.ZodRawShape> {
  (settings: z.input<z.ZodObject<Shape & (typeof detectorSettings)['shape']>>): DetectorSpec;
  readonly role: 'detector';
  readonly kind: string;
  readonly title: string;
  readonly settings: z.ZodObject;
}

/**
 * Makes a plugin for a detector.
 *
 * @returns a function from settings to an instrument; it throws DaqtorError `lab.settings` that names every bad setting
 */
export function defineDetector<Shape extends z.ZodRawShape>(
  definition: DetectorDefinition<Shape>,
): DetectorPlugin<Shape> {
  const { kind, title } = definition;
  const settings = detectorSettings.extend(definition.settings.shape);
  const plugin = (input: unknown): DetectorSpec => {
    const parsed = parseSettings(kind, settings, input);
    return {
      role: 'detector',
      kind,
      title,
      settings: parsed as DetectorSpec['settings'],
      connect: (context) => definition.connect(parsed as z.output<z.ZodObject<Shape>>, context),
    };
  };
  return Object.assign(plugin, { role: 'detector' as const, kind, title, settings });
}
