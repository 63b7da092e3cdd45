import type { H5Backend } from '../h5/h5-backend.ts';
import type { SetAttribute } from '../h5/h5-operation.ts';
import { asInt, asTuple } from './envelope.ts';
import { DataType } from './kinds.ts';

/** Brings up to date what arrays say about their length. @throws DaqtorError `save.failed` if there is no such array */
export async function grown(file: H5Backend, paths: readonly string[]): Promise<readonly SetAttribute[]> {
  const each = paths.map(async (path) => grownAttributes(path, await file.ask({ ask: 'shape', path })));
  return (await Promise.all(each)).flat();
}

function grownAttributes(path: string, shape: readonly number[]): SetAttribute[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const own: SetAttribute = { op: 'attribute', path, name: 'shape', value: asTuple(shape) };
  if (!name.startsWith(DataType.axis)) return [own];
  return [own, { op: 'attribute', path, name: 'size', value: asInt(shape[0] ?? 0) }];
}
