import { exhaustMap, filter, fromEventPattern, map, merge, Observable } from 'rxjs';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Suspender } from '../scan/suspender.ts';
import { numberIn, type WatchPick } from '../scan/watched.ts';
import type { Clock } from '../time/clock.ts';
import { convertUnits } from '../units/units.ts';
import type { DaqMove } from './daq-move.ts';
import type { DaqViewer } from './daq-viewer.ts';
import type { TroubleFact } from './module-life.ts';

/**
 * The values of what is watched, as they come; in their place why a module could not be read, or is faulted.
 *
 * @param everyMs - how often a module is asked
 * @param pick - which number of a module, in which units
 * @param mayAsk - whether a detector may be asked now; otherwise its values are those that others ask for
 */
export function watchedValues(
  { watch, everyMs, ...pick }: Pick<Suspender, 'watch' | 'everyMs'> & WatchPick,
  clock: Clock,
  mayAsk: () => boolean,
): Observable<number | DaqtorError> {
  if (watch instanceof Observable) return watch;
  const values =
    watch.role === 'actuator' ? positionsOf(watch, everyMs, pick) : valuesOf(watch, everyMs, pick, clock, mayAsk);
  return merge(values, faultsOf(watch));
}

function positionsOf(actuator: DaqMove, everyMs: number, { units }: WatchPick): Observable<number | DaqtorError> {
  const positions = new Observable<number | DaqtorError>((taker) =>
    actuator.watch$(everyMs, (error) => taker.next(error)).subscribe(taker),
  );
  if (units === undefined) return positions;
  return positions.pipe(map((seen) => (typeof seen === 'number' ? convertUnits(seen, actuator.units, units) : seen)));
}

function valuesOf(
  viewer: DaqViewer,
  everyMs: number,
  pick: WatchPick,
  clock: Clock,
  mayAsk: () => boolean,
): Observable<number | DaqtorError> {
  // The value comes with its data, and only what goes wrong from here.
  const troubles = ticks(everyMs, clock).pipe(
    filter(() => viewer.state === 'idle' && mayAsk()),
    exhaustMap(() =>
      viewer.grab().then(
        () => undefined,
        (error: unknown) => DaqtorError.of(error, viewer.name, 'grabbing'),
      ),
    ),
    filter((error) => error !== undefined && !isOfOthers(error)),
  );
  const values = viewer.data.live$.pipe(map((frame: DataToExport) => numberIn(frame, viewer.name, pick)));
  return merge(values, troubles as Observable<DaqtorError>);
}

/** Whether a grab was only ended, or not begun, because somebody else uses the detector. */
const isOfOthers = ({ code }: DaqtorError): boolean => code === 'module.stopped' || code === 'module.state';

function faultsOf(module: DaqMove | DaqViewer): Observable<DaqtorError> {
  const faults = fromEventPattern<TroubleFact>(
    (tell) => (module.role === 'actuator' ? module.actor.on('faulted', tell) : module.actor.on('faulted', tell)),
    (_, subscription: { unsubscribe(): void }) => subscription.unsubscribe(),
  );
  return faults.pipe(map(({ error }) => error));
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
