import { convertUnits, type DaqMove, type DaqViewer, type LabCore, type ScanCourse, type ScanPlan } from '@daqtor/core';
import { plainSettings } from '../layout/scan-recipe.ts';
import type { SavedScan } from './saved-scan.ts';

type Module = DaqMove | DaqViewer;
type Then = SavedScan['recipe']['actuators'][number];

/**
 * Why a saved scan is not the one that this lab would go on with: other instruments, other units, other points. A missing
 * actuator is told by the plan.
 *
 * @param plan - the scan of the file, bound to the modules of the lab
 * @param way - where its steps go, as far as the file tells
 */
export function reasonsAgainst(
  saved: SavedScan,
  plan: ScanPlan,
  modules: LabCore['modules'],
  way: ScanCourse,
): string[] {
  const { actuators, detectors, baseline } = saved.recipe;
  return [
    ...actuators.flatMap((then) => {
      const now = moduleCalled(then.name, modules);
      return now?.role === 'actuator' ? [...otherInstrument(then, now), ...otherUnits(then, plan)] : [];
    }),
    ...detectors.flatMap((then) => {
      const now = moduleCalled(then.name, modules);
      if (!now) return `[${then.name}] is not in this lab`;
      return now.role === 'detector' ? otherInstrument(then, now) : `[${then.name}] is no detector any more`;
    }),
    ...baseline.flatMap((then) => {
      const now = moduleCalled(then.name, modules);
      if (!now) return `[${then.name}] of the baseline is not in this lab`;
      return now.role === then.role ? otherInstrument(then, now) : `[${then.name}] of the baseline is no ${then.role}`;
    }),
    ...otherPoints(saved, plan, way),
  ];
}

/**
 * What a person should know before going on, though it is no reason not to.
 *
 * @param revised - settings of modules that the scan itself has changed
 */
export function remarksOn(
  saved: SavedScan,
  modules: LabCore['modules'],
  revised: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): string[] {
  const { actuators, detectors } = saved.recipe;
  return [...actuators, ...detectors].flatMap((then) => {
    const now = moduleCalled(then.name, modules);
    const changed = Object.hasOwn(revised, then.name) ? revised[then.name] : {};
    return now ? otherSettings({ ...then, settings: { ...then.settings, ...changed } }, now) : [];
  });
}

/** An axis that is neither where it was last read nor on its way to the next point may have lost its origin. */
export function strayed({ name, units }: Then, now: DaqMove, last: number, next: number): string[] {
  const here = convertUnits(now.position, now.units, units);
  const slack = Math.abs(convertUnits(now.spec.settings.epsilon, now.units, units) - convertUnits(0, now.units, units));
  const isOnItsWay = here >= Math.min(last, next) - slack && here <= Math.max(last, next) + slack;
  if (isOnItsWay || Number.isNaN(last)) return [];
  return [
    `[${name}] was at ${last} ${units} at the last point and is at ${here} ${units} now: make sure that it has not lost its origin`,
  ];
}

export function moduleCalled(name: string, modules: LabCore['modules']): Module | undefined {
  return Object.hasOwn(modules, name) ? modules[name] : undefined;
}

function otherInstrument({ name, kind, identity }: Then, now: Module): string[] {
  if (kind !== now.spec.kind) return [`[${name}] is driven by ${now.spec.kind}, and was by ${kind}`];
  if (identity === undefined || identity === now.identity || now.state === 'offline') return [];
  return [`[${name}] is another instrument: ${now.identity ?? 'it does not say which'}, and it was ${identity}`];
}

function otherUnits({ name, units }: Then, { actuators }: ScanPlan): string[] {
  const planned = actuators.find(({ actuator }) => actuator.name === name);
  if (!planned || planned.units === units || planned.actuator.state === 'offline') return [];
  return [`[${name}] moves in '${planned.units}', and did in '${units}'`];
}

function otherPoints({ shape, navAxes, file, status, signals }: SavedScan, plan: ScanPlan, way: ScanCourse): string[] {
  if (plan.problems.length > 0 || (plan.signal && !signals)) return [];
  const planned = plan.navAxes().map(({ data }) => Float64Array.from(data as ArrayLike<number>));
  if (plan.signal) for (let step = 0; step < plan.size; step++) if (status[step] !== 0) visit(planned, step, way);
  const isSame =
    String(plan.shape) === String(shape) &&
    planned.length === navAxes.length &&
    planned.every((axis, i) => axis.every((value, at) => value === navAxes[i]?.[at]));
  return isSame ? [] : [`its points are not those of ${file}: another version may compute them otherwise`];
}

/** Where the data have decided, a point lies elsewhere than one of a flat signal. */
function visit(planned: readonly Float64Array[], step: number, way: ScanCourse): void {
  const { targets } = way.has(step) ? way.at(step) : { targets: [] };
  for (const [axis, coordinates] of planned.entries()) coordinates[step] = targets[axis] ?? Number.NaN;
}

function otherSettings(then: Then, now: Module): string[] {
  const settings = plainSettings(now.settings);
  const names = [...new Set([...Object.keys(then.settings), ...Object.keys(settings)])];
  return names.flatMap((name) => {
    const [before, after] = [then.settings, settings].map((all) => JSON.stringify(all[name]));
    return before === after ? [] : [`[${then.name}] ${name} is ${after ?? 'not set'}, and was ${before ?? 'not set'}`];
  });
}
