import type { DaqMove } from '../actors/daq-move.ts';
import { Axis } from '../data/axis.ts';
import type { DataDistribution } from '../data/data-with-axes.ts';
import { areCompatible, convertUnits } from '../units/units.ts';
import type { SignalValue } from './adaptive/signal.ts';
import type { Flight } from './fly/flight.ts';
import { type AddedPoints, extendedOf } from './kinds/extended.ts';
import type { Modules } from './modules.ts';
import { nameScan } from './name-scan.ts';
import { type PlannedPoint, plannedPoint } from './planned-point.ts';
import type { PointAxis, Points, PurePoint } from './points.ts';
import { Scan } from './scan.ts';
import { decidedCourse, fixedCourse, type ScanCourse } from './scan-course.ts';
import type { ScanValue } from './scan-value.ts';

/** An actuator in a scan. */
export interface PlannedActuator {
  readonly actuator: DaqMove;
  /** Units of its positions in the scan. */
  readonly units: string;
}

/** A scan and the instruments that it needs: what DAQ_Scan runs. Points are computed when they are asked for. */
export interface ScanPlan {
  /** PyMoDAQ's name for it, e.g. `Scan2D`. */
  readonly type: string;
  /** PyMoDAQ's name for it where it has one, e.g. `LinearBackForce`. */
  readonly subType: string;
  /** Slowest first. */
  readonly actuators: readonly PlannedActuator[];
  /** Length of each scan dimension. */
  readonly shape: readonly number[];
  readonly distribution: DataDistribution;
  /** How many steps it has. */
  readonly size: number;
  /** Whether every place of the arrays is visited. */
  readonly isComplete: boolean;
  /** Whether points have a time to be measured at. */
  readonly isTimed: boolean;
  /** The scan as plain data. */
  readonly scan: ScanValue;
  /** What its relative positions count from: a position for each actuator that has any, by name, in the units of the scan. */
  readonly base: Base;
  /** Why it cannot run in this lab; empty if it can. */
  readonly problems: readonly string[];
  /** What its points are decided from, where they follow from the data; then `size` is the most that there may be. */
  readonly signal?: SignalValue;
  /** How many steps it had before each time that points were added to it. */
  readonly sizes: readonly number[];
  /** How its points are passed, where they are the bins of a fly scan; its last actuator is the one that ramps. */
  readonly flight?: Flight;
  /**
   * Begins a run along it.
   *
   * @param past - what its points are decided from, of the steps that were done before; NaN for one without data
   */
  begin(past?: readonly number[]): ScanCourse;
  /** The point of a step, from 0 to `size - 1`; of an adaptive scan, that of a signal that is the same everywhere. */
  at(step: number): PlannedPoint;
  /** Positions of one actuator in the order of the array index. */
  positions(actuator: number): Float64Array;
  /** The coordinates of the data: of actuators, times and repetitions. */
  navAxes(): Axis[];
  /**
   * The same with more points behind its own.
   *
   * @param added - positions as targets are: those of a relative scan are not counted from anywhere
   * @throws DaqtorError `scan.refused` for points that are not of its kind
   */
  extended(added: AddedPoints): ScanPlan;
}

/** Positions of actuators by their names. */
export type Base = Readonly<Record<string, number>>;

/**
 * Binds a scan to the instruments of a lab. A relative scan counts from the positions that were last read.
 *
 * @param base - what it counts from instead, for actuators of these names: where they were when the scan was begun
 * @param added - points that were added to it since, in the order in which they were
 * @returns the plan; `problems` says what is missing for it to run
 * @throws DaqtorError `scan.refused` if the scan makes no sense in any lab
 */
export function planOf(
  scan: Scan | ScanValue,
  modules: Modules,
  base: Base = {},
  added: readonly AddedPoints[] = [],
): ScanPlan {
  const { value, points: own } = scan instanceof Scan ? scan : new Scan(scan);
  const bindings = own.axes.map((axis) => bind(axis, modules, base));
  const offsets = bindings.map(({ offset }) => offset);
  const isShifted = offsets.some((offset) => offset !== 0);
  const sizes: number[] = [];
  const points = added.reduce(
    (all, more) => {
      sizes.push(all.size);
      return extendedOf(all, more);
    },
    isShifted ? shiftedBy(own, offsets) : own,
  );
  const counted = Object.fromEntries(
    own.axes.flatMap(({ name, isRelative }, i) => (isRelative ? [[name, offsets[i] as number]] : [])),
  );
  const actuators = bindings.flatMap(({ planned }) => planned ?? []);
  const places = bindings.flatMap(({ planned }, place) => (planned ? [place] : []));
  // What cannot be moved has no target, so that targets and actuators stay in step.
  const axes = points.axes.map(
    (axis, i): PointAxis => (axis.role === 'actuator' && !bindings[i]?.planned ? { ...axis, role: 'count' } : axis),
  );
  const at = (step: number) => plannedPoint(axes, points.at(step));
  /** Of points that are decided on: their values are not shifted yet. */
  const place = (point: PurePoint) => plannedPoint(axes, isShifted ? shifted(point, offsets) : point);
  const { size, decisions } = points;
  const flight = flightIn(points, bindings);
  return {
    ...nameScan(value, own),
    actuators,
    shape: points.shape,
    distribution: points.distribution,
    size,
    isComplete: points.isComplete,
    isTimed: points.axes.some(({ role }) => role === 'time'),
    scan: value,
    base: counted,
    sizes,
    problems: [...new Set(bindings.flatMap(({ problem }) => problem ?? []))],
    ...(decisions && { signal: decisions.signal }),
    ...(flight && { flight }),
    begin: (past = []) => (decisions ? decidedCourse(decisions, size, place, past) : fixedCourse(size, at)),
    at,
    positions: (actuator) => points.coordinates(places[actuator] ?? -1),
    navAxes: () =>
      points.axes.map(({ name, units }, i) => {
        const place = points.distribution === 'uniform' ? { index: i } : { spreadOrder: i };
        return new Axis({
          label: name,
          units: bindings[i]?.planned?.units ?? units ?? '',
          data: points.coordinates(i),
          ...place,
        });
      }),
    extended: (more) => planOf(scan, modules, { ...base, ...counted }, [...added, more]),
  };
}

/** A scan whose relative values count from where its axes are. */
function shiftedBy(points: Points, offsets: readonly number[]): Points {
  return {
    ...points,
    at: (step) => shifted(points.at(step), offsets),
    coordinates: (axis) => points.coordinates(axis).map((one) => one + (offsets[axis] as number)),
  };
}

const shifted = ({ indexes, values }: PurePoint, offsets: readonly number[]): PurePoint => ({
  indexes,
  values: values.map((one, i) => one + (offsets[i] as number)),
});

/** The flight with what is added to the positions of its ramps; none where nothing can ramp, which `problems` says. */
function flightIn({ flight }: Points, bindings: readonly Binding[]): Flight | undefined {
  const { planned, offset = 0 } = bindings.at(-1) ?? {};
  return flight && planned && { ...flight, from: flight.from + offset, to: flight.to + offset };
}

interface Binding {
  readonly planned?: PlannedActuator;
  /** What is added to each value, in the units of the scan. */
  readonly offset: number;
  readonly problem?: string;
}

function bind({ name, units, role, isRelative }: PointAxis, modules: Modules, base: Base): Binding {
  if (role !== 'actuator') return { offset: 0 };
  const module = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (!module)
    return { offset: 0, problem: `[${name}] is not in this lab, which has ${Object.keys(modules).join(', ')}` };
  if (module.role !== 'actuator') return { offset: 0, problem: `[${name}] is a detector and cannot be moved` };
  const own = units ?? module.units;
  if (!areUnits(own, module)) {
    return {
      offset: 0,
      problem: `[${name}] positions in '${own}' cannot be reached by an axis that moves in '${module.units}'`,
    };
  }
  const planned = { actuator: module, units: own };
  if (!isRelative) return { planned, offset: 0 };
  const offset = Object.hasOwn(base, name) ? (base[name] as number) : convertUnits(module.position, module.units, own);
  if (Number.isFinite(offset)) return { planned, offset };
  return { planned, offset: 0, problem: `[${name}] has no position yet that a relative scan could count from` };
}

/** An axis that is not connected has no units yet; that it is not connected is said elsewhere. */
function areUnits(units: string, module: DaqMove): boolean {
  if (module.state === 'offline') return true;
  try {
    return areCompatible(units, module.units);
  } catch {
    return false;
  }
}
