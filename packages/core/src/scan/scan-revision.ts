import { z } from 'zod';
import { conditionSchema } from './condition.ts';
import { errorPolicies } from './error-policy.ts';
import type { AddedPoints } from './kinds/extended.ts';
import { type ScanSettings, scanSettings } from './scan-settings.ts';

/** What a person changes of a scan that is paused, for the points that are not measured yet. Plain data. */
export const scanChange = z.strictObject({
  reason: z.string().optional().describe('For people, and for the file'),
  within: z
    .record(z.string(), z.tuple([z.number(), z.number()]))
    .optional()
    .describe('Narrower ranges of actuators, in the units of the scan: points outside are dropped'),
  drop: z
    .array(z.int().min(0))
    .min(1)
    .optional()
    .describe('Numbers of points that are dropped, from 0; of a fly scan, of lines'),
  add: z
    .union([z.array(z.record(z.string(), z.number())).min(1), z.record(z.string(), z.array(z.number()).min(1))])
    .optional()
    .describe(
      'Points that are measured after all others, in the units of the scan: of a list whole points, e.g. `[{ x: 1, y: 2 }]`, ' +
        'of a grid further positions of its axes, e.g. `{ x: [3, 4] }`',
    ),
  settings: z
    .strictObject({
      settleMs: z.number().nonnegative().optional(),
      waitMs: z.number().nonnegative().optional(),
      waitUntil: z.array(conditionSchema).optional(),
      onError: errorPolicies.optional(),
      onOvershoot: scanSettings.shape.onOvershoot.unwrap().optional(),
      returnTo: z.union([z.literal('stay'), z.record(z.string(), z.number())]).optional(),
    })
    .optional()
    .describe('Settings of the scan, e.g. `settleMs`; `returnTo: stay` leaves the axes where they are at the end'),
  modules: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional()
    .describe('Settings of modules, by their names, e.g. `{ camera: { exposureMs: 20 } }`'),
});
export type ScanChange = z.output<typeof scanChange>;
export type ScanChangeInput = z.input<typeof scanChange>;

/** A change that was made: it counts from a point on. */
export const scanRevision = scanChange.extend({
  /** The first point that it counts for; those before are as they were measured. */
  fromStep: z.int().min(0),
  atEpochMs: z.number(),
});
export type ScanRevision = z.output<typeof scanRevision>;

/** The points that were added to a scan, in the order in which they were. */
export function pointsAdded(revisions: readonly Pick<ScanRevision, 'add'>[] = []): readonly AddedPoints[] {
  return revisions.map(({ add }) => add).filter((add) => add !== undefined);
}

/** The settings of a scan as its revisions left them. */
export function settingsRevised(revisions: readonly ScanRevision[]): Partial<ScanSettings> {
  const changes = revisions.flatMap(({ settings }) => (settings ? [settings] : []));
  return Object.fromEntries(
    changes.flatMap((change) =>
      Object.entries(change)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, name === 'returnTo' && value === 'stay' ? undefined : value]),
    ),
  );
}

/** The settings of modules that revisions have changed, by name; the last change counts. */
export function modulesRevised(
  revisions: readonly ScanRevision[],
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const all: Record<string, Record<string, unknown>> = {};
  for (const { modules = {} } of revisions)
    for (const [name, settings] of Object.entries(modules)) all[name] = { ...all[name], ...settings };
  return all;
}
