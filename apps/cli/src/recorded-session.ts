import type { ActuatorDriver, Clock, DetectorDriver } from '@daqtor/core';

/** What was done with a driver, and what came of it; enough to write it as a test. */
export type SessionStep =
  | { readonly did: 'read'; readonly position: number }
  | { readonly did: 'move'; readonly target: number; readonly polls: number }
  | { readonly did: 'grab'; readonly data: readonly GrabbedData[] };

export interface GrabbedData {
  readonly name: string;
  readonly units: string;
  readonly shape: readonly number[];
  /** All values of all arrays; undefined if there are too many to be shown. */
  readonly values: readonly (readonly number[])[] | undefined;
}

export interface SessionPlan {
  /** How often it is read. */
  readonly reads: number;
  /** Positions to go to, one after the other, each read back. */
  readonly moveTo: readonly number[];
}

const MOST_VALUES = 12;
const POLL_MS = 100;

/** Uses a driver as planned. Moves nothing unless positions are given. */
export async function recordedSession(
  driver: ActuatorDriver | DetectorDriver,
  { reads, moveTo }: SessionPlan,
  clock: Clock,
  signal: AbortSignal,
): Promise<SessionStep[]> {
  const steps: SessionStep[] = [];
  for (let i = 0; i < reads; i++) {
    if ('grab' in driver) steps.push({ did: 'grab', data: (await driver.grab(signal)).map(summary) });
    else steps.push({ did: 'read', position: await driver.readPosition(signal) });
  }
  for (const target of 'grab' in driver ? [] : moveTo) {
    const axis = driver as ActuatorDriver;
    await axis.startMove(target, signal);
    let polls = 0;
    for (; await axis.isMoving(signal); polls++) await clock.sleep(POLL_MS, signal);
    steps.push({ did: 'move', target, polls }, { did: 'read', position: await axis.readPosition(signal) });
  }
  return steps;
}

function summary({ name, units, shape, data }: Awaited<ReturnType<DetectorDriver['grab']>>[number]): GrabbedData {
  const count = data.reduce((sum, { length }) => sum + length, 0);
  const values = count > MOST_VALUES ? undefined : data.map((array) => Array.from(array, Number));
  return { name, units, shape, values };
}
