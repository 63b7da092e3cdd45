import { z } from 'zod';
import { faultsIn } from '../contracts/faults-in.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Region } from '../roi/region.ts';
import { type AdaptiveValue, adaptiveSchemas } from './adaptive/adaptive-value.ts';
import { type AxisValue, actuatorFields, axisSchemas } from './axis-value.ts';
import { type FlyRamp, flyFields } from './fly/fly-value.ts';
import { type PymodaqValue, pymodaqSchema } from './pymodaq/pymodaq-value.ts';

const pair = z.tuple([z.number(), z.number()]);
const actuator = z.object(actuatorFields);
const two = z.tuple([actuator, actuator]);
const seed = z.int().describe('The same seed gives the same points');
const disc = {
  actuators: two,
  centre: pair,
  radii: pair.describe('Ends on both axes; unequal ones stretch the second axis'),
  spacing: z.number().positive().describe('Distance of neighbouring points along the first axis'),
};

const leaves = [
  ...axisSchemas,
  ...adaptiveSchemas,
  z.object({ kind: z.literal('times'), count: z.int().min(1), everyMs: z.number().positive() }),
  z.object({ kind: z.literal('squareSpiral'), actuators: two, centre: pair, steps: pair, rings: z.int().min(0) }),
  z.object({ kind: z.literal('archimedes'), ...disc }),
  z.object({ kind: z.literal('fermat'), ...disc }),
  z.object({ kind: z.literal('rings'), ...disc, perRing: z.int().min(1) }),
  z.object({
    kind: z.literal('path'),
    actuators: z.array(actuator).min(1),
    vertices: z.array(z.array(z.number())).min(1),
    step: z.number().positive(),
  }),
  z.object({
    kind: z.literal('scatter'),
    spans: z.array(z.object({ ...actuatorFields, from: z.number(), to: z.number() })).min(1),
    count: z.int().min(1),
    seed,
  }),
  pymodaqSchema,
] as const;

/** A scan that is not made of others. */
type Leaf = AxisValue | AdaptiveValue | PymodaqValue | z.output<(typeof leaves)[number]>;

/** A scan as plain data: what JSON holds, and what goes into the file. The builders make it, `planOf` runs it. */
export type ScanValue =
  | Leaf
  /** `lines`: what comes before each ramp; left out, there is one ramp. */
  | (FlyRamp & { readonly lines?: ScanValue | undefined })
  | {
      readonly kind: 'product';
      /** Slowest first. */
      readonly scans: readonly ScanValue[];
      /** For each, whether every second pass through it is reversed; default none. */
      readonly snake?: readonly boolean[] | undefined;
    }
  | { readonly kind: 'zip' | 'concat'; readonly scans: readonly ScanValue[] }
  | {
      readonly kind: 'mask';
      readonly scan: ScanValue;
      readonly region: Region;
      /** The actuators along the region's x and y. */
      readonly x: string;
      readonly y?: string | undefined;
    }
  | { readonly kind: 'shuffle'; readonly scan: ScanValue; readonly seed: number }
  | {
      readonly kind: 'repeat';
      readonly scan: ScanValue;
      readonly times: number;
      /** Each point before the next; default the scan as a whole. */
      readonly each?: boolean | undefined;
    }
  | { readonly kind: 'relative' | 'backAndForth'; readonly scan: ScanValue };

const scan: z.ZodType<ScanValue> = z.lazy(() => scanSchema);
const scans = z.array(scan).min(1);
const region: z.ZodType<Region> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('linear'), from: z.number(), to: z.number() }),
  z.object({ kind: z.literal('rectangle'), x: pair, y: pair }),
  z.object({ kind: z.literal('ellipse'), centre: pair, radii: pair, angleDeg: z.number().default(0) }),
  z.object({ kind: z.literal('polygon'), vertices: z.array(pair).min(3) }),
]);

/** What a scan looks like as JSON. */
export const scanSchema: z.ZodType<ScanValue> = z.discriminatedUnion('kind', [
  ...leaves,
  z.object({
    ...flyFields,
    lines: scan.optional().describe('Where other actuators go before each ramp, or when; left out, one ramp'),
  }),
  z.object({ kind: z.literal('product'), scans, snake: z.array(z.boolean()).optional() }),
  z.object({ kind: z.literal(['zip', 'concat']), scans }),
  z.object({ kind: z.literal('mask'), scan, region, x: z.string(), y: z.string().optional() }),
  z.object({ kind: z.literal('shuffle'), scan, seed }),
  z.object({ kind: z.literal('repeat'), scan, times: z.int().min(1), each: z.boolean().optional() }),
  z.object({ kind: z.literal(['relative', 'backAndForth']), scan }),
]);

/**
 * Reads a scan that came as JSON.
 *
 * @throws DaqtorError `scan.refused` with everything that is wrong with it
 */
export function parseScan(json: unknown): ScanValue {
  const result = scanSchema.safeParse(json);
  if (result.success) return result.data;
  const reasons = faultsIn(result.error.issues, json, 'the scan');
  throw new DaqtorError('scan.refused', { problem: `this is no scan: ${reasons.join('; ')}` });
}
