import { z } from 'zod';
import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import { parseSettings } from '../contracts/parse-settings.ts';
import type { Modules } from './modules.ts';
import type { ActuatorRef } from './scan.ts';
import { moduleField, unitsOf, watchFields, watchProblems } from './watched.ts';

/** What is waited for before a point is measured. Plain data. */
export const conditionSchema = z
  .strictObject({
    module: moduleField,
    ...watchFields,
    from: z.number().optional().describe('The value must not be below it'),
    to: z.number().optional().describe('The value must not be above it'),
    forMs: z
      .number()
      .nonnegative()
      .default(0)
      .describe('How long it must stay between them, after things have settled'),
    withinMs: z.number().positive().describe('Longest wait; then it is an error of settling, for `onError`'),
    everyMs: z.number().positive().default(100).describe('How often the module is read meanwhile'),
    after: z
      .string()
      .optional()
      .describe('Name of an actuator: only where it has a new target, e.g. the slow axis; default at each point'),
    steps: z.array(z.int().min(0)).min(1).optional().describe('Only before the points with these numbers, from 0'),
  })
  .refine(({ from, to }) => from !== undefined || to !== undefined, 'needs an end of the band, `from` or `to`')
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, '`from` must not be above `to`');

/** A band that a value has to be in, for a time, before a point is measured. */
export type Condition = z.output<typeof conditionSchema>;
export type ConditionInput = Omit<z.input<typeof conditionSchema>, 'module' | 'after'> & {
  /** An actuator: only where it has a new target. */
  readonly after?: ActuatorRef;
};

/**
 * Waits until a module is in a band: `waitUntil: [inBand(bench.cryostat, { from: 4.1, to: 4.3, forMs: 10_000, withinMs: 600_000 })]`.
 *
 * @throws DaqtorError `lab.settings`
 */
export function inBand(module: DaqMove | DaqViewer | string, { after, ...band }: ConditionInput): Condition {
  const name = typeof module === 'string' ? module : module.name;
  const axis = after === undefined ? {} : { after: typeof after === 'string' ? after : after.name };
  return parseSettings('inBand', conditionSchema, { ...band, ...axis, module: name });
}

/** Whether a value is in the band; NaN is not. */
export function isInside(value: number, { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Condition) {
  return value >= from && value <= to;
}

/** A condition for people, e.g. `[cryostat] is from 4.1 to 4.3 K for 10 s`. */
export function conditionText(condition: Condition, modules: Modules): string {
  const { module, data, from, to, forMs } = condition;
  const units = unitsOf(modules[module], condition);
  const band = from === undefined ? `at most ${to}` : to === undefined ? `at least ${from}` : `from ${from} to ${to}`;
  const what = data === undefined ? `[${module}]` : `'${data}' of [${module}]`;
  const time = forMs > 0 ? ` for ${forMs / 1000} s` : '';
  return `${what} is ${band}${units === '' ? '' : ` ${units}`}${time}`;
}

/** When a condition is waited for, for people. */
export function whenText({ after, steps, withinMs }: Condition): string {
  const where = steps ? `before ${steps.length === 1 ? 'point' : 'points'} ${steps.join(', ')}` : 'before each point';
  const moved = after === undefined ? '' : ` after [${after}] has moved`;
  return `${where}${moved}, for at most ${withinMs / 1000} s`;
}

/** Whether a condition counts for a step. @param moved - whether the scan has moved an actuator since it was last met */
export function countsAt({ after, steps }: Condition, step: number, moved: (actuator: string) => boolean): boolean {
  return (steps === undefined || steps.includes(step)) && (after === undefined || moved(after));
}

/** What is wrong with conditions in a lab. @param actuators - names of those that the scan moves */
export function conditionProblems(
  conditions: readonly Condition[],
  {
    actuators,
    size,
    modules,
  }: { readonly actuators: readonly string[]; readonly size: number; readonly modules: Modules },
): string[] {
  return conditions.flatMap((condition, i) => {
    const { module, after, steps = [] } = condition;
    const where = `waitUntil.${i}`;
    const beyond = steps.filter((step) => step >= size);
    return [
      ...watchProblems(where, module, condition, modules),
      ...(after !== undefined && !actuators.includes(after)
        ? [`${where} waits after [${after}], which the scan does not move`]
        : []),
      ...(beyond.length > 0 ? [`${where} names steps ${beyond.join(', ')} of a scan of ${size} points`] : []),
    ];
  });
}
