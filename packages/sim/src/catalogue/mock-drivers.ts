import { type KnownDriver, knownDriver } from '@daqtor/core';
import { mockActuator } from '../mocks/mock-actuator.ts';
import { mockDetector } from '../mocks/mock-detector.ts';

/** Drivers that need neither instrument nor wire. */
export const mockDrivers: readonly KnownDriver[] = [
  knownDriver('@daqtor/sim', mockActuator, { can: ['home', 'arrival', 'settings'] }),
  knownDriver('@daqtor/sim', mockDetector, { can: ['live', 'settings'] }),
];
