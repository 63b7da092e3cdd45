import type { SetAttribute } from '../h5/h5-operation.ts';
import { asInt, asTuple } from './envelope.ts';
import { DataType } from './kinds.ts';

/** What an array says about its length, brought up to date. */
export function grownAttributes(path: string, shape: readonly number[]): SetAttribute[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const own: SetAttribute = { op: 'attribute', path, name: 'shape', value: asTuple(shape) };
  if (!name.startsWith(DataType.axis)) return [own];
  return [own, { op: 'attribute', path, name: 'size', value: asInt(shape[0] ?? 0) }];
}
