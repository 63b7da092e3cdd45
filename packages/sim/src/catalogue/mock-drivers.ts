import { type KnownDriver, knownDriver } from '@daqtor/core';
import { mock0d } from '../mocks/mock-0d.ts';
import { mock1d } from '../mocks/mock-1d.ts';
import { mock2d } from '../mocks/mock-2d.ts';
import { mockActuator } from '../mocks/mock-actuator.ts';
import { mockAxis } from '../mocks/mock-axis.ts';
import { mockDetector } from '../mocks/mock-detector.ts';
import { mockNd } from '../mocks/mock-nd.ts';

/** Drivers that need neither instrument nor wire. */
export const mockDrivers: readonly KnownDriver[] = [
  knownDriver('@daqtor/sim', mockActuator, { can: ['home', 'arrival', 'settings'] }),
  knownDriver('@daqtor/sim', mockDetector, { can: ['live', 'settings'] }),
  knownDriver('@daqtor/sim', mockAxis, { can: ['home', 'settings'] }),
  ...[mock0d, mock1d, mock2d, mockNd].map((plugin) => knownDriver('@daqtor/sim', plugin, { can: ['settings'] })),
];
