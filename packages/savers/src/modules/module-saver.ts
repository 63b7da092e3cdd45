import type { ModuleRecord } from '@daqtor/core';
import type { CreateGroup, H5Operation } from '../h5/h5-operation.ts';
import { asBytes, asStr } from '../layout/envelope.ts';
import { groupNode } from '../layout/nodes.ts';
import { type Settings, settingsXml } from '../layout/settings-xml.ts';
import type { Saver } from './saver.ts';

/** What all savers of one module have in common: its group, with its settings. */
export abstract class ModuleSaver<T> implements Saver<T> {
  /** Path of the module's group, e.g. `/RawData/Detector000`. */
  readonly group: string;
  readonly record: ModuleRecord;
  readonly #type: 'detector' | 'actuator';
  readonly #settings: Readonly<Record<string, Settings>>;

  /** @param settings - groups of settings to be shown beside the module's own */
  protected constructor(
    type: 'detector' | 'actuator',
    group: string,
    record: ModuleRecord,
    settings: Readonly<Record<string, Settings>> = {},
  ) {
    this.group = group;
    this.record = record;
    this.#type = type;
    this.#settings = settings;
  }

  open(): H5Operation[] {
    return [this.groupNode()];
  }

  abstract write(value: T): readonly H5Operation[];

  protected groupNode(): CreateGroup {
    const { kind, title, identity = '', settings, name } = this.record;
    const own = this.#type === 'actuator' ? 'daq_move_settings' : 'daq_viewer_settings';
    return groupNode(this.group, name, {
      type: asStr(this.#type),
      settings: asBytes(settingsXml({ [own]: { kind, title, identity, settings }, ...this.#settings })),
    });
  }
}
