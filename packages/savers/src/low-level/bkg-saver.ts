import type { DataWithAxes } from '@daqtor/core';
import { ChannelSaver } from '../data/channel-saver.ts';
import { singleArrays } from '../data/single-arrays.ts';
import { navIndexes } from '../load/parts.ts';
import { DataManagement } from './data-management.ts';
import type { Where } from './where.ts';

/** Saves a background beside the data that a group holds, for one point where they are those of a scan. */
export class BkgSaver extends DataManagement {
  readonly dataType = 'bkg';

  /** @throws DaqtorError `save.failed` if the group has a background already */
  async addData(where: Where, background: DataWithAxes): Promise<void> {
    const { path, children } = await this.saver.getNode(where);
    const measured = children.find(({ attributes }) => /^data(_enlargeable)?$/.test(String(attributes.data_type)));
    const navRank = navIndexes(measured).length - background.navIndexes.length;
    const storage = { ...singleArrays(), navRank: Math.max(0, navRank) };
    await this.saver.transact(new ChannelSaver({ path, storage, module: background.origin }).background(background));
  }
}
