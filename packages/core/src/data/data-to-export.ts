import type { DataWithAxes } from './data-with-axes.ts';

export interface ExportInit {
  readonly name: string;
  readonly data: readonly DataWithAxes[];
  readonly background?: DataToExport | undefined;
}

/** What one module gives away at once: several data objects, with distinct names. */
export class DataToExport {
  readonly name: string;
  readonly data: readonly DataWithAxes[];
  /** When the data were taken, in seconds since 1970: the earliest of theirs. */
  readonly timestamp: number;
  /**
   * What the module showed without a signal, by the same names; `data` are as they were measured, nothing is subtracted
   * from them.
   */
  readonly background: DataToExport | undefined;

  constructor({ name, data, background }: ExportInit) {
    this.name = name;
    this.data = data;
    this.background = background;
    this.timestamp = data.reduce(
      (earliest, { timestamp }) => Math.min(earliest, timestamp),
      data[0]?.timestamp ?? Number.NaN,
    );
  }

  /** The same export with some facts replaced. */
  with(facts: Partial<ExportInit>): DataToExport {
    return new DataToExport({ ...this, ...facts });
  }

  /** The data object of this name, if there is one. */
  get(name: string): DataWithAxes | undefined {
    return this.data.find((one) => one.name === name);
  }
}
