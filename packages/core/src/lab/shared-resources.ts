import type { Shareable } from '../contracts/connect-context.ts';

interface Entry {
  readonly value: Promise<Shareable>;
  holders: number;
}

/** Things that several drivers hold at once, e.g. one serial port: opened by the first, closed by the last. */
export class SharedResources {
  readonly #entries = new Map<unknown, Entry>();

  async share<T extends Shareable>(key: unknown, open: () => Promise<T>) {
    const entry = this.#entries.get(key) ?? { value: open(), holders: 0 };
    this.#entries.set(key, entry);
    entry.holders++;
    let held = true;
    const release = async () => {
      if (!held) return;
      held = false;
      entry.holders--;
      if (entry.holders > 0) return;
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      await (await entry.value).close();
    };
    try {
      return { value: (await entry.value) as T, release };
    } catch (error) {
      this.#entries.delete(key);
      throw error;
    }
  }
}
