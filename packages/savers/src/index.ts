export { describeFile, type TreeNode } from './browse/describe-file.ts';
export { formatTree } from './browse/format-tree.ts';
export { readArray, readTexts, type StoredArray } from './browse/read-array.ts';
export { type DatasetOptions, dataset } from './dataset.ts';
export type { DatasetMetadata } from './layout/dataset-nodes.ts';
