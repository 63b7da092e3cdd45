import { DaqtorError } from '../../errors/daqtor-error.ts';
import type { DriverFaults } from './driver-faults.ts';
import { nameOf, type PathEvent, type Transition } from './machine-paths.ts';

export const GONE = new DaqtorError('instrument.gone', { problem: 'the link is lost, on trial' });
export const REFUSED = new DaqtorError('instrument.fault', { problem: 'the instrument refuses, on trial' });

/** A module on a driver that can be made to fail. */
export interface ModuleOnTrial {
  readonly module: { readonly state: string; close(): Promise<unknown> };
  readonly faults: DriverFaults;
  /** Does what the event is about, and resolves with its end; not called for `done` and `failed`. */
  perform(event: PathEvent): Promise<unknown>;
  dispose(): Promise<void>;
}

/** Walks a module to a transition and through it, and checks its state at every step. */
export async function walk(transition: Transition, { module, faults, perform, dispose }: ModuleOnTrial): Promise<void> {
  let under: Promise<unknown> = Promise.resolve();
  const steps = [...transition.way, { event: transition.event, to: transition.to }];
  try {
    for (const { event, to } of steps) {
      if (event.type === 'failed') faults.arm(event.error as DaqtorError);
      if (event.type === 'done' || event.type === 'failed') await under;
      else {
        // An interrupted command is answered too; only what is begun now is waited for.
        under = perform(event).catch((error: unknown) => error);
        if (event.type === 'lost' || event.type === 'misread') await under;
      }
      if (module.state !== to)
        throw new Error(`on ${nameOf(transition)}: ${module.state} after ${event.type}, not ${to}`);
    }
  } finally {
    await module.close();
    await under;
    await dispose();
  }
  if (module.state !== 'offline') throw new Error(`on ${nameOf(transition)}: ${module.state} after it was closed`);
}
