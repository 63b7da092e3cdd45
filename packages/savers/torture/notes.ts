import { closeSync, openSync, writeSync } from 'node:fs';
import type { TortureScan } from './torture-scan.ts';

/** A text file of what was acknowledged, for check-file.py. */
export class Notes {
  readonly path: string;
  /** The dataset that the last scan went into. */
  file = '';

  constructor(path: string) {
    this.path = path;
  }

  /** Notes what a scan tells. */
  told({ shape, key }: Pick<TortureScan, 'shape' | 'key'>) {
    return {
      begun: (file: string, group: string) => {
        this.file = file;
        this.#note('begun', key, shape[0], shape[1], group);
      },
      saved: (step: number) => this.#note('saved', key, step),
      ended: (lines: number) => this.#note('ended', key, lines),
    };
  }

  /** In one synchronous call: what is noted outlives a kill, as what is saved must. */
  #note(...words: readonly (string | number)[]): void {
    const fd = openSync(this.path, 'a');
    writeSync(fd, `${words.join(' ')}\n`);
    closeSync(fd);
  }
}
