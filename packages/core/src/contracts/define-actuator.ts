import { z } from 'zod';
import type { ActuatorDriver } from './actuator-driver.ts';
import {
  defineInstrument,
  type InstrumentDefinition,
  type InstrumentPlugin,
  type InstrumentSpec,
} from './define-instrument.ts';

/** Settings that every actuator has, whatever its driver. */
const actuatorSettings = z.object({
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
/** An actuator as named in a lab. */
export type ActuatorSpec = InstrumentSpec<'actuator', ActuatorSettings, ActuatorDriver>;
export type ActuatorPlugin<Shape extends z.ZodRawShape> = InstrumentPlugin<
  'actuator',
  Shape & (typeof actuatorSettings)['shape'],
  ActuatorSettings,
  ActuatorDriver
>;

/** Makes a plugin for an actuator. Throws and obliges as `defineInstrument`. */
export function defineActuator<Shape extends z.ZodRawShape>(
  definition: InstrumentDefinition<Shape, ActuatorDriver>,
): ActuatorPlugin<Shape> {
  return defineInstrument('actuator', actuatorSettings, definition);
}
