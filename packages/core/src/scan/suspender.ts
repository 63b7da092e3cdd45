import { Observable } from 'rxjs';
import { z } from 'zod';
import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import { parseSettings } from '../contracts/parse-settings.ts';

/** When a value holds a scan, and when it lets it go on. Plain data. */
export const suspenderSettings = z
  .strictObject({
    name: z.string().optional().describe('Who holds the scan, for people; default the name of the module'),
    above: z.number().optional().describe('A value above it holds the scan'),
    below: z.number().optional().describe('A value below it holds the scan'),
    hysteresis: z.number().nonnegative().default(0).describe('By how much a value must be inside before all is well'),
    forMs: z.number().nonnegative().default(0).describe('How long all must be well before the scan goes on'),
    action: z
      .enum(['now', 'afterPoint'])
      .default('now')
      .describe('Interrupt the current point, which is then measured again, or hold after it'),
    everyMs: z.number().positive().default(1000).describe('How often a module is asked for its value'),
  })
  .refine(({ above, below }) => above !== undefined || below !== undefined, 'needs a limit, `above` or `below`');

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
 * value that is NaN, a module that is faulted and a stream that failed cannot say that all is well, and hold it too.
 *
 * @throws DaqtorError `lab.settings`
 */
export function suspendWhile({ watch, ...input }: SuspenderInput): Suspender {
  const settings = parseSettings('suspendWhile', suspenderSettings, input);
  return { ...settings, watch, name: settings.name ?? (watch instanceof Observable ? 'a signal' : watch.name) };
}

type Limits = Pick<Suspender, 'above' | 'below' | 'hysteresis'>;

/**
 * Why a value holds a scan, e.g. `0.3 is below 0.5`; undefined if it does not.
 *
 * @param holds - whether it is held already: then the value must be inside by the hysteresis
 */
export function reasonToHold(value: number, holds: boolean, { above, below, hysteresis }: Limits): string | undefined {
  if (Number.isNaN(value)) return 'it has no value';
  const margin = holds ? hysteresis : 0;
  if (above !== undefined && value > above - margin) return `${value} is above ${above - margin}`;
  if (below !== undefined && value < below + margin) return `${value} is below ${below + margin}`;
  return undefined;
}
