import { type ModuleRecord, type ScanDescription, scanSchema } from '@daqtor/core';
import { z } from 'zod';
import type { ScanSaving } from '../dataset-options.ts';
import type { Attributes } from '../h5/h5-operation.ts';
import { h5SaverSettings } from '../saver-settings.ts';
import type { DatasetMetadata } from './dataset-nodes.ts';
import { asStr } from './envelope.ts';

const moduleSchema = z.object({
  name: z.string(),
  kind: z.string(),
  title: z.string(),
  units: z.string(),
  identity: z.string().optional(),
  settings: z.record(z.string(), z.unknown()),
});

const savingSchema = z.object({
  survives: z.enum(['process', 'power']).optional(),
  commit: z
    .union([
      z.literal('point'),
      z.object({ everyMs: z.number() }),
      // JSON has no infinity, which stands for one commit at the end.
      z.object({
        everyPoints: z
          .number()
          .nullable()
          .transform((points) => points ?? Number.POSITIVE_INFINITY),
      }),
    ])
    .optional(),
  swmr: z.boolean().optional(),
  gzip: z.number().optional(),
  settings: h5SaverSettings.optional(),
});

const recipeSchema = z.object({
  version: z.literal(1),
  scan: scanSchema,
  base: z.record(z.string(), z.number()),
  settings: z.record(z.string(), z.unknown()),
  startedEpochMs: z.number(),
  actuators: z.array(moduleSchema),
  detectors: z.array(moduleSchema),
  baseline: z.array(moduleSchema.extend({ role: z.enum(['actuator', 'detector']) })).default([]),
  metadata: z.record(z.string(), z.string()),
  saving: savingSchema,
});

/** All that is needed to go on with a scan, beside what was measured: the scan, its instruments, how it is saved. */
export type ScanRecipe = z.output<typeof recipeSchema>;

const NAME = 'scan_recipe';

/** The recipe of a scan, for the attributes of its group; none for a recording that is not of a scan. */
export function recipeAttributes(
  { scan, base = {}, settings, startedEpochMs, actuators, detectors, baseline = [] }: ScanDescription,
  metadata: DatasetMetadata,
  saving: ScanSaving,
): Attributes {
  if (!scan) return {};
  const { definition, ...options } = settings;
  const recipe = {
    version: 1,
    scan,
    base,
    settings: plainSettings(options),
    startedEpochMs,
    actuators: actuators.map(plainModule),
    detectors: detectors.map(plainModule),
    ...(baseline.length > 0 && { baseline: baseline.map(plainModule) }),
    metadata,
    saving,
  };
  return { [NAME]: asStr(JSON.stringify(recipe)) };
}

/** @returns undefined where there is none, or none that this version understands */
export function recipeIn(attributes: Readonly<Record<string, unknown>>): ScanRecipe | undefined {
  const text = attributes[NAME];
  if (typeof text !== 'string') return undefined;
  try {
    return recipeSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Somebody else's attribute of this name.
  }
}

/** The settings that are plain data: a simulated port is none. */
export function plainSettings(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => isPlain(value)));
}

function plainModule<Module extends ModuleRecord>({ settings, ...module }: Module) {
  return { ...module, settings: plainSettings(settings) };
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlain);
}
