import type { DataToExport } from '../data/data-to-export.ts';
import type { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';

/**
 * The mean of data that come one after the other, with error bars.
 *
 * Source of the recurrence: B. P. Welford, Technometrics 4 (1962) 419; it does not lose digits where the scatter is small
 * against the value.
 */
export class RunningMean {
  readonly #means = new Map<string, MeanOfOne>();
  #first: DataToExport | undefined;
  #count = 0;

  /** How many were added. */
  get count(): number {
    return this.#count;
  }

  /** @throws DaqtorError `data.shape` if the names, shapes or units differ from those of the first */
  add(frame: DataToExport): void {
    this.#first ??= frame;
    if (frame.data.length !== this.#first.data.length) throw misfit('the number of data objects differs');
    for (const one of frame.data) {
      const known = this.#means.get(one.name);
      if (known) known.add(one);
      else if (this.#count === 0) this.#means.set(one.name, new MeanOfOne(one));
      else throw misfit(`'${one.name}' was not there before`);
    }
    this.#count++;
  }

  /**
   * The mean so far, in float64, dated like the first. Its error bars are the standard error of the mean, from the scatter
   * of what was added; of a single frame those that it brought, if any.
   *
   * @returns undefined before the first
   */
  mean(): DataToExport | undefined {
    return this.#first?.with({ data: [...this.#means.values()].map((one) => one.mean()) });
  }

  /** Begins anew. */
  reset(): void {
    this.#means.clear();
    this.#first = undefined;
    this.#count = 0;
  }
}

class MeanOfOne {
  readonly #first: DataWithAxes;
  readonly #means: readonly Float64Array[];
  /** Sums of squared distances from the mean. */
  readonly #squares: readonly Float64Array[];
  #count = 1;

  constructor(first: DataWithAxes) {
    this.#first = first;
    this.#means = first.data.map((array) => Float64Array.from(array as ArrayLike<number>, Number));
    this.#squares = first.data.map(({ length }) => new Float64Array(length));
  }

  add({ name, data, shape, units }: DataWithAxes): void {
    const first = this.#first;
    if (data.length !== first.data.length || shape.join() !== first.shape.join()) {
      throw misfit(`the shape of '${name}' went from [${first.shape.join(', ')}] to [${shape.join(', ')}]`);
    }
    if (units !== first.units) throw misfit(`the units of '${name}' went from '${first.units}' to '${units}'`);
    const count = ++this.#count;
    for (const [k, array] of data.entries()) {
      const means = this.#means[k] as Float64Array;
      const squares = this.#squares[k] as Float64Array;
      for (let i = 0; i < means.length; i++) {
        const value = Number(array[i]);
        const before = value - (means[i] as number);
        const mean = (means[i] as number) + before / count;
        means[i] = mean;
        squares[i] = (squares[i] as number) + before * (value - mean);
      }
    }
  }

  mean(): DataWithAxes {
    const count = this.#count;
    const data = this.#means.map((means) => means.slice());
    if (count === 1) return this.#first.with({ data });
    return this.#first.with({
      data,
      errors: this.#squares.map((squares) => squares.map((sum) => Math.sqrt(sum / (count * (count - 1))))),
    });
  }
}

function misfit(problem: string): DaqtorError {
  return new DaqtorError('data.shape', {
    problem: `no mean can be taken: ${problem}`,
    advice: 'Leave the settings of the detector alone while it averages',
  });
}
