import type { H5Operation } from './h5-operation.ts';

/** What is being done, for errors. */
export const VERBS: Readonly<Record<H5Operation['op'], string>> = {
  group: 'making the group',
  array: 'making the array',
  'byte-rows': 'making the array',
  enlarge: 'enlarging the array',
  attribute: 'writing an attribute of',
  write: 'writing',
  append: 'adding rows to',
  'append-bytes': 'adding rows to',
};
