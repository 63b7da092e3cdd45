import { z } from 'zod';
import { defineDetector } from '../../contracts/define-detector.ts';
import type { DetectorDriver } from '../../contracts/detector-driver.ts';
import { SharedResources } from '../../lab/shared-resources.ts';
import { realClock } from '../../time/real-clock.ts';
import { DaqViewer } from '../daq-viewer.ts';
import { viewerMachine } from '../viewer-machine.ts';
import { DriverFaults } from './driver-faults.ts';
import { type PathEvent, transitionsOf } from './machine-paths.ts';
import { GONE, type ModuleOnTrial, REFUSED } from './walk-module.ts';

interface OpenedDetector {
  readonly driver: DetectorDriver;
  dispose?(): Promise<void>;
}

const BUSY = ['connecting', 'grabbing', 'live', 'setting', 'stopping', 'closing'];

/** Every transition that a DAQ_Viewer can be brought to make. */
export function viewerTransitions() {
  return transitionsOf(viewerMachine, (state, id) => {
    const ends: readonly PathEvent[] = [
      ...(state === 'live' ? [] : [{ type: 'done', id }]),
      { type: 'failed', id, error: GONE },
      { type: 'failed', id, error: REFUSED },
    ];
    // Nothing is asked of the driver while it stops, so that only its silence could make that fail.
    const canEnd = BUSY.includes(state) ? (state === 'stopping' ? ends.slice(0, 1) : ends) : [];
    return [
      ...['connect', 'reconnect', 'set', 'grab', 'live', 'stop'].map((type) => ({ type, id: id + 1 })),
      ...(state === 'offline' || state === 'closing' ? [] : [{ type: 'close', id: id + 1 }]),
      ...canEnd,
      { type: 'misread', error: REFUSED },
    ];
  });
}

/** A DAQ_Viewer on a driver on trial. */
export async function viewerOnTrial(open: () => Promise<OpenedDetector>): Promise<ModuleOnTrial> {
  const faults = new DriverFaults();
  const opened: OpenedDetector[] = [];
  let refusal: typeof REFUSED | undefined;
  const plugin = defineDetector({
    kind: 'on-trial',
    title: 'Detector on trial',
    settings: z.object({ trialled: z.number().default(0), renewed: z.number().default(0) }),
    connect: (_, { signal }) =>
      faults.call(signal, async () => {
        const one = await open();
        opened.push(one);
        return failing(one.driver, faults, () => {
          if (refusal) throw refusal;
        });
      }),
  });
  const meter = new DaqViewer('meter', plugin({}), realClock);
  const shared = new SharedResources();
  let set = 0;
  const refusing = async ({ error }: PathEvent) => {
    refusal = error as typeof REFUSED;
    await meter.set({ trialled: ++set }).catch(() => undefined);
    refusal = undefined;
  };
  const commands: Readonly<Record<string, (event: PathEvent) => Promise<unknown>>> = {
    connect: () => meter.connect({ share: shared.share.bind(shared) }),
    reconnect: () => meter.set({ renewed: ++set }, { reconnect: true }),
    set: () => meter.set({ trialled: ++set }),
    grab: () => meter.grab(),
    live: () => meter.live().done,
    stop: () => meter.stop(),
    close: () => meter.close(),
    misread: refusing,
  };
  return {
    module: meter,
    faults,
    perform: async (event) => await commands[event.type]?.(event),
    dispose: async () => {
      for (const one of opened) {
        await one.driver.close();
        await one.dispose?.();
      }
    },
  };
}

function failing(driver: DetectorDriver, faults: DriverFaults, refuse: () => void): DetectorDriver {
  const { grabMean, live } = driver;
  return {
    grab: (signal) => faults.call(signal, (inner) => driver.grab(inner)),
    ...(grabMean && {
      grabMean: (count, signal) => faults.call(signal, (inner) => grabMean.call(driver, count, inner)),
    }),
    ...(live && {
      live: (deliver, signal, lost) => faults.call(signal, (inner) => live.call(driver, deliver, inner, lost)),
    }),
    // Stands for settings that the driver may not have, by a call that takes as long as one of its own.
    adjust: {
      names: ['trialled'],
      apply: async (_wanted, _changed, signal) => {
        refuse();
        await faults.call(signal, (inner) => driver.grab(inner));
      },
    },
    close: () => faults.call(new AbortController().signal, () => driver.close()),
  };
}
