import type { ScanOutcome } from '@daqtor/core';
import type { H5Operation } from '../h5/h5-operation.ts';
import { openOn } from '../layout/dataset-nodes.ts';
import { asBool, asBytes, asStr } from '../layout/envelope.ts';
import { groupNode } from '../layout/nodes.ts';
import { type Settings, settingsXml } from '../layout/settings-xml.ts';

/**
 * The group in which the data of a logger lie, one group per module. PyMoDAQ 5 makes it a scan that is never done, and
 * finds it by its title.
 */
export class LoggerSaver {
  readonly group: string;
  readonly #opensOn: string | undefined;
  readonly #settings: Readonly<Record<string, Settings>>;

  /**
   * @param group - its path, e.g. `/RawData/Scan000`
   * @param opensOn - the member whose plot it opens on
   */
  constructor(group: string, settings: Readonly<Record<string, Settings>>, opensOn?: string) {
    this.group = group;
    this.#opensOn = opensOn;
    this.#settings = settings;
  }

  open(): H5Operation[] {
    return [
      openOn(this.group),
      groupNode(this.group, 'H5Logger', {
        ...(this.#opensOn !== undefined && { default: this.#opensOn }),
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
