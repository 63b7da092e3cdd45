import { DaqViewer } from '../actors/daq-viewer.ts';
import type { ConnectContext } from '../contracts/connect-context.ts';
import type { DetectorDriver } from '../contracts/detector-driver.ts';
import { SharedResources } from '../lab/shared-resources.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { stubDetector } from './stub-instruments.ts';

type Settings = Parameters<ReturnType<typeof stubDetector>>[0];

/** A DAQ_Viewer named `meter` on a detector in memory, connected, in virtual time, with the facts that it tells. */
export async function connectedViewer(
  overrides?: (context: ConnectContext) => Partial<DetectorDriver>,
  settings: Settings = {},
) {
  const clock = new VirtualClock();
  const meter = new DaqViewer('meter', stubDetector(undefined, overrides)(settings), clock);
  const facts: string[] = [];
  meter.actor.on('*', ({ type }) => facts.push(type));
  const shared = new SharedResources();
  await meter.connect({ share: shared.share.bind(shared) });
  return { meter, clock, facts };
}
