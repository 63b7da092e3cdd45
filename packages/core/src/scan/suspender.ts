import { Observable } from 'rxjs';
import { z } from 'zod';
import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import { parseSettings } from '../contracts/parse-settings.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Modules } from './modules.ts';
import { moduleField, unitsOf, watchFields, watchProblems } from './watched.ts';

const fields = {
  name: z.string().optional().describe('Who holds the scan, for people; default the name of the module'),
  ...watchFields,
  above: z.number().optional().describe('A value above it holds the scan'),
  below: z.number().optional().describe('A value below it holds the scan'),
  resumeBelow: z.number().optional().describe('Held by `above`, the scan goes on once the value is not above this one'),
  resumeAbove: z.number().optional().describe('Held by `below`, the scan goes on once the value is not below this one'),
  hysteresis: z
    .number()
    .nonnegative()
    .default(0)
    .describe(
      'By how much a value must be inside before all is well, where `resumeBelow` and `resumeAbove` do not say it',
    ),
  forMs: z.number().nonnegative().default(0).describe('How long all must be well before the scan goes on'),
  action: z
    .enum(['now', 'afterPoint'])
    .default('now')
    .describe('Interrupt the current point, which is then measured again, or hold after it'),
  everyMs: z.number().positive().default(1000).describe('How often a module is asked for its value'),
};

interface LimitsGiven {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  readonly resumeBelow?: number | undefined;
  readonly resumeAbove?: number | undefined;
}

const checked = <Schema extends z.ZodType<LimitsGiven>>(schema: Schema) =>
  schema
    .refine(({ above, below }) => above !== undefined || below !== undefined, 'needs a limit, `above` or `below`')
    .refine(
      ({ above, resumeBelow }) => resumeBelow === undefined || (above !== undefined && resumeBelow <= above),
      '`resumeBelow` belongs to `above`, and must not be greater',
    )
    .refine(
      ({ below, resumeAbove }) => resumeAbove === undefined || (below !== undefined && resumeAbove >= below),
      '`resumeAbove` belongs to `below`, and must not be less',
    );

/** When a value holds a scan, and when it lets it go on. Plain data. */
export const suspenderSettings = checked(z.strictObject(fields));

/** The same of a module by its name: what scan files and recipes hold. */
export const suspendRule = checked(z.strictObject({ module: moduleField, ...fields }));
export type SuspendRule = z.output<typeof suspendRule>;

/** What is watched: a stream of values, the position of an actuator, or the first value of a detector. */
export type Watched = Observable<number> | DaqMove | DaqViewer;

/** A hold that lifts by itself. */
export interface Suspender extends z.output<typeof suspenderSettings> {
  readonly watch: Watched;
  readonly name: string;
}

export type SuspenderInput = z.input<typeof suspenderSettings> & { readonly watch: Watched };

/**
 * Holds a scan while a value is out of its limits: `suspendWhile({ watch: bench.beam, below: 0.5, hysteresis: 0.1 })`. A
 * value that is NaN, a module that cannot be read or is faulted, and a stream that failed cannot say that all is well, and
 * hold it too.
 *
 * @throws DaqtorError `lab.settings`
 */
export function suspendWhile({ watch, ...input }: SuspenderInput): Suspender {
  const settings = parseSettings('suspendWhile', suspenderSettings, input);
  if (!watch) {
    throw new DaqtorError('lab.settings', {
      problem: `suspendWhile watches ${String(watch)}: give it a module of the lab, or a stream of values`,
    });
  }
  return { ...settings, watch, name: settings.name ?? (watch instanceof Observable ? 'a signal' : watch.name) };
}

/** The suspenders of rules, for modules of a lab; those of modules that are not there are left out, and told beforehand. */
export function suspendersOf(rules: readonly SuspendRule[], modules: Modules): Suspender[] {
  return rules.flatMap(({ module, ...rule }) => {
    const watch = Object.hasOwn(modules, module) ? modules[module] : undefined;
    return watch ? [{ ...rule, watch, name: rule.name ?? module }] : [];
  });
}

interface Limits extends LimitsGiven {
  readonly hysteresis: number;
}

/**
 * Why a value holds a scan, e.g. `0.3 is below 0.5`; undefined if it does not.
 *
 * @param holds - whether it is held already: then the value must be inside by the hysteresis
 */
export function reasonToHold(value: number, holds: boolean, limits: Limits): string | undefined {
  if (Number.isNaN(value)) return 'it has no value';
  const { above, below, hysteresis } = limits;
  if (above !== undefined) {
    const limit = holds ? (limits.resumeBelow ?? above - hysteresis) : above;
    if (value > limit) return `${value} is above ${limit}`;
  }
  if (below !== undefined) {
    const limit = holds ? (limits.resumeAbove ?? below + hysteresis) : below;
    if (value < limit) return `${value} is below ${limit}`;
  }
  return undefined;
}

/** What is wrong with suspenders in a lab. */
export function suspendProblems(rules: readonly SuspendRule[], modules: Modules): string[] {
  return rules.flatMap((rule, i) => watchProblems(`suspendWhen.${i}`, rule.module, rule, modules));
}

/** When a module holds the scan, for people: `while [thermometer] is above 310 K, until it is not above 305`. */
export function suspendText(rule: SuspendRule, modules: Modules): string {
  const { module, data, above, below, resumeBelow, resumeAbove, hysteresis, forMs } = rule;
  const units = unitsOf(modules[module], rule);
  const what = data === undefined ? `[${module}]` : `'${data}' of [${module}]`;
  const limits = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  const ends = [
    ...(above === undefined ? [] : [`not above ${resumeBelow ?? above - hysteresis}`]),
    ...(below === undefined ? [] : [`not below ${resumeAbove ?? below + hysteresis}`]),
  ];
  const unit = units === '' ? '' : ` ${units}`;
  const time = forMs > 0 ? ` for ${forMs / 1000} s` : '';
  return `while ${what} is ${limits.join(' or ')}${unit}, until it is ${ends.join(' and ')}${unit}${time}`;
}
