import type { DetectorDriver } from '../contracts/detector-driver.ts';
import type { DataWithAxes } from '../data/data-with-axes.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';

/**
 * What a detector's driver gave, if it is what the contract says: data objects with distinct names.
 *
 * @throws DaqtorError `instrument.protocol` for anything else, `instrument.fault` for two of one name
 */
export function checkedData(given: unknown): readonly DataWithAxes[] {
  if (!Array.isArray(given) || !given.every(isData)) {
    throw new DaqtorError('instrument.protocol', {
      problem: `the driver gave ${describe(given)} where data objects were expected`,
      advice: 'This is a fault of the driver',
    });
  }
  const names = given.map(({ name }) => name);
  if (new Set(names).size === names.length) return given;
  throw new DaqtorError('instrument.fault', {
    problem: `the driver gave two data objects of the same name: ${names.join(', ')}`,
    advice: 'Each data object of a grab needs a name of its own; this is a fault of the driver',
  });
}

/** By its looks, since a driver may bring its own copy of this package. */
function isData(value: unknown): value is DataWithAxes {
  const looks = value as Partial<DataWithAxes> | null | undefined;
  return typeof looks?.name === 'string' && typeof looks.with === 'function' && Array.isArray(looks.data);
}

function describe(value: unknown): string {
  return Array.isArray(value) ? `a list with ${value.map((one) => typeof one).join(', ')}` : `a ${typeof value}`;
}

/** The same driver, refused when it lacks what every detector can do. */
export function checkedDetector(driver: DetectorDriver): DetectorDriver {
  if (typeof driver?.grab === 'function' && typeof driver.close === 'function') return driver;
  throw new DaqtorError('instrument.protocol', {
    problem: 'what the driver connected to is no detector',
    advice: 'This is a fault of the driver',
  });
}
