import type { LogLine } from '../contracts/scan-recorder.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { ScanSettings } from '../scan/scan-settings.ts';
import type { Suspender } from '../scan/suspender.ts';
import type { Clock } from '../time/clock.ts';
import type { ScanEvent, ScanPhase } from './scan-facts.ts';
import type { ScanOptions } from './scan-options.ts';
import { Suspension } from './suspension.ts';

/** Something that interferes with a scan by itself, as long as it runs. */
export interface ScanGuard {
  start(): void;
  stop(): void;
}

export interface ScanGuardsOptions {
  readonly read: ScanOptions['read'];
  readonly suspenders: readonly Suspender[];
  /** As it is now. */
  readonly onOvershoot: () => ScanSettings['onOvershoot'];
  readonly clock: Clock;
  readonly state: () => ScanPhase | 'ended';
  readonly send: (event: ScanEvent) => void;
  readonly note: (level: LogLine['level'], text: string) => void;
}

/** The suspenders of a scan, and what listens for overshoots. */
export function scanGuards(options: ScanGuardsOptions): readonly ScanGuard[] {
  return [...suspensions(options), overshootGuard(options)];
}

function suspensions({ read, suspenders, clock, state, send, note }: ScanGuardsOptions): readonly ScanGuard[] {
  return suspenders.map((suspender, i) => {
    const { name, action, watch } = suspender;
    const by = suspenders.some((other, k) => k < i && other.name === name) ? `${name} ${i + 1}` : name;
    const isRead = read.some((detector) => detector === watch);
    return new Suspension({
      suspender,
      clock,
      // What the scan reads itself has values while it runs.
      mayAsk: () => !isRead || state() === 'held' || state() === 'paused',
      suspend: (reason) => {
        note('WARNING', `${by} holds the scan: ${reason}`);
        send({ type: 'suspend', by, action });
      },
      lift: () => {
        note('INFO', `${by} lets the scan go on`);
        send({ type: 'lift', by });
      },
      broken: (cause) => {
        const error = unwatched(by, cause);
        note('ERROR', error.message);
        send({ type: 'pauseNow', error });
        send({ type: 'lift', by });
      },
    });
  });
}

function unwatched(instrument: string, cause: unknown): DaqtorError {
  return new DaqtorError('scan.failed', {
    instrument,
    problem: `it cannot be watched any more: ${cause instanceof Error ? cause.message : String(cause)}`,
    advice: 'Once it is resumed, the scan goes on without this suspender',
    cause,
  });
}

function overshootGuard({ read, onOvershoot, send, note }: ScanGuardsOptions): ScanGuard {
  const react = (error: DaqtorError) => {
    const reaction = onOvershoot();
    if (reaction === 'ignore') return;
    note('WARNING', `${reaction} because of an overshoot: ${error.message}`);
    if (reaction === 'pause') send({ type: 'pause', error });
    else if (reaction === 'stop') send({ type: 'stop', stays: true });
    else send({ type: 'abort', error });
  };
  let subscriptions: readonly { unsubscribe(): void }[] = [];
  return {
    start: () => {
      subscriptions = read.map(({ name: instrument, actor }) =>
        actor.on('overshot', ({ overshoot: { name, label, value, limit, units } }) => {
          const problem = `'${name}' ${label} is ${value} ${units}, beyond its limit of ${limit} ${units}`;
          react(new DaqtorError('instrument.fault', { instrument, problem }));
        }),
      );
    },
    stop: () => {
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}
