import { DaqtorError } from '@daqtor/core';
import { findPath, walkNodes } from '../browse/tree.ts';
import { type TreeNode, textIn } from '../browse/tree-node.ts';

/**
 * Types of arrays that hold what was measured, first choice first; others stand beside them. Ours of type `live_scan` only
 * serve other arrays, and PyMoDAQ 5 writes none.
 */
const MEASURED: readonly string[] = ['data', 'data_enlargeable', 'external_h5', 'live_scan'];
const NAVIGATION = 'NavAxes';

/** The nodes that one data object is made of. */
export interface Parts {
  /** Channels of the data, in the order of their numbers; at least one. */
  readonly arrays: readonly TreeNode[];
  /** For each array its error bars. */
  readonly errors: readonly (TreeNode | undefined)[];
  /** For each array its background. */
  readonly backgrounds: readonly (TreeNode | undefined)[];
  /** Axes of the signal. */
  readonly axes: readonly TreeNode[];
  /** Axes of the scan or of time. */
  readonly navAxes: readonly TreeNode[];
  /** How many navigation dimensions the channel's data have, which its axes count in. */
  readonly navigation: number;
}

/** What an array is for: PyMoDAQ's `DataType` by its name, '' where the array does not say. */
export function dataType(node: TreeNode): string {
  return textIn(node.attributes, 'data_type');
}

function isAxis(node: TreeNode): boolean {
  return dataType(node) === 'axis';
}

/** The groups that hold data, and arrays of other programs, which stand for themselves. */
export function* channelsBelow(group: TreeNode): Generator<TreeNode> {
  for (const node of walkNodes(group)) {
    if (node.kind === 'array' && dataType(node) === '') yield node;
    if (node.kind === 'group' && node.children.some((child) => MEASURED.includes(dataType(child)))) yield node;
  }
}

/**
 * Finds what belongs to an array, or to a group that holds arrays of data.
 *
 * Axes of the signal are all below the array's group; those of the scan are in the nearest group `NavAxes` on the way up;
 * error bars and backgrounds are found by the number in their names (pymodaq_data 5.0.5, h5modules/data_saving.py,
 * `DataLoader` and `AxisSaverLoader`).
 *
 * @param file - for the error
 * @throws DaqtorError `load.failed` if there is no such node, or no data in the group itself
 */
export function partsOf(root: TreeNode, path: string, loadAll: boolean, file: string): Parts {
  const nodes = findPath(root, path, file);
  const node = nodes.at(-1) as TreeNode;
  const groups = node.kind === 'array' ? nodes.slice(0, -1) : nodes;
  const group = groups.at(-1) ?? root;
  const type = dataType(node);
  const arrays = (node.kind === 'array' && (!loadAll || type === '') ? [node] : sameType(group, node)).sort(byNumber);
  if (arrays.length === 0) throw noData(node);
  const describes = MEASURED.includes(dataType(arrays[0] as TreeNode)) || type === 'bkg' || type === 'error';
  const measured = measuredIn(group.children);
  const beside = (kind: string) =>
    arrays.map((array) => group.children.find((one) => dataType(one) === kind && numberOf(one) === numberOf(array)));
  const isMeasured = MEASURED.includes(dataType(arrays[0] as TreeNode));
  const none = arrays.map(() => undefined);
  return {
    arrays,
    errors: isMeasured ? beside('error') : none,
    backgrounds: isMeasured ? beside('bkg') : none,
    axes: describes ? [...walkNodes(group)].filter(isAxis) : [],
    navAxes: describes ? navigationAxes(groups) : [],
    navigation: navIndexes(measured).length,
  };
}

/** Which dimensions of an array are those of the scan or of time. */
export function navIndexes(node: TreeNode | undefined): readonly number[] {
  const value = node?.attributes.nav_indexes;
  return Array.isArray(value) ? value.filter((index): index is number => Number.isInteger(index)) : [];
}

function sameType(group: TreeNode, node: TreeNode): TreeNode[] {
  const arrays = group.children.filter((child) => child.kind === 'array');
  if (node.kind === 'array') return arrays.filter((child) => dataType(child) === dataType(node));
  const first = measuredIn(arrays);
  return first ? arrays.filter((child) => dataType(child) === dataType(first)) : [];
}

/** The first array that was measured. */
function measuredIn(nodes: readonly TreeNode[]): TreeNode | undefined {
  const type = MEASURED.find((one) => nodes.some((node) => dataType(node) === one));
  return nodes.find((node) => type !== undefined && dataType(node) === type);
}

function navigationAxes(groups: readonly TreeNode[]): readonly TreeNode[] {
  for (const group of groups.toReversed()) {
    const nav = group.children.find(({ name, kind }) => name === NAVIGATION && kind === 'group');
    if (nav) return nav.children.filter(isAxis);
  }
  return [];
}

/** `Data02`, `ErrorBar02` and `Bkg02` belong together. */
function numberOf({ name }: TreeNode): number {
  return Number(/\d+$/.exec(name)?.[0] ?? Number.NaN);
}

/** By number and not by name, in which 100 comes before 11. */
function byNumber(a: TreeNode, b: TreeNode): number {
  return numberOf(a) - numberOf(b) || (a.name < b.name ? -1 : 1);
}

function noData({ path, kind }: TreeNode): DaqtorError {
  if (kind === 'link' || kind === 'unreadable') {
    return new DaqtorError('load.failed', { problem: `${path} is a ${kind === 'link' ? 'link' : 'damaged node'}` });
  }
  return new DaqtorError('load.failed', {
    problem: `the group ${path} has no data of its own`,
    advice: 'Name an array or the group that holds it, or load all that is below',
  });
}
