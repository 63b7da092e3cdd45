import type { DataWithAxes } from './data-with-axes.ts';

/** What one module gives away at once: several data objects, with distinct names. */
export class DataToExport {
  readonly name: string;
  readonly data: readonly DataWithAxes[];
  /** When the data were taken, in seconds since 1970: the earliest of theirs. */
  readonly timestamp: number;

  constructor({ name, data }: { readonly name: string; readonly data: readonly DataWithAxes[] }) {
    this.name = name;
    this.data = data;
    this.timestamp = data.length === 0 ? Number.NaN : Math.min(...data.map((one) => one.timestamp));
  }

  /** The data object of this name, if there is one. */
  get(name: string): DataWithAxes | undefined {
    return this.data.find((one) => one.name === name);
  }
}
