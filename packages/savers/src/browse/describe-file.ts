import { type NodeReader, readerThread } from './reader-thread.ts';
import { type TreeNode, treeNode } from './tree-node.ts';

export { attributeValues, type TreeNode, textIn } from './tree-node.ts';

/**
 * Reads what is in a file, but for the arrays' values. The file is not changed. One that is being written can be read
 * while points are added; while nodes are being made in it, reading may fail: try again.
 *
 * @throws DaqtorError `load.failed` if the file cannot be read
 */
export async function describeFile(path: string, reader: NodeReader = readerThread()): Promise<TreeNode> {
  return treeNode(await reader.describe(path));
}
