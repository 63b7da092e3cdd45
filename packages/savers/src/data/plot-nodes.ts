import type { Axis, DataWithAxes } from '@daqtor/core';
import type { Attributes, CreateArray } from '../h5/h5-operation.ts';
import { arrayName, axisName, plotAxisName } from '../layout/node-names.ts';
import { plotAxisNode } from '../layout/nodes.ts';
import type { ArrayStorage } from './array-saver.ts';
import { storedAxes } from './axis-nodes.ts';
import type { StoredForm } from './stored-form.ts';

/** Stands for a dimension without coordinates. */
const NONE = '.';

export interface PlotNodes {
  /** For the channel's group. */
  readonly attributes: Attributes;
  /** Coordinates of the scan, as the group needs them. */
  readonly arrays: readonly CreateArray[];
}

/**
 * What makes a channel's group a plot for readers of NeXus, such as h5web and silx: NXdata with its signal and axes
 * (NeXus, base class NXdata). They look for both in the group itself, so that it holds a copy of the scan's axes.
 * Lists of points over two actuators become a scatter plot. Rows over time are counted: their times are the module's.
 *
 * @param path - of the group
 */
export function plotNodes<At>(
  path: string,
  data: DataWithAxes,
  form: StoredForm,
  { type, navAxes, navRank, distribution }: Pick<ArrayStorage<At>, 'type' | 'navAxes' | 'navRank' | 'distribution'>,
): PlotNodes {
  const shown = distribution === 'spread' ? pointAxes(navAxes, form) : navAxes;
  const nameOf = (axis: Axis | undefined) => (axis ? plotAxisName(navAxes.indexOf(axis)) : NONE);
  const navigation =
    distribution === 'spread' && shown.length > 0
      ? shown.map(nameOf)
      : Array.from({ length: navRank }, (_, dimension) => nameOf(shown.find(({ index }) => index === dimension)));
  const own = storedAxes(data.axes, form);
  const signal = form.signal.map((_, dimension) => {
    const number = own.findIndex(({ index }) => form.indexes[index] === dimension);
    return number < 0 ? NONE : axisName(number);
  });
  // Rows of single numbers have a dimension for them.
  const ofRow = type === 'data_enlargeable' && signal.length === 0 ? [NONE] : signal;
  const axes = [...navigation, ...ofRow];
  const others = data.data.slice(1).map((_, i) => arrayName(type, i + 1));
  return {
    attributes: {
      NX_class: 'NXdata',
      signal: arrayName(type, 0),
      ...(axes.length > 0 && { axes }),
      ...(others.length > 0 && { auxiliary_signals: others }),
    },
    arrays: shown.map((axis) => plotAxisNode(`${path}/${nameOf(axis)}`, axis)),
  };
}

/** Of a list of points: one axis makes a curve, two a scatter plot of numbers; nobody draws more. */
function pointAxes(axes: readonly Axis[], { signal }: StoredForm): readonly Axis[] {
  return axes.length === 1 || (axes.length === 2 && signal.length === 0) ? axes : [];
}
