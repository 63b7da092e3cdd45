import { DaqtorError } from '@daqtor/core';
import type { TreeNode } from './tree-node.ts';

/** A node and all below it, a group before its members. */
export function* walkNodes(node: TreeNode): Generator<TreeNode> {
  yield node;
  for (const child of node.children) yield* walkNodes(child);
}

/**
 * The groups from the root to a node, and the node itself last.
 *
 * @param path - absolute; slashes at its end and doubled ones do no harm
 * @param file - for the error
 * @throws DaqtorError `load.failed` that says which part is not there, and what is
 */
export function findPath(root: TreeNode, path: string, file: string): [...groups: TreeNode[], node: TreeNode] {
  const found: [...TreeNode[], TreeNode] = [root];
  let node = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const child = node.children.find((one) => one.name === name);
    if (!child) {
      const names = node.children.map((one) => one.name);
      const shown = names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ');
      throw new DaqtorError('load.failed', {
        problem: `there is no ${path} in ${file}: ${node.path} has no '${name}'`,
        advice: names.length === 0 ? 'It is no group, or an empty one' : `It has ${shown}`,
      });
    }
    found.push(child);
    node = child;
  }
  return found;
}

/** @throws DaqtorError `load.failed` that says which part is not there, and what is */
export function findNode(root: TreeNode, path: string, file: string): TreeNode {
  return findPath(root, path, file).at(-1) as TreeNode;
}
