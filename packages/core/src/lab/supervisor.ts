import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock, TimerHandle } from '../time/clock.ts';
import type { LabFact } from './lab-event.ts';
import { pauseBefore, type ReconnectPolicy } from './reconnect-policy.ts';

export interface SupervisorOptions {
  readonly module: DaqMove | DaqViewer;
  readonly policy: ReconnectPolicy;
  readonly clock: Clock;
  readonly connect: () => Promise<void>;
  readonly tell: (fact: LabFact) => void;
}

/** Connects one module again when its link was lost. It reads the module's facts, and touches no other module. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #attempt = 0;
  #lostAtMs = 0;
  /** Of an actuator: where it was when the link was lost. */
  #was: number | undefined;
  #timer: TimerHandle | undefined;
  #isOver = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Attempts are wanted, also after `end`. */
  begin(): void {
    this.#isOver = false;
  }

  /** The module has faulted, for the first time or in an attempt. */
  faulted(error: DaqtorError): void {
    const { module, policy, clock, tell } = this.#options;
    if (this.#isOver || this.#timer) return;
    if (this.#attempt === 0) {
      this.#lostAtMs = clock.now();
      this.#was = module.role === 'actuator' ? module.position : undefined;
    }
    const attempts = this.#attempt;
    // Settings do not become right by waiting.
    if (attempts >= (policy.attempts ?? Number.POSITIVE_INFINITY) || error.code === 'lab.settings') {
      this.#attempt = 0;
      tell({ type: 'abandoned', attempts, error });
      return;
    }
    this.#attempt++;
    const inMs = pauseBefore(this.#attempt, policy);
    tell({ type: 'reconnecting', attempt: this.#attempt, inMs });
    this.#timer = clock.setTimeout(() => {
      this.#timer = undefined;
      // The machine tells a failure as a fact, which comes back to here.
      if (module.state === 'faulted') this.#options.connect().catch(() => undefined);
    }, inMs);
  }

  /** The module is connected, whoever did it. */
  connected(): void {
    const { module, clock, tell } = this.#options;
    const attempt = this.#attempt;
    this.#rest();
    if (attempt === 0) return;
    const awayMs = clock.now() - this.#lostAtMs;
    const where = module.role === 'actuator' && { position: module.position, units: module.units };
    tell({ type: 'reconnected', attempt, awayMs, ...(where && { ...where, was: this.#was ?? Number.NaN }) });
  }

  /** No further attempts. */
  end(): void {
    this.#isOver = true;
    this.#rest();
  }

  #rest(): void {
    if (this.#timer) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#attempt = 0;
  }
}
