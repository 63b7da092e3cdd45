import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import { parseSettings } from '../contracts/parse-settings.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { conditionProblems } from './condition.ts';
import type { Modules } from './modules.ts';
import type { ScanPlan } from './plan.ts';
import { type ScanChange, type ScanChangeInput, type ScanRevision, scanChange } from './scan-revision.ts';

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
