import { Axis, checkUnits, DaqtorError } from '@daqtor/core';
import { attributeValues, textIn } from '../browse/tree-node.ts';
import type { RawArray } from '../h5/h5-operation.ts';
import type { LoadedAxis } from './loaded.ts';

/**
 * An axis from the array that holds it. Only label, units, index, order and the values count; what else the array says
 * (offset, scaling, size) can be out of date.
 *
 * @param path - for what is said about it
 * @throws DaqtorError `data.shape` if its values are no coordinates
 */
export function axisFrom(path: string, { values, attributes: raw, problems }: RawArray): LoadedAxis {
  const attributes = attributeValues(raw);
  const warnings = [...problems];
  if (values.kind !== 'numbers') {
    throw new DaqtorError('data.shape', { problem: `${path} is no axis: it holds no plain numbers` });
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  const index = attributes.index ?? 0;
  const order = attributes.spread_order ?? 0;
  const axis = new Axis({
    label: textIn(attributes, 'label') || textIn(attributes, 'TITLE') || name,
    units: knownUnits(textIn(attributes, 'units'), path, warnings),
    index: typeof index === 'number' ? index : 0,
    spreadOrder: typeof order === 'number' ? order : 0,
    data:
      values.data instanceof Float64Array ? values.data : Float64Array.from(values.data as ArrayLike<number>, Number),
  });
  return { axis, attributes, warnings };
}

/** The units if they are known, else '' and a warning: data must be readable whatever somebody called their unit. */
export function knownUnits(units: string, path: string, warnings: string[]): string {
  try {
    return checkUnits(units);
  } catch (error) {
    if (!DaqtorError.is(error)) throw error;
    warnings.push(`the units '${units}' of ${path} are not known, so the values are taken as pure numbers`);
    return '';
  }
}
