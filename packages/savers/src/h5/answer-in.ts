import type { H5Module } from './h5-module.ts';
import type { H5Answers, H5Question, RawNode } from './h5-operation.ts';
import { check } from './h5-status.ts';
import { describeTree, ownFile, readArray, readAttributes } from './read-nodes.ts';

/**
 * Answers a question about a file that is being written.
 *
 * @throws Error if there is no such node
 */
export function answerIn(h5: H5Module, id: bigint, { ask, path }: H5Question): H5Answers[typeof ask] {
  const file = ownFile(h5, id);
  const answer = {
    children: () => [...h5.get_names(id, path, false)],
    shape: () => h5.get_dataset_metadata(id, path).shape ?? [],
    attributes: () => readAttributes(file, path),
    tree: () => existing(describeTree(file, path)),
    array: () => readArray(file, path),
  }[ask]();
  check(0);
  return answer;
}

function existing(node: RawNode): RawNode {
  if (node.kind !== 'unreadable') return node;
  throw new Error(node.problems[0] ?? 'there is no such node');
}
