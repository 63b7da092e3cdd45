import type { ConnectContext, PortSetting } from '@daqtor/core';
import { type Link, type LinkOptions, openLink } from './link.ts';

/**
 * Opens a link and makes a driver on it. If that fails, nothing stays open.
 *
 * @throws what `openLink` and `build` throw
 */
export async function overLink<T>(
  context: ConnectContext,
  port: PortSetting,
  options: LinkOptions,
  build: (link: Link) => Promise<T>,
): Promise<T> {
  const link = await openLink(context, port, options);
  try {
    return await build(link);
  } catch (error) {
    await link.close();
    throw error;
  }
}
