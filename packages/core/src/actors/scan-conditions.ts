import { DaqtorError } from '../errors/daqtor-error.ts';
import { type Condition, conditionText, countsAt, isInside } from '../scan/condition.ts';
import type { Modules } from '../scan/modules.ts';
import { numberIn, unitsOf } from '../scan/watched.ts';
import type { Clock } from '../time/clock.ts';
import { convertUnits } from '../units/units.ts';
import type { DaqMove } from './daq-move.ts';
import type { DaqViewer } from './daq-viewer.ts';
import type { OwnGrabs } from './own-grabs.ts';

export interface ScanConditionsOptions {
  readonly conditions: readonly Condition[];
  readonly modules: Modules;
  /** Names of the actuators, in the order of the targets. */
  readonly actuators: readonly string[];
  readonly clock: Clock;
  readonly grabs: OwnGrabs;
  /** Told what is waited for, as it changes; nothing once all is well. */
  readonly waits: (texts: readonly string[]) => void;
}

/** The point that is waited for. */
interface PointAhead {
  readonly step: number;
  readonly targets: readonly number[];
}

/** What has to be in its band before a point is measured. */
export class ScanConditions {
  readonly #options: ScanConditionsOptions;
  #conditions: readonly Condition[];
  /** For which target of its actuator a condition was met last. */
  readonly #met = new Map<Condition, number>();

  constructor(options: ScanConditionsOptions) {
    this.#options = options;
    this.#conditions = options.conditions;
  }

  /** The modules that are looked at. */
  get modules(): readonly (DaqMove | DaqViewer)[] {
    return this.#conditions.flatMap(({ module }) => this.#options.modules[module] ?? []);
  }

  /** Others from now on. */
  change(conditions: readonly Condition[]): void {
    this.#conditions = conditions;
    this.#met.clear();
  }

  /** Whether there is anything to wait for before a point. */
  isDue(point: PointAhead): boolean {
    return this.#due(point).length > 0;
  }

  /** The point is measured: what was waited for is met, or was lifted, until its actuator has another target. */
  passed(point: PointAhead): void {
    for (const condition of this.#due(point)) this.#met.set(condition, this.#targetOf(condition, point));
  }

  /** Nothing is known to hold any more, e.g. after a pause. */
  forget(): void {
    this.#met.clear();
  }

  /**
   * Waits until all that counts for a point is in its band.
   *
   * @throws DaqtorError `instrument.timeout` of the first that is not in time; what reading it failed with; `signal.reason`
   */
  async wait(point: PointAhead, signal: AbortSignal): Promise<void> {
    const due = this.#due(point);
    const open = new Set(due);
    const told = () => this.#options.waits([...open].map((one) => conditionText(one, this.#options.modules)));
    told();
    const failed = new AbortController();
    const ended = AbortSignal.any([signal, failed.signal]);
    try {
      await Promise.all(
        due.map(async (condition) => {
          await this.#until(condition, ended);
          open.delete(condition);
          if (open.size > 0) told();
        }),
      );
    } catch (error) {
      failed.abort(error);
      throw error;
    } finally {
      this.#options.waits([]);
    }
  }

  async #until(condition: Condition, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const { forMs, withinMs, everyMs } = condition;
    const deadline = clock.now() + withinMs;
    let insideSince: number | undefined;
    for (;;) {
      const value = await this.#read(condition);
      signal.throwIfAborted();
      const now = clock.now();
      insideSince = isInside(value, condition) ? (insideSince ?? now) : undefined;
      const isThere = insideSince === undefined ? Number.POSITIVE_INFINITY : insideSince + forMs;
      if (now >= isThere) return;
      if (now >= deadline) throw this.#tooLate(condition, value);
      await clock.sleep(Math.min(everyMs, isThere - now, deadline - now), signal);
    }
  }

  async #read(condition: Condition): Promise<number> {
    const { modules, grabs } = this.#options;
    const module = modules[condition.module];
    if (!module)
      throw new DaqtorError('module.state', { instrument: condition.module, problem: 'it is not in this lab' });
    if (module.role === 'detector') return numberIn(await grabs.next(module), module.name, condition);
    return convertUnits(await module.read(), module.units, unitsOf(module, condition));
  }

  #tooLate(condition: Condition, value: number): DaqtorError {
    const { modules } = this.#options;
    const units = unitsOf(modules[condition.module], condition);
    return new DaqtorError('instrument.timeout', {
      instrument: condition.module,
      problem: `it is ${value} ${units}, and within ${condition.withinMs} ms it was not so that ${conditionText(condition, modules)}`,
      advice: 'skipWait() measures without waiting for it',
    });
  }

  #due(point: PointAhead): readonly Condition[] {
    if (this.#conditions.length === 0) return this.#conditions;
    return this.#conditions.filter((condition) =>
      countsAt(condition, point.step, () => this.#met.get(condition) !== this.#targetOf(condition, point)),
    );
  }

  #targetOf({ after }: Condition, { targets }: PointAhead): number {
    return after === undefined ? Number.NaN : (targets[this.#options.actuators.indexOf(after)] ?? Number.NaN);
  }
}
