import { LineSplitter, textBytes } from '../line-splitter.ts';
import type { SimulatedSession } from '../simulated-instrument.ts';
import { ScpiError } from './scpi-error.ts';
import { parseScpiMessage, type ScpiUnit } from './scpi-parser.ts';
import type { ScpiStatus } from './scpi-status.ts';

/** What a session needs of its device. */
export interface ScpiExecutor {
  readonly status: ScpiStatus;
  /**
   * Executes one command; a query resolves with its answer.
   *
   * @param signal - aborted, with a ScpiError, when the host does not wait for the answer any more
   * @throws ScpiError if the instrument refuses
   */
  execute(unit: ScpiUnit, signal: AbortSignal): string | undefined | Promise<string | undefined>;
}

/**
 * One host's talk with the device. A message that arrives while the answer to an earlier one is still being made
 * interrupts that query (IEEE 488.2): its answer is dropped, -410 reported, the new message executed. The
 * opposite, -420 for reading where nothing was asked, cannot happen on a stream of bytes.
 */
export class ScpiSession implements SimulatedSession {
  readonly #device: ScpiExecutor;
  readonly #transmit: (bytes: Uint8Array) => void;
  readonly #lines = new LineSplitter('\n');
  readonly #messages: string[] = [];
  /** Set while a query that takes time is being answered. */
  #query: AbortController | undefined;
  #running = false;
  #connected = true;

  constructor(device: ScpiExecutor, transmit: (bytes: Uint8Array) => void) {
    this.#device = device;
    this.#transmit = transmit;
  }

  receive(bytes: Uint8Array): void {
    const lines = this.#lines.push(bytes).filter((line) => line.trim() !== '');
    if (lines.length === 0) return;
    this.#messages.push(...lines);
    this.#query?.abort(new ScpiError(-410));
    if (!this.#running) void this.#run();
  }

  disconnect(): void {
    this.#connected = false;
    this.#messages.length = 0;
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let message = this.#messages.shift(); message !== undefined; message = this.#messages.shift()) {
      const answers: string[] = [];
      const interrupted = await this.#execute(message, answers);
      if (answers.length > 0 && this.#connected && !interrupted) this.#transmit(textBytes(`${answers.join(';')}\n`));
    }
    this.#running = false;
  }

  /** @returns whether the host has stopped waiting for the answers */
  async #execute(message: string, answers: string[]): Promise<boolean> {
    try {
      for (const unit of parseScpiMessage(message)) {
        const answer = await this.#answerTo(unit);
        if (answer !== undefined) answers.push(answer);
      }
      return false;
    } catch (error) {
      if (!(error instanceof ScpiError)) throw error;
      this.#device.status.report(error.code);
      return error.code === -410;
    }
  }

  async #answerTo(unit: ScpiUnit): Promise<string | undefined> {
    const waiting = new AbortController();
    const outcome = this.#device.execute(unit, waiting.signal);
    if (!(outcome instanceof Promise)) return outcome;
    if (unit.query) {
      this.#query = waiting;
      // The next message may already be here: hosts that do not wait for answers send them together.
      if (this.#messages.length > 0) waiting.abort(new ScpiError(-410));
    }
    try {
      return await outcome;
    } finally {
      this.#query = undefined;
    }
  }
}
