import type { ConnectContext, PortSetting } from '@daqtor/core';
import { type Identified, type IdentifiedOptions, overIdentified } from './over-identified.ts';
import { type Scpi, scpi } from './scpi.ts';

/** An instrument that speaks SCPI, found where it was expected. */
export interface ScpiFound extends Identified {
  readonly device: Scpi;
}

/**
 * Opens a link, makes sure that the wanted instrument answers, and makes a driver on it that speaks SCPI. If that fails,
 * nothing stays open.
 *
 * @throws what `openLink`, `recognise` and `build` throw
 */
export function overScpi<T>(
  context: ConnectContext,
  port: PortSetting,
  options: IdentifiedOptions,
  build: (instrument: ScpiFound) => Promise<T>,
): Promise<T> {
  return overIdentified(context, port, options, (found) => build({ ...found, device: scpi(found.link) }));
}
