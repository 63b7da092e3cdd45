import { diagnostics } from './h5-module.ts';
import type { Hid } from './hdf5-functions.ts';

/**
 * Throws what HDF5 has complained about. Its return codes alone miss a full disk.
 *
 * @param status - negative if the call itself noticed a failure
 */
export function check(status: number): void {
  const text = diagnostics();
  if (text || status < 0) throw new Error(text || `HDF5 returned ${status}`);
}

/** The identifier that a call gave. @throws Error if there is none, for what HDF5 has complained about */
export function checked(id: Hid): Hid {
  check(id < 0n ? -1 : 0);
  return id;
}
