import { z } from 'zod';
import { actuatorFields } from '../axis-value.ts';
import { signalSchema } from './signal.ts';

/** More points than these are better measured on a grid: each decision looks at all of them. */
const MOST = 20_000;

const span = z.object({
  ...actuatorFields,
  from: z.number(),
  to: z.number(),
  resolution: z.number().positive().optional().describe('No two points are closer than this; left out, no limit'),
});

const ending = {
  signal: signalSchema,
  goal: z
    .number()
    .positive()
    .optional()
    .describe('Ends when no part has a larger loss, e.g. 0.05 for parts of a 20th of the plot; left out, never'),
};

const initial = z
  .int()
  .describe('Points that are spread evenly before the data decide: a feature between them may be missed');

export const adaptiveSchemas = [
  z.object({
    kind: z.literal('adaptive1D'),
    span,
    ...ending,
    count: z.int().min(2).max(MOST).describe('At most so many points'),
    initial: initial.min(2).default(9),
    loss: z
      .enum(['distance', 'curvature'])
      .default('distance')
      .describe('What makes an interval worth a point: its length on the plot, or the bend of the curve'),
  }),
  z.object({
    kind: z.literal('adaptive2D'),
    spans: z.tuple([span, span]),
    ...ending,
    count: z.int().min(5).max(MOST).describe('At most so many points'),
    initial: initial.min(5).default(25),
  }),
] as const;

/** A scan that goes where the data change, as plain data. */
export type AdaptiveValue = z.output<(typeof adaptiveSchemas)[number]>;
/** The way of one of its actuators. */
export type AdaptiveSpan = z.output<typeof span>;
