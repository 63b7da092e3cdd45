import type { ConnectContext, PortSetting } from '@daqtor/core';
import type { Link, LinkOptions } from '../transports/link.ts';
import { overLink } from '../transports/over-link.ts';
import { type Recognition, recognise, resyncBy } from './line-talk.ts';
import type { Identity } from './scpi-values.ts';

/** An instrument that has said who it is, found where it was expected. */
export interface Identified {
  readonly link: Link;
  readonly found: Identity;
  /** For people: maker, model, serial number and firmware, as far as told. */
  readonly identity: string;
}

export interface IdentifiedOptions extends Omit<LinkOptions, 'resync'> {
  /** How people write the maker, e.g. `Keithley`. */
  readonly maker: string;
  readonly recognition: Recognition<Identity>;
}

/**
 * Opens a link, makes sure that the wanted instrument answers, and makes a driver on it. If that fails, nothing stays
 * open.
 *
 * @throws what `openLink`, `recognise` and `build` throw
 */
export async function overIdentified<T>(
  context: ConnectContext,
  port: PortSetting,
  options: IdentifiedOptions,
  build: (instrument: Identified) => Promise<T>,
): Promise<T> {
  const { maker, recognition, ...linkOptions } = options;
  return overLink(context, port, { ...linkOptions, resync: resyncBy(recognition) }, async (link) => {
    const found = await link.exchange((io) => recognise(io, recognition), context.signal);
    const { model, serial, firmware } = found;
    const parts = [`${maker} ${model}`];
    if (serial !== '' && serial !== '0') parts.push(`serial ${serial.replace(/^s\/n/i, '')}`);
    if (firmware !== '') parts.push(`firmware ${firmware.replace(/^ver/i, '')}`);
    return build({ link, found, identity: parts.join(', ') });
  });
}
