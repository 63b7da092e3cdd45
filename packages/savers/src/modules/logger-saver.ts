import type { ScanOutcome } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';
import { asBool, asBytes, asStr } from '../layout/envelope.ts';
import { groupNode } from '../layout/nodes.ts';
import { type Settings, settingsXml } from '../layout/settings-xml.ts';

/**
 * The group in which the data of a logger lie, one group per module. PyMoDAQ 5 makes it a scan that is never done, and
 * finds it by its title.
 */
export class LoggerSaver {
  readonly group: string;
  readonly #settings: Readonly<Record<string, Settings>>;

  /** @param group - its path, e.g. `/RawData/Scan000` */
  constructor(group: string, settings: Readonly<Record<string, Settings>>) {
    this.group = group;
    this.#settings = settings;
  }

  open(): H5Operation[] {
    return [
      groupNode(this.group, 'H5Logger', {
        type: asStr('scan'),
        description: asStr(''),
        scan_done: asBool(false),
        scan_outcome: asStr('running'),
        settings: asBytes(settingsXml(this.#settings)),
      }),
    ];
  }

  close(outcome: ScanOutcome): H5Operation[] {
    return [{ op: 'attribute', path: this.group, name: 'scan_outcome', value: asStr(outcome) }];
  }
}
