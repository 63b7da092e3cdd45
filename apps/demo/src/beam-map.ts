import { type Clock, type DaqScan, type DetectorSpec, grid, lab, linspace, type PortSetting } from '@daqtor/core';
import { esp301, keithley2000 } from '@daqtor/drivers';
import { dataset } from '@daqtor/savers';

export interface BeamMapOptions {
  /** Where the motion controller is, e.g. `serial:/dev/ttyUSB0`. */
  readonly stage: PortSetting;
  /** Where the multimeter is, e.g. `tcp://meter.lab:5025`. */
  readonly meter: PortSetting;
  readonly spectrometer: DetectorSpec;
  readonly camera: DetectorSpec;
  /** Points along each axis. */
  readonly points: number;
  /** Folder of the dataset. */
  readonly out: string;
  readonly clock: Clock;
  /** Given the scan as soon as it runs. */
  readonly watch: (run: DaqScan) => void;
}

/** Maps a target under a laser beam: at each point of a raster the power behind it, a spectrum and a picture. */
export async function beamMap({ stage, meter, spectrometer, camera, points, out, clock, watch }: BeamMapOptions) {
  await using bench = await lab(
    {
      x: esp301({ port: stage, axis: 1, epsilon: 0.002 }),
      y: esp301({ port: stage, axis: 2, epsilon: 0.002 }),
      power: keithley2000({ port: meter, nplc: 0.1 }),
      spectrum: spectrometer,
      camera,
    },
    { clock },
  );

  const run = bench.scan({
    over: grid(linspace(bench.y, -1, 1, points, 'mm'), linspace(bench.x, -1, 1, points, 'mm')).snake(),
    read: [bench.power, bench.spectrum, bench.camera],
    settleMs: 20,
    onError: 'abort', // nobody could resume it from here
    save: dataset(out, { sample: 'star in a ring' }),
  });

  watch(run);
  return await run.done;
}
