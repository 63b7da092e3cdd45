import type { Shareable } from '@daqtor/core';
import { DriverProcess, type DriverProcessOptions } from './driver-process.ts';

/** The place of a process for the drivers of one port: one that has ended is followed by another. */
export class DriverHost implements Shareable {
  readonly #options: DriverProcessOptions;
  #process: DriverProcess | undefined;

  constructor(options: DriverProcessOptions) {
    this.#options = options;
  }

  /** A process that runs. Drivers of one that ended stay gone. */
  async process(): Promise<DriverProcess> {
    // What the old one held, its port above all, is free once it has really ended.
    if (this.#process?.isGone) await this.#process.close();
    if (!this.#process || this.#process.isGone) this.#process = new DriverProcess(this.#options);
    return this.#process;
  }

  async close(): Promise<void> {
    await this.#process?.close();
  }
}
