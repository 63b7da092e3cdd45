import type { Axis } from '@daqtor/core';
import { walkNodes } from '../browse/tree.ts';
import type { TreeNode } from '../browse/tree-node.ts';
import { axisNode, type GrowingAxis, growingAxisNode } from '../layout/nodes.ts';
import { axisFrom } from '../load/load-axis.ts';
import { DataManagement } from './data-management.ts';
import type { Where } from './where.ts';

/** Saves axes as arrays of a group, and gives them back. */
export class AxisSaverLoader extends DataManagement {
  readonly dataType = 'axis';

  /** Saves an axis as the next one of a group. */
  async addAxis(where: Where, axis: Axis): Promise<TreeNode> {
    const { path } = await this.saver.getNode(where);
    const name = await this.getNextNodeName(where);
    await this.saver.transact([axisNode(`${path}/${name}`, axis)]);
    return this.saver.getNode(`${path}/${name}`);
  }

  /** Makes an axis that `append` of the saver adds coordinates to, one for each row of the data that it belongs to. */
  async addEnlargeableAxis(where: Where, axis: GrowingAxis): Promise<TreeNode> {
    const { path } = await this.saver.getNode(where);
    const name = await this.getNextNodeName(where);
    await this.saver.transact([growingAxisNode(`${path}/${name}`, axis)], [`${path}/${name}`]);
    return this.saver.getNode(`${path}/${name}`);
  }

  /** @throws DaqtorError `data.shape` if the array holds no coordinates */
  async loadAxis(where: Where): Promise<Axis> {
    const { path } = await this.saver.getNode(where);
    return axisFrom(path, await this.saver.backend.ask({ ask: 'array', path })).axis;
  }

  /** All axes below a group. */
  async getAxes(where: Where): Promise<readonly Axis[]> {
    const nodes = [...walkNodes(await this.saver.getNode(where))];
    const axes = nodes.filter(({ kind, attributes }) => kind === 'array' && attributes.data_type === this.dataType);
    return Promise.all(axes.map((node) => this.loadAxis(node)));
  }
}
