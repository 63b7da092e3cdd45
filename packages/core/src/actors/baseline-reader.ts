import { DataToExport } from '../data/data-to-export.ts';
import { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import type { Clock } from '../time/clock.ts';
import type { DaqMove } from './daq-move.ts';
import type { DaqViewer } from './daq-viewer.ts';
import type { OwnGrabs } from './own-grabs.ts';

type Module = DaqMove | DaqViewer;

/** What each module gave, in their order; undefined for one that could not be read. */
export interface BaselineValues {
  readonly values: readonly (DataToExport | undefined)[];
  readonly errors: readonly DaqtorError[];
}

/** Reads the modules of a baseline, all at once. */
export class BaselineReader {
  readonly modules: readonly Module[];
  readonly #clock: Clock;
  readonly #grabs: OwnGrabs;
  #underWay: Promise<unknown> = Promise.resolve();

  constructor(modules: readonly Module[], clock: Clock, grabs: OwnGrabs) {
    this.modules = modules;
    this.#clock = clock;
    this.#grabs = grabs;
  }

  /**
   * Begins once the reading before has ended, which may have been interrupted. Never rejects.
   *
   * @param isWanted - asked when it can begin; otherwise nothing is read
   */
  async read(isWanted: () => boolean): Promise<BaselineValues> {
    await this.#underWay;
    if (!isWanted()) return { values: [], errors: [] };
    const reading = this.#read();
    this.#underWay = reading;
    return await reading;
  }

  async #read(): Promise<BaselineValues> {
    const errors: DaqtorError[] = [];
    const values = await Promise.all(
      this.modules.map(async (module) => {
        try {
          return module.role === 'actuator' ? await this.#position(module) : await this.#grabs.next(module);
        } catch (error) {
          errors.push(DaqtorError.of(error, module.name, 'reading the baseline'));
          return undefined;
        }
      }),
    );
    return { values, errors };
  }

  async #position(actuator: DaqMove): Promise<DataToExport> {
    const { name, units } = actuator;
    const timestamp = this.#clock.epochMs() / 1000;
    const position = await actuator.read();
    return new DataToExport({
      name,
      data: [new DataWithAxes({ name, data: [position], units, origin: name, timestamp })],
    });
  }
}
