import { z } from 'zod';
import { sparseParts } from './kinds/sparse.ts';
import { actuatorAxis, lineOf, type Points } from './points.ts';
import { refusal, requirePositive, requireWhole } from './refuse.ts';

/** Names the actuator of an axis, and the units of its positions. */
export const actuatorFields = {
  actuator: z.string().min(1).describe('Name of the actuator in the lab'),
  units: z.string().optional().describe('Units of the positions; left out, those of the actuator'),
};

const span = {
  from: z.number().describe('First position'),
  to: z.number().describe('Last position, reached exactly'),
};
const count = z.int().min(1).describe('Number of positions');

export const axisSchemas = [
  z.object({ kind: z.literal('linspace'), ...actuatorFields, ...span, count }).describe('Evenly spaced positions'),
  z
    .object({ kind: z.literal('steps'), ...actuatorFields, ...span, step: z.number().positive() })
    .describe('Evenly spaced positions, as close to a step as both ends allow'),
  z
    .object({ kind: z.literal('logspace'), ...actuatorFields, ...span, count })
    .describe('Positions with a constant ratio'),
  z
    .object({ kind: z.literal('positions'), ...actuatorFields, values: z.array(z.number()).min(1) })
    .describe('Any positions, in their order'),
  z
    .object({ kind: z.literal('sparse'), ...actuatorFields, text: z.string() })
    .describe('Ranges as start:step:stop and single positions, e.g. `0:0.2:1, 5:1:7, 9`'),
] as const;

/** The positions that one actuator takes, as plain data. */
export type AxisValue = z.output<(typeof axisSchemas)[number]>;

/**
 * Each position is computed from its index, so that no error adds up and both ends are reached exactly.
 *
 * @throws DaqtorError `scan.refused` if it makes no sense
 */
export function axisPoints(axis: AxisValue): Points {
  const { actuator } = axis;
  const at = actuatorAxis(axis);
  switch (axis.kind) {
    case 'linspace':
      requireWhole(axis.count, 1, 'the number of positions', actuator);
      requireFinite([axis.from, axis.to], actuator);
      return lineOf(at, axis.count, evenly(axis.from, axis.to, axis.count));
    case 'steps': {
      requirePositive(axis.step, 'a step', actuator);
      requireFinite([axis.from, axis.to], actuator);
      const { size, valueAt } = inSteps(axis);
      return lineOf(at, size, valueAt);
    }
    case 'logspace': {
      const { from, to } = axis;
      requireWhole(axis.count, 1, 'the number of positions', actuator);
      requireFinite([from, to], actuator);
      if (!(from * to > 0)) {
        throw refusal(
          `positions with a constant ratio cannot go from ${from} to ${to}`,
          actuator,
          'Both ends must lie on the same side of 0',
        );
      }
      const last = axis.count - 1;
      const valueAt = (i: number) => (i === 0 ? from : i === last ? to : from * (to / from) ** (i / last));
      return lineOf(at, axis.count, valueAt);
    }
    case 'positions': {
      const { values } = axis;
      if (values.length === 0) throw refusal('a sweep needs at least one position', actuator);
      requireFinite(values, actuator);
      return lineOf(at, values.length, (i) => values[i] as number);
    }
    case 'sparse': {
      const values = sparseParts(axis.text, actuator).flatMap((part) => {
        const { size, valueAt } = inSteps(part);
        return Array.from({ length: size }, (_, i) => valueAt(i));
      });
      return lineOf(at, values.length, (i) => values[i] as number);
    }
  }
}

/** Both ends, and between them as many positions as make the distance closest to the step. */
function inSteps({ from, to, step }: { readonly from: number; readonly to: number; readonly step: number }) {
  const size = to === from ? 1 : Math.max(1, Math.round(Math.abs((to - from) / step))) + 1;
  return { size, valueAt: evenly(from, to, size) };
}

function evenly(from: number, to: number, size: number): (index: number) => number {
  const last = size - 1;
  return (i) => (i === 0 ? from : i === last ? to : from + ((to - from) * i) / last);
}

function requireFinite(values: readonly number[], actuator: string): void {
  if (!values.every(Number.isFinite)) throw refusal('a sweep holds a position that is not a finite number', actuator);
}
