import type { LargerScan, PointStatus, ScanDescription, ScanOutcome, ScanPoint } from '@daqtor/core';
import type { Compression } from '../data/array-saver.ts';
import { navAxesNodes, visitedAxes } from '../data/data-to-export-extended-saver.ts';
import type { Attributes, H5Operation } from '../h5/h5-operation.ts';
import { type DatasetMetadata, metadataAttributes, openOn } from '../layout/dataset-nodes.ts';
import { asBool, asBytes, asStr } from '../layout/envelope.ts';
import { localTime } from '../layout/local-time.ts';
import { groupName } from '../layout/node-names.ts';
import { groupNode } from '../layout/nodes.ts';
import { type Settings, settingsXml } from '../layout/settings-xml.ts';
import { ActuatorSaver } from './actuator-saver.ts';
import { DetectorExtendedSaver } from './detector-extended-saver.ts';
import type { SavesScan } from './recording.ts';
import { ScalarSaver } from './scalar-saver.ts';

/** Values of the array `Status`; 0, its fill, is a place that was not visited. */
const STATUSES: Readonly<Record<PointStatus, number>> = {
  measured: 1,
  skippedMoving: 2,
  skippedSettling: 3,
  skippedGrabbing: 4,
  skippedByHand: 5,
  dropped: 6,
  passed: 7,
};

/** What became of a place, by its status; undefined if it was not visited. A number of a later version counts as visited. */
export function statusOf(value: number): PointStatus | undefined {
  if (value === 0) return undefined;
  const [status = 'skippedByHand'] = Object.entries(STATUSES).find(([, one]) => one === value) ?? [];
  return status as PointStatus;
}

/** Saves a scan: what was planned, then each point through the savers of its detectors and actuators. */
export class ScanSaver implements SavesScan {
  readonly group: string;
  #description: ScanDescription;
  readonly #metadata: DatasetMetadata;
  readonly #shown: Readonly<Record<string, Settings>>;
  readonly #more: Attributes;
  readonly #actuators: readonly ActuatorSaver[];
  #detectors: readonly DetectorExtendedSaver[];
  readonly #compression: Compression | undefined;
  readonly #times: ScalarSaver;
  readonly #status: ScalarSaver;
  /** Of an adaptive scan. */
  readonly #signal: ScalarSaver | undefined;

  /**
   * @param group - path of the scan's group, e.g. `/RawData/Scan000`
   * @param shown - groups of settings to be shown beside the scan's own
   * @param attributes - what else is said of the scan, on its group
   */
  constructor(
    group: string,
    description: ScanDescription,
    metadata: DatasetMetadata,
    compression?: Compression,
    shown: Readonly<Record<string, Settings>> = {},
    attributes: Attributes = {},
  ) {
    this.group = group;
    this.#shown = shown;
    this.#more = attributes;
    this.#compression = compression;
    this.#description = description;
    this.#metadata = metadata;
    const { actuators, startedEpochMs } = description;
    this.#actuators = actuators.map(
      (record, i) => new ActuatorSaver(`${group}/${groupName('actuator', i)}`, record, description, startedEpochMs),
    );
    this.#detectors = this.#newDetectors();
    this.#times = new ScalarSaver(`${group}/Timestamps`, description, 'float64');
    this.#status = new ScalarSaver(`${group}/Status`, description, 'uint8');
    if (description.isAdaptive) this.#signal = new ScalarSaver(`${group}/Signal`, description, 'float64');
  }

  grow({ shape, axes }: LargerScan): LargerScan {
    const { shape: wasShape, axes: wasAxes } = this.#description;
    this.#description = { ...this.#description, shape, axes };
    const fresh = this.#newDetectors();
    this.#detectors = this.#detectors.map((saver, i) =>
      saver.isDefined ? saver : (fresh[i] as DetectorExtendedSaver),
    );
    return { shape: wasShape, axes: wasAxes };
  }

  #newDetectors(): readonly DetectorExtendedSaver[] {
    const description = this.#description;
    return description.detectors.map((record, i) => {
      const group = `${this.group}/${groupName('detector', i)}`;
      return new DetectorExtendedSaver(group, record, description, this.#compression);
    });
  }

  open(): H5Operation[] {
    const { axes, startedEpochMs } = this.#description;
    const facts = { origin: SCAN_TITLE, timestamp: startedEpochMs / 1000 };
    return [
      openOn(this.group),
      groupNode(this.group, SCAN_TITLE, this.#attributes()),
      ...navAxesNodes(this.group, axes),
      ...this.#actuators.flatMap((saver) => saver.open()),
      ...this.#detectors.flatMap((saver) => saver.open()),
      groupNode(`${this.group}/Timestamps`, 'Timestamps', { type: asStr('time') }),
      ...this.#times.open({ ...facts, title: 'ElapsedTime', label: 'ElapsedTime', units: 's' }),
      groupNode(`${this.group}/Status`, 'Status', { type: asStr('status') }),
      ...this.#status.open({ ...facts, title: 'PointStatus', label: 'measured', units: '' }),
      ...(this.#signal
        ? [
            groupNode(`${this.group}/Signal`, 'Signal', { type: asStr('signal') }),
            ...this.#signal.open({ ...facts, title: 'AdaptiveSignal', label: 'signal', units: '' }),
          ]
        : []),
    ];
  }

  write({ indexes, targets, positions, data, atEpochMs, status = 'measured', signal }: ScanPoint): H5Operation[] {
    const operations: H5Operation[] = [];
    const add = (all: readonly H5Operation[]) => {
      for (const one of all) operations.push(one);
    };
    for (const [i, given] of data.entries()) add(this.#detectors[i]?.write({ indexes, data: given }) ?? []);
    if (this.#description.isAdaptive) {
      const copies = this.#detectors.flatMap(({ plotAxes }) => plotAxes);
      add(visitedAxes(this.group, copies, indexes, targets));
    }
    for (const [i, saver] of this.#actuators.entries())
      add(saver.write({ indexes, position: positions[i] ?? Number.NaN }));
    operations.push(this.#times.write(indexes, (atEpochMs - this.#description.startedEpochMs) / 1000));
    if (this.#signal && signal !== undefined) operations.push(this.#signal.write(indexes, signal));
    operations.push(this.#status.write(indexes, STATUSES[status]));
    return operations;
  }

  /** Says how the scan ended, whatever became of its points. */
  close(outcome: ScanOutcome): H5Operation[] {
    const path = this.group;
    return [
      { op: 'attribute', path, name: 'scan_done', value: asBool(outcome === 'completed') },
      { op: 'attribute', path, name: 'scan_outcome', value: asStr(outcome) },
    ];
  }

  #attributes() {
    const { type, subType, settings, startedEpochMs, shape, detectors } = this.#description;
    const { date, time } = localTime(startedEpochMs);
    const scan = { scan_type: type, scan_sub_type: subType, shape: `(${shape.join(', ')})`, ...settings };
    return {
      ...(detectors.length > 0 && { default: groupName('detector', 0) }),
      type: asStr('scan'),
      ...metadataAttributes(this.#metadata),
      date_time: asStr(`${date} ${time.slice(0, 8)}`),
      scan_type: asStr(type),
      scan_sub_type: asStr(subType),
      scan_name: asStr(this.group.slice(this.group.lastIndexOf('/') + 1)),
      ...SCAN_UNDER_WAY,
      ...this.#more,
      settings: asBytes(settingsXml({ daq_scan_settings: scan, ...this.#shown })),
    };
  }
}

const SCAN_TITLE = 'DAQScan';

/** Overwritten at the end: a scan whose process died stays under way until it is resumed, and says so. */
export const SCAN_UNDER_WAY: Attributes = { scan_done: asBool(false), scan_outcome: asStr('running') };
