import { Scan } from '../scan.ts';
import { type Actuator, fieldsOf } from '../sweep.ts';
import type { AdaptiveSpan } from './adaptive-value.ts';
import type { SignalValue } from './signal.ts';

/** Names a detector: the module itself, or its name in the lab. */
type DetectorRef = string | { readonly name: string; readonly role: 'detector' };

/** What an adaptive scan follows: a detector, whose first value counts, or one datum of it. */
export type SignalRef = DetectorRef | (Partial<Omit<SignalValue, 'detector'>> & { readonly detector: DetectorRef });

/** How an adaptive scan decides, and when it ends. */
export interface AdaptiveOptions {
  /** What it follows; the detector must be among those that are read. */
  readonly signal: SignalRef;
  /** At most so many points. */
  readonly count: number;
  /** Ends when no part of the curve or surface has a larger loss, e.g. 0.05 for parts of a 20th of the plot. */
  readonly goal?: number;
  /** Points that are spread evenly before the data decide; default 9, in two dimensions 25. */
  readonly initial?: number;
}

/** The way of an actuator in an adaptive scan. */
export interface AdaptiveSpanOptions {
  readonly units?: string;
  /** No two points are closer than this along the axis. */
  readonly resolution?: number;
}

/**
 * Points where a curve changes: both ends first, then halves of the interval that is known least.
 *
 * @param options - `loss`: `distance` (default) looks where the curve is steep, `curvature` where it bends
 */
export function adaptive1D(
  x: Actuator,
  from: number,
  to: number,
  options: AdaptiveOptions & AdaptiveSpanOptions & { readonly loss?: 'distance' | 'curvature' },
): Scan {
  const { initial = 9, loss = 'distance' } = options;
  return new Scan({ kind: 'adaptive1D', span: spanOf([x, from, to, options]), ...endingOf(options), initial, loss });
}

/** Points where a surface changes: the corners first, then where the triangles between points are largest. */
export function adaptive2D(first: AdaptiveAxis, second: AdaptiveAxis, options: AdaptiveOptions): Scan {
  const { initial = 25 } = options;
  return new Scan({ kind: 'adaptive2D', spans: [spanOf(first), spanOf(second)], ...endingOf(options), initial });
}

/** An actuator and both ends. */
export type AdaptiveAxis = readonly [actuator: Actuator, from: number, to: number, options?: AdaptiveSpanOptions];

function spanOf([actuator, from, to, { units, resolution } = {}]: AdaptiveAxis): AdaptiveSpan {
  return { ...fieldsOf(actuator, units), from, to, ...(resolution !== undefined && { resolution }) };
}

function endingOf({ signal, count, goal }: AdaptiveOptions) {
  return { signal: signalOf(signal), count, ...(goal !== undefined && { goal }) };
}

function signalOf(signal: SignalRef): SignalValue {
  if (typeof signal === 'string') return { detector: signal, channel: 0, of: 'mean' };
  if ('role' in signal) return signalOf(signal.name);
  const { detector, ...rest } = signal;
  return { channel: 0, of: 'mean', ...rest, detector: typeof detector === 'string' ? detector : detector.name };
}
