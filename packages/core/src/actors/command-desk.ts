import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';

/** Something that a module does with its driver. */
export interface Task<T> {
  /** For the error message, e.g. `moving to 3 mm`. */
  readonly tried: string;
  readonly timeoutMs: number;
  /** @param signal - aborted on timeout, on stop and on close */
  run(signal: AbortSignal): Promise<T>;
}

/** What a module's machine is told when a command ends. */
export type CommandEvent =
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly error: DaqtorError };

interface Command {
  readonly id: number;
  readonly task: Task<unknown>;
  readonly abort: AbortController;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Whoever waits for a command that was interrupted. */
export type Interrupted = Pick<Command, 'resolve' | 'reject'>;

/**
 * One command at a time, each with an identity. The module's machine decides when a command begins; the desk runs it,
 * watches its time, and tells the machine how it ended. An answer that comes late, twice or after an abort finds nobody
 * waiting: it can never be taken for the answer to another command.
 */
export class CommandDesk {
  readonly #instrument: string;
  readonly #clock: Clock;
  readonly #tell: (event: CommandEvent) => void;
  #lastId = 0;
  #current: Command | undefined;

  constructor(instrument: string, clock: Clock, tell: (event: CommandEvent) => void) {
    this.#instrument = instrument;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Takes a command. It runs once the machine calls `begin` with its id. */
  take<T>(task: Task<T>): { readonly id: number; readonly answer: Promise<T> } {
    const id = ++this.#lastId;
    const answer = new Promise<T>((resolve, reject) => {
      this.#current = { id, task, abort: new AbortController(), resolve, reject };
    });
    return { id, answer };
  }

  begin(id: number): void {
    const command = this.#current;
    if (command?.id !== id) return;
    const { tried, timeoutMs } = command.task;
    const timer = this.#clock.setTimeout(() => {
      const problem = `${tried} took longer than ${timeoutMs} ms`;
      const advice = 'Check that the instrument is powered, connected and free, or raise timeoutMs';
      this.#fail(command, new DaqtorError('instrument.timeout', { problem, advice }));
    }, timeoutMs);
    command.task.run(command.abort.signal).then(
      (value) => {
        this.#clock.clearTimeout(timer);
        this.#finish(command, value);
      },
      (cause: unknown) => {
        this.#clock.clearTimeout(timer);
        this.#fail(command, cause);
      },
    );
  }

  #finish(command: Command, value: unknown): void {
    if (this.#current !== command) return;
    this.#current = undefined;
    this.#tell({ type: 'done', id: command.id });
    command.resolve(value as never);
  }

  #fail(command: Command, cause: unknown): void {
    if (this.#current !== command) return;
    this.#current = undefined;
    const error = DaqtorError.of(cause, this.#instrument, command.task.tried);
    command.abort.abort(error);
    this.#tell({ type: 'failed', id: command.id, error });
    command.reject(error);
  }

  /**
   * Aborts what runs, without an answer: the caller now owes one to whoever waits.
   *
   * @returns undefined when nothing was running
   */
  interrupt(reason: DaqtorError): Interrupted | undefined {
    const command = this.#current;
    this.#current = undefined;
    command?.abort.abort(reason);
    return command;
  }
}
