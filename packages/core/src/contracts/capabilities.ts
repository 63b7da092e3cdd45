import type { ActuatorDriver } from './actuator-driver.ts';
import type { DetectorDriver } from './detector-driver.ts';

/**
 * What a driver may be able to do beside what every driver can. An actuator: search its `home`, tell its own `limits`, tell
 * its `arrival`, `estimate` the time of a move; a detector: `average` by itself, run `live` by itself, `estimate` the time
 * of a grab; both: change `settings` while connected.
 */
export const CAPABILITIES = ['home', 'limits', 'arrival', 'average', 'live', 'estimate', 'settings'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** What a connected driver can do, by what it has. */
export function capabilitiesOf(driver: Partial<ActuatorDriver & DetectorDriver>): readonly Capability[] {
  const has: Readonly<Record<Capability, unknown>> = {
    home: driver.startHome,
    limits: driver.limits,
    arrival: driver.whenAtRest,
    average: driver.grabMean,
    live: driver.live,
    estimate: driver.moveMs ?? driver.grabMs,
    settings: driver.adjust,
  };
  return CAPABILITIES.filter((capability) => has[capability] !== undefined);
}
