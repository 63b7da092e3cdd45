import { z } from 'zod';

/** The steps of a point that can fail: an error in any other ends the scan. */
export const FALLIBLE = ['moving', 'settling', 'grabbing'] as const;
export type FalliblePhase = (typeof FALLIBLE)[number];

const lastResort = z.enum(['pause', 'skip', 'abort']);

/**
 * What a scan does about an error: `pause` (it waits until a person resumes it), `skip` (the point is recorded as not
 * measured), `abort` (the scan ends as failed), or try the point again some times first.
 */
export const errorPolicy = z.union([
  lastResort,
  z.strictObject({
    retry: z.strictObject({
      times: z.int().positive().describe('How often a point is tried again'),
      backoffMs: z.number().nonnegative().default(0).describe('Pause before the first of them'),
      factor: z.number().min(1).default(2).describe('By how much each pause is longer than the one before'),
      otherwise: lastResort.default('pause').describe('What to do when none of them helped'),
    }),
  }),
]);
export type ErrorPolicy = z.output<typeof errorPolicy>;

/** A policy for the errors of one module, of one step, or of both; of all where neither is named. */
export const errorRule = z.strictObject({
  module: z.string().optional().describe('Name of the instrument that failed'),
  phase: z.enum(FALLIBLE).optional().describe('Step in which it failed'),
  policy: errorPolicy,
});
export type ErrorRule = z.output<typeof errorRule>;

/** One policy for all errors, or rules of which the first that fits counts; an error that fits none pauses the scan. */
export const errorPolicies = z.union([
  errorPolicy.transform((policy): ErrorRule[] => [{ policy }]),
  z.array(errorRule),
]);

type Retry = Extract<z.input<typeof errorPolicy>, object>;

/** Tries a point again: `retry({ times: 3, backoffMs: 500, otherwise: 'skip' })`. */
export function retry(options: Retry['retry']): Retry {
  return { retry: options };
}

/** What follows from an error. */
export type ErrorVerdict =
  | { readonly do: 'retry'; readonly afterMs: number }
  | { readonly do: z.output<typeof lastResort> };

/** What went wrong where. */
export interface PointError {
  /** Name of the instrument; undefined where it is not known. */
  readonly module: string | undefined;
  readonly phase: FalliblePhase;
}

/** @param attempts - how often the point was tried again already */
export function verdictOn(rules: readonly ErrorRule[], { module, phase }: PointError, attempts: number): ErrorVerdict {
  const fits = (rule: ErrorRule) => (rule.module ?? module) === module && (rule.phase ?? phase) === phase;
  const policy = rules.find(fits)?.policy ?? 'pause';
  if (typeof policy === 'string') return { do: policy };
  const { times, backoffMs, factor, otherwise } = policy.retry;
  return attempts < times ? { do: 'retry', afterMs: backoffMs * factor ** attempts } : { do: otherwise };
}
