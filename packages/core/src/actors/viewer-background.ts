import type { DataToExport } from '../data/data-to-export.ts';

/**
 * The background of a viewer: once taken, every grab carries it, displays and regions of interest see the data without
 * it, and savers keep it beside the data, which stay as they were measured.
 */
export class ViewerBackground {
  readonly #grab: (average: number | undefined) => Promise<DataToExport>;
  #current: DataToExport | undefined;

  /** @param grab - takes data that are not published */
  constructor(grab: (average: number | undefined) => Promise<DataToExport>) {
    this.#grab = grab;
  }

  /** What is subtracted; undefined when there is none. */
  get current(): DataToExport | undefined {
    return this.#current;
  }

  /**
   * Grabs what the detector shows now, and keeps it.
   *
   * @param options - `average`: grabs averaged into it; default the setting of the detector
   * @throws as `grab`
   */
  async take(options: { readonly average?: number } = {}): Promise<DataToExport> {
    const taken = await this.#grab(options.average);
    this.#current = taken;
    return taken;
  }

  /** Keeps one that was taken before, e.g. loaded from a file. */
  keep(background: DataToExport): void {
    this.#current = background.with({ background: undefined });
  }

  forget(): void {
    this.#current = undefined;
  }
}
