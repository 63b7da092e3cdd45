import type { Axis } from '@daqtor/core';
import type { CreateArray } from '../h5/h5-operation.ts';
import { axisName } from '../layout/node-names.ts';
import { axisNode } from '../layout/nodes.ts';

/**
 * The axes of a data object, for its channel's group. Axes of dimensions that are not stored are left out.
 *
 * @param form - where each dimension of the data is in the stored shape
 * @param navRank - number of dimensions that stand in front of the data's own
 */
export function axisNodes(
  path: string,
  axes: readonly Axis[],
  { indexes }: { readonly indexes: readonly number[] },
  navRank: number,
): CreateArray[] {
  return storedAxes(axes, { indexes }).map((axis, i) =>
    axisNode(`${path}/${axisName(i)}`, axis, navRank + (indexes[axis.index] as number)),
  );
}

/** The axes that are stored, in the order of their numbers. */
export function storedAxes(
  axes: readonly Axis[],
  { indexes }: { readonly indexes: readonly number[] },
): readonly Axis[] {
  return axes.filter(({ index }) => indexes[index] !== -1);
}
