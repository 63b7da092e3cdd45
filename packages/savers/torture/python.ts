import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A Python script that answers each line of JSON with one. */
export class Python implements Disposable {
  readonly #process;
  readonly #answers;

  /** @param script - beside this file, run by Debian's Python, which has h5py */
  constructor(script: string) {
    this.#process = spawn('/usr/bin/python3', [new URL(script, import.meta.url).pathname], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async ask<T>(request: unknown): Promise<T> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`Python ended (exit code ${this.#process.exitCode})`);
    return JSON.parse(value) as T;
  }

  [Symbol.dispose](): void {
    this.#process.stdin.end();
  }
}
