import { writeFile } from 'node:fs/promises';
import type { DaqScan, DataWithAxes, ScanPoint } from '@daqtor/core';

interface ExpectedArray {
  readonly shape: readonly number[];
  readonly units: string;
  /** Row-major; null where nothing was measured. */
  readonly values: (number | null)[];
}

/**
 * Collects what a scan measures, by the path under which the dataset layout keeps it, without asking the savers: for
 * checks that the file holds exactly what was measured.
 */
export class ExpectedValues {
  readonly #arrays: Record<string, ExpectedArray> = {};
  readonly #scanShape: readonly number[];

  constructor(run: Pick<DaqScan, 'points$'>, scanShape: readonly number[]) {
    this.#scanShape = scanShape;
    run.points$.subscribe((point) => this.#keep(point));
  }

  #keep(point: ScanPoint): void {
    const place = point.indexes.reduce((at, index, axis) => at * (this.#scanShape[axis] ?? 1) + index, 0);
    for (const [i, { data }] of point.data.entries()) {
      for (const one of data) {
        const signal = one.dim === 'Data0D' ? [] : one.shape;
        for (const [label, array] of one.data.entries()) {
          const path = `/RawData/Scan000/Detector${pad(i, 3)}/${one.dim}/CH${pad(channelOf(one, data), 2)}/Data${pad(label, 2)}`;
          const kept = this.#array(path, signal, one.units);
          for (const [k, value] of Array.from(array as ArrayLike<number>).entries()) {
            kept.values[place * array.length + k] = Number(value);
          }
        }
      }
    }
  }

  #array(path: string, signal: readonly number[], units: string): ExpectedArray {
    const shape = [...this.#scanShape, ...signal];
    const size = shape.reduce((product, length) => product * length, 1);
    this.#arrays[path] ??= { shape, units, values: new Array<number | null>(size).fill(null) };
    return this.#arrays[path];
  }

  async write(file: string): Promise<void> {
    await writeFile(file, JSON.stringify(this.#arrays));
  }
}

/** Data of one dimension are numbered in alphabetical order of their names. */
function channelOf(one: DataWithAxes, all: readonly DataWithAxes[]): number {
  const names = all.filter(({ dim }) => dim === one.dim).map(({ name }) => name);
  return names.sort().indexOf(one.name);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
