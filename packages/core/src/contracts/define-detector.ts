import { z } from 'zod';
import {
  defineInstrument,
  type InstrumentDefinition,
  type InstrumentPlugin,
  type InstrumentSpec,
} from './define-instrument.ts';
import type { DetectorDriver } from './detector-driver.ts';

/** Settings that every detector has, whatever its driver. */
export const detectorSettings = z.object({
  timeoutMs: z
    .number()
    .positive()
    .default(10_000)
    .describe('Longest time for one grab; on live data, between two frames'),
  average: z
    .int()
    .positive()
    .default(1)
    .describe('How many grabs are averaged into one, with their scatter as error bars'),
  overshoot: z
    .object({
      above: z.number().optional().describe('Largest value that is allowed'),
      below: z.number().optional().describe('Smallest value that is allowed'),
      of: z.string().optional().describe('Name of the data object that is watched; left out, all of them'),
    })
    .optional()
    .describe('Values beyond which the module tells an overshoot, in the units of the data'),
});

export type DetectorSettings = z.output<typeof detectorSettings>;
/** A detector as named in a lab. */
export type DetectorSpec<Input = Readonly<Record<string, unknown>>> = InstrumentSpec<
  'detector',
  DetectorSettings,
  DetectorDriver,
  Input
>;
export type DetectorPlugin<Shape extends z.ZodRawShape> = InstrumentPlugin<
  'detector',
  Shape & (typeof detectorSettings)['shape'],
  DetectorSettings,
  DetectorDriver
>;

/** Makes a plugin for a detector. Throws and obliges as `defineInstrument`. */
export function defineDetector<Shape extends z.ZodRawShape>(
  definition: InstrumentDefinition<Shape, DetectorDriver>,
): DetectorPlugin<Shape> {
  return defineInstrument('detector', detectorSettings, definition);
}
