import type { TreeNode } from '../browse/tree-node.ts';
import type { DataType } from '../layout/kinds.ts';
import { arrayName } from '../layout/node-names.ts';
import type { H5SaverLowLevel } from './h5-saver-low-level.ts';
import type { Where } from './where.ts';

/** What the savers of values have in common: the arrays of one type, in the order of their numbers. */
export abstract class DataManagement {
  abstract readonly dataType: DataType;
  protected readonly saver: H5SaverLowLevel;

  constructor(saver: H5SaverLowLevel) {
    this.saver = saver;
  }

  /** Arrays of this type in a group. */
  async getNodes(where: Where): Promise<readonly TreeNode[]> {
    const { children } = await this.saver.getNode(where);
    return children
      .filter(({ kind, attributes }) => kind === 'array' && attributes.data_type === this.dataType)
      .toSorted((a, b) => numberOf(a.name) - numberOf(b.name));
  }

  /** The array with this number, e.g. `Bkg01`. */
  async getNodeFromIndex(where: Where, index: number): Promise<TreeNode | undefined> {
    return (await this.getNodes(where)).find(({ name }) => numberOf(name) === index);
  }

  /** Name of the array that would be the next, e.g. `Axis02`. */
  async getNextNodeName(where: Where): Promise<string> {
    const last = (await this.getNodes(where)).at(-1);
    return arrayName(this.dataType, last ? numberOf(last.name) + 1 : 0);
  }
}

function numberOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? Number.NaN);
}
