import { z } from 'zod';
import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import { parseSettings } from '../contracts/parse-settings.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { conditionProblems, conditionSchema } from './condition.ts';
import { errorPolicies } from './error-policy.ts';
import type { Modules, ScanPlan } from './plan.ts';
import type { ScanSettings } from './scan-settings.ts';

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
  settings: z
    .strictObject({
      settleMs: z.number().nonnegative().optional(),
      waitMs: z.number().nonnegative().optional(),
      waitUntil: z.array(conditionSchema).optional(),
      onError: errorPolicies.optional(),
    })
    .optional()
    .describe('Settings of the scan, e.g. `settleMs`'),
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

/** Which points a person does not want any more: a test for steps. */
export function droppedBy(
  revisions: readonly ScanRevision[],
  { actuators, at, flight }: Pick<ScanPlan, 'actuators' | 'at' | 'flight'>,
): (step: number) => boolean {
  const tests = revisions.flatMap(({ fromStep, drop, within }) => {
    if (!drop && !within) return [];
    const steps = new Set(drop);
    const ranges = Object.entries(within ?? {}).map(([name, range]) => {
      return [actuators.findIndex(({ actuator }) => actuator.name === name), range] as const;
    });
    return (step: number) => {
      if (step < fromStep) return false;
      if (steps.has(step)) return true;
      if (ranges.length === 0) return false;
      const { targets } = at(step * (flight?.bins ?? 1));
      return ranges.some(([axis, [from, to]]) => !isWithin(targets[axis] as number, from, to));
    };
  });
  return tests.length === 0 ? () => false : (step) => tests.some((test) => test(step));
}

const isWithin = (target: number, from: number, to: number): boolean => target >= from && target <= to;

/** The settings of a scan as its revisions left them. */
export function settingsRevised(revisions: readonly ScanRevision[]): Partial<ScanSettings> {
  const changes = revisions.flatMap(({ settings }) => (settings ? [settings] : []));
  return Object.fromEntries(
    changes.flatMap((change) => Object.entries(change).filter(([, value]) => value !== undefined)),
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

export interface ChangeContext {
  readonly plan: ScanPlan;
  /** The step that is next. */
  readonly step: number;
  readonly modules: Modules;
}

/**
 * @throws DaqtorError `scan.refused` with everything that is wrong with a change, at once
 */
function checkChange(change: ScanChange, context: ChangeContext): void {
  const reasons = changeProblems(change, context);
  if (reasons.length === 0) return;
  throw new DaqtorError('scan.refused', {
    problem: `the scan cannot be changed so: ${reasons.join('; ')}`,
    advice: 'Nothing was changed',
  });
}

/**
 * A change that is made now.
 *
 * @throws DaqtorError `lab.settings`, `scan.refused` with everything that is wrong with it
 */
export function revisionNow(input: ScanChangeInput, context: ChangeContext, atEpochMs: number): ScanRevision {
  const change = parseSettings('edit', scanChange, input);
  checkChange(change, context);
  return { ...change, fromStep: context.step, atEpochMs };
}

function changeProblems(change: ScanChange, { plan, step, modules }: ChangeContext): string[] {
  const { within = {}, drop = [], settings, modules: changes = {} } = change;
  const names = plan.actuators.map(({ actuator }) => actuator.name);
  const isEmpty =
    Object.keys(within).length + drop.length + Object.keys(changes).length + Object.keys(settings ?? {}).length === 0;
  // Of a fly scan lines are dropped, not bins.
  const size = plan.flight?.lines ?? plan.size;
  const ramping = plan.flight && names.at(-1);
  const measured = drop.filter((one) => one < step);
  const beyond = drop.filter((one) => one >= size);
  const drops = Object.keys(within).length > 0 || drop.length > 0;
  return [
    ...(isEmpty ? ['it says nothing that would change'] : []),
    ...(drops && plan.signal ? ['its points follow from the data, so that none can be dropped; stop it instead'] : []),
    ...Object.entries(within).flatMap(([name, [from, to]]) => {
      if (name === ramping) return [`within names [${name}], which ramps: lines can be dropped, not bins`];
      if (!names.includes(name)) return [`within names [${name}], which the scan does not move`];
      return from <= to ? [] : [`within has ${from} to ${to} for [${name}], which holds nothing`];
    }),
    ...(measured.length > 0 ? [`drop names steps ${measured.join(', ')}, which are in the file already`] : []),
    ...(beyond.length > 0
      ? [`drop names steps ${beyond.join(', ')} of a scan of ${size} ${plan.flight ? 'lines' : 'points'}`]
      : []),
    ...conditionProblems(settings?.waitUntil ?? [], { actuators: names, size, modules }),
    ...Object.entries(changes).flatMap(([name, values]) => settingProblems(name, values, modules)),
  ];
}

function settingProblems(name: string, values: Readonly<Record<string, unknown>>, modules: Modules): string[] {
  const module: DaqMove | DaqViewer | undefined = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (!module) return [`modules names [${name}], which is not in this lab`];
  const { spec, settings, liveSettings = [], state } = module;
  if (state !== 'idle') return [`[${name}] is ${state}, not idle`];
  const lasting = Object.keys(values).filter((one) => !liveSettings.includes(one) && one in settings);
  try {
    (spec.change as (changes: unknown, from: unknown) => unknown)(values, settings);
  } catch (error) {
    return [`[${name}] ${error instanceof Error ? error.message : String(error)}`];
  }
  return lasting.length === 0 ? [] : [`[${name}] cannot change ${lasting.join(', ')} while it is connected`];
}
