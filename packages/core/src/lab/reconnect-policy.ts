import { z } from 'zod';

/** How a module whose link is lost is connected again. Plain data, for presets too. */
export const reconnectPolicy = z.strictObject({
  firstMs: z.number().positive().default(500).describe('Pause before the first attempt'),
  factor: z.number().min(1).default(2).describe('By how much each pause is longer than the one before'),
  longestMs: z.number().positive().default(30_000).describe('Longest pause between two attempts'),
  attempts: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('How often; left out, until it is back or the lab is closed'),
});

export type ReconnectPolicy = z.output<typeof reconnectPolicy>;
export type ReconnectInput = z.input<typeof reconnectPolicy>;

/** Pause before an attempt, the first being 1, in milliseconds. */
export function pauseBefore(attempt: number, { firstMs, factor, longestMs }: ReconnectPolicy): number {
  return Math.min(longestMs, firstMs * factor ** (attempt - 1));
}
