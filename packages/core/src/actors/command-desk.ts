import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock, TimerHandle } from '../time/clock.ts';

/** Something that a module does with its driver. */
export interface Task<T> {
  /** For the error message, e.g. `moving to 3 mm`. */
  readonly tried: string;
  /** Longest time without a sign of life, as it is set now. */
  readonly timeoutMs: () => number;
  /**
   * @param signal - aborted on timeout, on stop and on close
   * @param watch - for what may go on for long, as long as the instrument answers
   */
  run(signal: AbortSignal, watch: TaskWatch): Promise<T>;
}

/** Watches the time of a task. */
export interface TaskWatch {
  /** Gives the task its time anew: the instrument has answered. */
  answered(): void;
  /** Stops the time until `answered`: the task waits for something that is not the instrument. */
  hold(): void;
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
  timer?: TimerHandle | undefined;
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
    command.task.run(command.abort.signal, this.#watch(command)).then(
      (value) => this.#finish(command, value),
      (cause: unknown) => this.#fail(command, cause),
    );
  }

  /** Fails the command once it gave no sign of life for its time. */
  #watch(command: Command): TaskWatch {
    const { tried, timeoutMs } = command.task;
    const clock = this.#clock;
    let lastMs = clock.now();
    let limitMs = timeoutMs();
    const look = () => {
      const leftMs = lastMs + limitMs - clock.now();
      if (leftMs > 0) {
        command.timer = clock.setTimeout(look, leftMs);
        return;
      }
      const problem = `${tried} took longer than ${limitMs} ms`;
      const advice = 'Check that the instrument is powered, connected and free, or raise timeoutMs';
      this.#fail(command, new DaqtorError('instrument.timeout', { problem, advice }));
    };
    const hold = () => {
      if (command.timer) clock.clearTimeout(command.timer);
      command.timer = undefined;
    };
    command.timer = clock.setTimeout(look, limitMs);
    return {
      answered: () => {
        lastMs = clock.now();
        if (this.#current !== command) return;
        const isShorter = timeoutMs() < limitMs;
        limitMs = timeoutMs();
        // A timer that is not late is left running: moving it with each of thousands of frames would cost more than to look.
        if (isShorter) hold();
        command.timer ??= clock.setTimeout(look, limitMs);
      },
      hold,
    };
  }

  #finish(command: Command, value: unknown): void {
    if (!this.#end(command)) return;
    this.#tell({ type: 'done', id: command.id });
    command.resolve(value as never);
  }

  #fail(command: Command, cause: unknown): void {
    if (!this.#end(command)) return;
    const error = DaqtorError.of(cause, this.#instrument, command.task.tried);
    command.abort.abort(error);
    this.#tell({ type: 'failed', id: command.id, error });
    command.reject(error);
  }

  /** @returns false if the command has ended already: nobody waits for it any more */
  #end(command: Command): boolean {
    if (this.#current !== command) return false;
    this.#current = undefined;
    if (command.timer) this.#clock.clearTimeout(command.timer);
    return true;
  }

  /**
   * Aborts what runs, without an answer: the caller now owes one to whoever waits.
   *
   * @returns undefined when nothing was running
   */
  interrupt(reason: DaqtorError): Interrupted | undefined {
    const command = this.#current;
    if (command) this.#end(command);
    command?.abort.abort(reason);
    return command;
  }
}
