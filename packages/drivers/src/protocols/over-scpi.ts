import type { ConnectContext, PortSetting } from '@daqtor/core';
import type { Link, LinkOptions } from '../transports/link.ts';
import { overLink } from '../transports/over-link.ts';
import { type Recognition, recognise, resyncBy } from './line-talk.ts';
import { type Scpi, scpi } from './scpi.ts';
import type { Identity } from './scpi-values.ts';

/** An instrument that speaks SCPI, found where it was expected. */
export interface ScpiFound {
  readonly device: Scpi;
  readonly link: Link;
  readonly found: Identity;
  /** For people: maker, model, serial number and firmware, as far as told. */
  readonly identity: string;
}

/**
 * Opens a link, makes sure that the wanted instrument answers, and makes a driver on it. If that fails, nothing stays
 * open.
 *
 * @param maker - how people write the maker, e.g. `Keithley`
 * @throws what `openLink`, `recognise` and `build` throw
 */
export async function overScpi<T>(
  context: ConnectContext,
  port: PortSetting,
  options: Omit<LinkOptions, 'resync'> & { readonly maker: string; readonly recognition: Recognition<Identity> },
  build: (instrument: ScpiFound) => Promise<T>,
): Promise<T> {
  const { maker, recognition, ...linkOptions } = options;
  return overLink(context, port, { ...linkOptions, resync: resyncBy(recognition) }, async (link) => {
    const found = await link.exchange((io) => recognise(io, recognition), context.signal);
    const { model, serial, firmware } = found;
    const parts = [`${maker} ${model}`];
    if (serial !== '' && serial !== '0') parts.push(`serial ${serial}`);
    if (firmware !== '') parts.push(`firmware ${firmware}`);
    return build({ device: scpi(link), link, found, identity: parts.join(', ') });
  });
}
