import { z } from 'zod';
import type { ActuatorDriver } from './actuator-driver.ts';
import {
  defineInstrument,
  type InstrumentDefinition,
  type InstrumentPlugin,
  type InstrumentSpec,
} from './define-instrument.ts';
import { unitsSetting } from './units-setting.ts';

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
  pollMs: z
    .number()
    .positive()
    .default(20)
    .describe('Longest pause between two questions whether the axis has arrived; after a short time they come faster'),
  done: z
    .enum(['event', 'poll', 'both'])
    .default('both')
    .describe('How arrival is noticed: the controller tells, it is asked, or both, where the driver can be told'),
  settleMs: z.number().nonnegative().default(0).describe('Pause between arrival and reading the position back'),
  backlash: z
    .number()
    .default(0)
    .describe(
      "Play of the mechanics in the axis' units: every target is approached from one side over at least this distance, " +
        'from below if it is positive, from above if it is negative; 0: directly',
    ),
  scale: z
    .object({
      factor: z
        .number()
        .refine((factor) => factor !== 0, 'must not be 0')
        .optional()
        .describe("Position over the controller's position; left out, what the units make of it"),
      offset: z.number().default(0).describe("Position where the controller's is 0, in `units`"),
      units: unitsSetting.optional().describe("Units of the axis; left out, the controller's"),
    })
    .optional()
    .describe(
      "What the axis is to the user: factor × controller's position + offset; all other settings are in its units",
    ),
});

export type ActuatorSettings = z.output<typeof actuatorSettings>;
/** An actuator as named in a lab. */
export type ActuatorSpec<Input = Readonly<Record<string, unknown>>> = InstrumentSpec<
  'actuator',
  ActuatorSettings,
  ActuatorDriver,
  Input
>;
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
