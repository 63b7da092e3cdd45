import { lab, type Scan, type ScanRecorder, VirtualClock } from '@daqtor/core';
import { stubActuator, stubDetector } from '@daqtor/core/testing';

/** Where its axes are before a scan, in mm. */
export const START = 0.5;

const stage = stubActuator(() => {
  let position = START;
  return {
    readPosition: async () => position,
    startMove: async (target) => {
      position = target;
    },
  };
});

/** Runs a scan in virtual time and saves it: `meter` gives the number of the step. */
export async function runKind(scan: Scan, save: ScanRecorder) {
  const specs = { x: stage({}), y: stage({}), z: stage({}), meter: stubDetector()({}) };
  await using bench = await lab(specs, { clock: new VirtualClock() });
  const run = bench.scan({ over: scan, read: [bench.meter], save });
  const visited: (readonly number[])[] = [];
  run.points$.subscribe(({ targets }) => visited.push(targets));
  return { ...(await run.done), visited };
}
