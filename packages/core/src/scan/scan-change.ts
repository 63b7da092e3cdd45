import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import { parseSettings } from '../contracts/parse-settings.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { additionProblems } from './added-points.ts';
import { conditionProblems } from './condition.ts';
import type { Modules } from './modules.ts';
import type { ScanPlan } from './plan.ts';
import { noRoomFor, returnProblems } from './preflight.ts';
import { type ScanChange, type ScanChangeInput, type ScanRevision, scanChange } from './scan-revision.ts';

/**
 * Which points a person does not want any more: a test for steps. A change drops of what there was: points that came with it
 * or later are wanted.
 */
export function droppedBy(
  revisions: readonly ScanRevision[],
  { actuators, at, flight, sizes }: Pick<ScanPlan, 'actuators' | 'at' | 'flight' | 'sizes'>,
): (step: number) => boolean {
  let additions = 0;
  const tests = revisions.flatMap(({ fromStep, drop, within, add }) => {
    const end = sizes[additions] ?? Number.POSITIVE_INFINITY;
    if (add) additions++;
    if (!drop && !within) return [];
    const steps = new Set(drop);
    const ranges = Object.entries(within ?? {}).map(([name, range]) => {
      return [actuators.findIndex(({ actuator }) => actuator.name === name), range] as const;
    });
    return (step: number) => {
      if (step < fromStep || step >= end) return false;
      if (steps.has(step)) return true;
      if (ranges.length === 0) return false;
      const { targets } = at(step * (flight?.bins ?? 1));
      return ranges.some(([axis, [from, to]]) => !isWithin(targets[axis] as number, from, to));
    };
  });
  return tests.length === 0 ? () => false : (step) => tests.some((test) => test(step));
}

const isWithin = (target: number, from: number, to: number): boolean => target >= from && target <= to;

export interface ChangeContext {
  readonly plan: ScanPlan;
  /** The step that is next. */
  readonly step: number;
  readonly modules: Modules;
  /** Why no points can be added, whatever they are. */
  readonly fixedBecause?: string | undefined;
  /** What it reads, and how much room there is where that is saved, if it can be told. */
  readonly room?: { readonly read: readonly DaqViewer[]; readonly freeBytes: number | undefined };
}

/** A change that was checked. */
export interface CheckedChange {
  readonly revision: ScanRevision;
  /** The scan as it is then. */
  readonly plan: ScanPlan;
}

/**
 * A change that is made now.
 *
 * @throws DaqtorError `lab.settings`, `scan.refused` with everything that is wrong with it
 */
export function revisionNow(input: ScanChangeInput, context: ChangeContext, atEpochMs: number): CheckedChange {
  const change = parseSettings('edit', scanChange, input);
  const { add } = change;
  const unfit = add ? additionProblems(add, context.plan) : [];
  const plan = add && unfit.length === 0 ? context.plan.extended(add) : context.plan;
  const fixed = add && context.fixedBecause !== undefined ? [context.fixedBecause] : [];
  const reasons = [...changeProblems(change, plan.size, context), ...unfit, ...fixed, ...lackOfRoom(plan, context)];
  if (reasons.length === 0) return { revision: { ...change, fromStep: context.step, atEpochMs }, plan };
  throw new DaqtorError('scan.refused', {
    problem: `the scan cannot be changed so: ${reasons.join('; ')}`,
    advice: 'Nothing was changed',
  });
}

function lackOfRoom(plan: ScanPlan, { plan: was, step, room }: ChangeContext): string[] {
  if (!room || plan === was) return [];
  return noRoomFor({ over: plan, read: room.read, before: { steps: step, skipped: 0 } }, room.freeBytes);
}

/** @param grownTo - how many points there are then */
function changeProblems(change: ScanChange, grownTo: number, { plan, step, modules }: ChangeContext): string[] {
  const { within = {}, drop = [], settings, modules: changes = {}, add = {} } = change;
  const names = plan.actuators.map(({ actuator }) => actuator.name);
  const isEmpty = [within, drop, changes, settings ?? {}, add].every((part) => Object.keys(part).length === 0);
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
    ...returnToProblems(settings, plan),
    ...conditionProblems(settings?.waitUntil ?? [], { actuators: names, size: plan.flight ? size : grownTo, modules }),
    ...Object.entries(changes).flatMap(([name, values]) => settingProblems(name, values, modules)),
  ];
}

function returnToProblems({ returnTo }: NonNullable<ScanChange['settings']> = {}, plan: ScanPlan): string[] {
  if (typeof returnTo !== 'object') return [];
  const strangers = Object.keys(returnTo).filter(
    (name) => !plan.actuators.some(({ actuator }) => actuator.name === name),
  );
  return [
    ...strangers.map((name) => `returnTo names [${name}], which the scan does not move`),
    ...returnProblems(plan, { returnTo }),
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
