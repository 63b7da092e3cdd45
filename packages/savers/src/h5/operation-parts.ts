import type { EnlargeArray, PackedOperation } from './h5-operation.ts';

/** Operations that follow each other: arrays that become larger, all at once, or anything else. */
export type OperationPart =
  | { readonly larger: EnlargeArray[] }
  | { readonly operations: Exclude<PackedOperation, EnlargeArray>[] };

/** The operations in their order. */
export function partsOf(operations: readonly PackedOperation[]): readonly OperationPart[] {
  const parts: OperationPart[] = [];
  for (const operation of operations) {
    const last = parts.at(-1);
    if (operation.op === 'enlarge') {
      if (last && 'larger' in last) last.larger.push(operation);
      else parts.push({ larger: [operation] });
    } else if (last && 'operations' in last) last.operations.push(operation);
    else parts.push({ operations: [operation] });
  }
  return parts;
}
