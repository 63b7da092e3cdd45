import { exhaustMap, filter, from, fromEventPattern, map, merge, Observable } from 'rxjs';
import type { DataToExport } from '../data/data-to-export.ts';
import type { Suspender } from '../scan/suspender.ts';
import { numberIn, type WatchPick } from '../scan/watched.ts';
import type { Clock } from '../time/clock.ts';
import { convertUnits } from '../units/units.ts';
import type { DaqMove } from './daq-move.ts';
import type { DaqViewer } from './daq-viewer.ts';

/**
 * The values of what is watched, as they come: NaN when a module is faulted.
 *
 * @param everyMs - how often a module is asked
 * @param pick - which number of a module, in which units
 * @param mayAsk - whether a detector may be asked now; otherwise its values are those that others ask for
 */
export function watchedValues(
  { watch, everyMs, ...pick }: Pick<Suspender, 'watch' | 'everyMs'> & WatchPick,
  clock: Clock,
  mayAsk: () => boolean,
): Observable<number> {
  if (watch instanceof Observable) return watch;
  const values =
    watch.role === 'actuator' ? positionsOf(watch, everyMs, pick) : valuesOf(watch, everyMs, pick, clock, mayAsk);
  return merge(values, faultsOf(watch));
}

function positionsOf(actuator: DaqMove, everyMs: number, { units }: WatchPick): Observable<number> {
  const positions = actuator.watch$(everyMs);
  if (units === undefined) return positions;
  return positions.pipe(map((position) => convertUnits(position, actuator.units, units)));
}

function valuesOf(
  viewer: DaqViewer,
  everyMs: number,
  pick: WatchPick,
  clock: Clock,
  mayAsk: () => boolean,
): Observable<number> {
  const asked = ticks(everyMs, clock).pipe(
    filter(() => viewer.state === 'idle' && mayAsk()),
    // What goes wrong is told by the facts of the module, and the value comes with its data.
    exhaustMap(() => from(viewer.grab().catch(() => undefined)).pipe(filter(() => false))),
  );
  const values = viewer.data.live$.pipe(map((frame: DataToExport) => numberIn(frame, viewer.name, pick)));
  return merge(values, asked as Observable<never>);
}

function faultsOf(module: DaqMove | DaqViewer): Observable<number> {
  const faults = fromEventPattern(
    (tell) => (module.role === 'actuator' ? module.actor.on('faulted', tell) : module.actor.on('faulted', tell)),
    (_, subscription: { unsubscribe(): void }) => subscription.unsubscribe(),
  );
  return faults.pipe(map(() => Number.NaN));
}

/** At once, and then at an interval. */
function ticks(everyMs: number, clock: Clock): Observable<void> {
  return new Observable((taker) => {
    const tick = () => {
      timer = clock.setTimeout(tick, everyMs);
      taker.next();
    };
    let timer = clock.setTimeout(tick, 0);
    return () => clock.clearTimeout(timer);
  });
}
