import { type Clock, type DaqScan, type DetectorSpec, lab, type PortSetting, type ScanResult } from '@daqtor/core';
import { esp301, keithley2000 } from '@daqtor/drivers';
import { dataset } from '@daqtor/savers';
import { type DemoKind, demoKinds } from './demo-kinds.ts';

export interface DemoScanOptions {
  readonly kind: DemoKind;
  /** Where the motion controller is, e.g. `serial:/dev/ttyUSB0`. */
  readonly stage: PortSetting;
  /** Where the multimeter is, e.g. `tcp://meter.lab:5025`. */
  readonly meter: PortSetting;
  readonly spectrometer: DetectorSpec;
  readonly camera: DetectorSpec;
  /** Points along each axis, or as many as that makes. */
  readonly points: number;
  /** Folder of the dataset. */
  readonly out: string;
  readonly clock: Clock;
  /** Given the scan as soon as it runs. */
  readonly watch: (run: DaqScan) => void;
}

/** Scans a target under a laser beam: the power behind it, and at rest a spectrum and a picture as well. */
export async function demoScan(options: DemoScanOptions): Promise<ScanResult> {
  const { kind, stage, meter, spectrometer, camera, points, out, clock, watch } = options;
  const { velocity, begin } = demoKinds[kind];
  const motion = { port: stage, epsilon: 0.002, ...(velocity !== undefined && { velocity }) };
  await using bench = await lab(
    {
      x: esp301({ ...motion, axis: 1 }),
      y: esp301({ ...motion, axis: 2 }),
      power: keithley2000({ port: meter, nplc: 0.1, range: 10 }),
      spectrum: spectrometer,
      camera,
    },
    { clock },
  );
  const run = begin(bench, points, dataset(out, { sample: 'star in a ring' }));
  watch(run);
  return await run.done;
}
