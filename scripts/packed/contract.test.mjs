// The contract suites as an author of a driver has them.
import { realClock, SharedResources } from '@daqtor/core';
import { describeActuatorDriver, describeDetectorDriver } from '@daqtor/core/testing';
import { mockActuator, mockDetector } from '@daqtor/sim';

const { signal } = new AbortController();
const shared = new SharedResources();
const context = { name: 'it', clock: realClock, signal, share: shared.share.bind(shared) };

describeActuatorDriver('mockActuator', async () => ({
  driver: await mockActuator({ velocity: 100, acceleration: 10_000 }).connect(context),
  clock: realClock,
  targets: [-1, 1],
  epsilon: 1e-9,
  answersAtOnce: true,
}));
describeDetectorDriver('mockDetector', async () => ({
  driver: await mockDetector({ shape: [4], delayMs: 2 }).connect(context),
}));
