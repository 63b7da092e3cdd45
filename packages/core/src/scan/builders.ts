import type { PymodaqSettings } from './pymodaq/pymodaq-value.ts';
import { Scan } from './scan.ts';
import type { ScanValue } from './scan-value.ts';
import { type Actuator, fieldsOf } from './sweep.ts';

/** Part of a scan: an axis, or a scan itself. */
export type Part = ScanValue | Scan;

const plain = (part: Part): ScanValue => (part instanceof Scan ? part.value : part);

/**
 * Every combination of positions: the first part is the slowest, the last the fastest.
 *
 * As PyMoDAQ's Scan1D, Scan2D and Sequential with the sub-type Linear; `snake()` makes it LinearBackForce, `shuffled()`
 * Random.
 */
export function grid(...parts: readonly [Part, ...Part[]]): Scan {
  return new Scan({ kind: 'product', scans: parts.map(plain) });
}

/** Parts of equal length side by side, point by point: a list of points, as PyMoDAQ's Tabular. */
export function zip(...parts: readonly [Part, ...Part[]]): Scan {
  return new Scan({ kind: 'zip', scans: parts.map(plain) });
}

/** Scans of the same actuators one after the other, as one list of points. */
export function concat(...parts: readonly [Part, ...Part[]]): Scan {
  return new Scan({ kind: 'concat', scans: parts.map(plain) });
}

/** A point every so often, from the beginning of the scan; in front of a grid, the grid every so often. */
export function times(count: number, everyMs: number): Scan {
  return new Scan({ kind: 'times', count, everyMs });
}

/** Where a disc of points lies. */
export interface DiscOptions {
  /** Default 0 and 0. */
  readonly centre?: readonly [number, number];
  /** From the centre to the end; a pair for different ends on the two axes. */
  readonly radius: number | readonly [number, number];
  /** Distance of neighbouring points, along the first axis. */
  readonly spacing: number;
  /** Of all positions; default: those of each actuator. */
  readonly units?: string;
}

/** Archimedes' spiral outwards from the centre, its turns as far apart as the points along them. */
export function spiral(x: Actuator, y: Actuator, options: DiscOptions): Scan {
  return new Scan({ kind: 'archimedes', ...discOf(x, y, options) });
}

/** Fermat's spiral: points that cover a disc evenly, in no lines. */
export function fermat(x: Actuator, y: Actuator, options: DiscOptions): Scan {
  return new Scan({ kind: 'fermat', ...discOf(x, y, options) });
}

/** Rings around the centre, the n-th with n times `perRing` points. */
export function rings(
  x: Actuator,
  y: Actuator,
  { perRing, ...options }: DiscOptions & { readonly perRing: number },
): Scan {
  return new Scan({ kind: 'rings', ...discOf(x, y, options), perRing });
}

function discOf(x: Actuator, y: Actuator, { centre = [0, 0], radius, spacing, units }: DiscOptions) {
  const [a, b] = typeof radius === 'number' ? [radius, radius] : radius;
  return {
    actuators: [fieldsOf(x, units), fieldsOf(y, units)] as [ReturnType<typeof fieldsOf>, ReturnType<typeof fieldsOf>],
    centre: [...centre] as [number, number],
    radii: [a, b] as [number, number],
    spacing,
  };
}

/**
 * A grid around a centre, visited from the centre outwards, as PyMoDAQ's Spiral.
 *
 * @param options - `step`: distance of neighbouring points; `rings`: how many squares lie around the centre
 */
export function squareSpiral(
  x: Actuator,
  y: Actuator,
  options: {
    readonly centre?: readonly [number, number];
    readonly step: number | readonly [number, number];
    readonly rings: number;
    readonly units?: string;
  },
): Scan {
  const { centre = [0, 0], step, units } = options;
  const [a, b] = typeof step === 'number' ? [step, step] : step;
  return new Scan({
    kind: 'squareSpiral',
    actuators: [fieldsOf(x, units), fieldsOf(y, units)],
    centre: [...centre],
    steps: [a, b],
    rings: options.rings,
  });
}

/**
 * Straight lines from vertex to vertex, each divided evenly in steps of at most `step`; as PyMoDAQ's Tabular with the
 * sub-type SubSegmented, but every vertex is reached.
 *
 * @param vertices - positions of each, in the order of the actuators
 */
export function path(actuators: readonly Actuator[], vertices: readonly (readonly number[])[], step: number): Scan {
  return new Scan({
    kind: 'path',
    actuators: actuators.map((actuator) => fieldsOf(actuator)),
    vertices: vertices.map((vertex) => [...vertex]),
    step,
  });
}

/** An axis of a scatter: the actuator and both ends. */
export type Span = readonly [actuator: Actuator, from: number, to: number, units?: string];

/** `count` points anywhere between the ends, equally likely everywhere. The seed is kept in the file. */
export function scatter(spans: readonly Span[], count: number, seed: number): Scan {
  return new Scan({
    kind: 'scatter',
    spans: spans.map(([actuator, from, to, units]) => ({ ...fieldsOf(actuator, units), from, to })),
    count,
    seed,
  });
}

/** A scan with PyMoDAQ's own settings, point for point as PyMoDAQ does it, rounding and all. */
export function pymodaq(actuators: readonly Actuator[], settings: PymodaqSettings): Scan {
  return new Scan({ kind: 'pymodaq', actuators: actuators.map((actuator) => fieldsOf(actuator)), settings });
}
