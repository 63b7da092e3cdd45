import type { Axis, LargerScan } from '@daqtor/core';
import type { H5Operation, RawNode, SetAttribute } from '../h5/h5-operation.ts';
import { asBytes, asTuple, openEnvelope } from '../layout/envelope.ts';
import { isPlotAxis, plotAxisNumber } from '../layout/node-names.ts';
import { axisNode, plotAxisNode } from '../layout/nodes.ts';
import { baselineGroup } from './baseline-saver.ts';

/** An array of a scan, as far as it tells whether the scan's points are in it. */
export interface ScanArray {
  readonly path: string;
  readonly shape?: readonly number[];
  readonly dataType: unknown;
}

/** A scan in a file, and what it becomes. */
export interface Growth {
  /** Path of its group. */
  readonly group: string;
  /** Length of each of its dimensions until now. */
  readonly was: readonly number[];
  readonly larger: LargerScan;
}

/** The shape that an array has once its scan is larger; undefined if it stays as it is. */
export function shapeIn(growth: Growth, array: ScanArray): readonly number[] | undefined {
  const { group, was, larger } = growth;
  const { path, shape = [], dataType } = array;
  if (path.startsWith(`${baselineGroup(group)}/`)) return undefined;
  const axis = axisAt(growth, path);
  if (axis) return axis.size === shape[0] ? undefined : [axis.size];
  const isOverScan = dataType === 'data' || dataType === 'error';
  if (!isOverScan || was.some((length, d) => length !== shape[d])) return undefined;
  return [...larger.shape, ...shape.slice(was.length)];
}

/**
 * What makes room in a file for points that are added to a scan: its arrays, and what they and the scan say of their length.
 *
 * @param scan - its group, as it is in the file
 */
export function growthOf(scan: RawNode, larger: LargerScan): H5Operation[] {
  const arrays = arraysIn(scan);
  const { shape: was = [] } = arrays.find(({ path }) => path.startsWith(`${scan.path}/Status/`)) ?? {};
  const growth = { group: scan.path, was, larger };
  const enlarged: H5Operation[] = [];
  const described: H5Operation[] = [];
  for (const { path, shape: own = [], attributes } of arrays) {
    const shape = shapeIn(growth, { path, shape: own, dataType: opened(attributes.data_type) });
    if (!shape) continue;
    enlarged.push({ op: 'enlarge', path, shape });
    const axis = axisAt(growth, path);
    described.push(
      ...(axis
        ? coordinates(path, axis)
        : [{ op: 'attribute', path, name: 'shape', value: asTuple(shape) } satisfies SetAttribute]),
    );
  }
  return [...enlarged, ...described, ...shownShape(scan, larger.shape)];
}

function axisAt({ group, larger: { axes } }: Growth, path: string): Axis | undefined {
  if (isCopy(path)) return axes[plotAxisNumber(path)];
  const navigation = `${group}/NavAxes/Axis`;
  return path.startsWith(navigation) ? axes[Number(path.slice(navigation.length))] : undefined;
}

/** Values of an axis, and all that it says of them. */
function coordinates(path: string, axis: Axis): H5Operation[] {
  const { shape, attributes } = isCopy(path) ? plotAxisNode(path, axis) : axisNode(path, axis);
  return [
    { op: 'write', path, offset: [0], count: shape, data: Float64Array.from(axis.data) },
    ...Object.entries(attributes).map(([name, value]): SetAttribute => ({ op: 'attribute', path, name, value })),
  ];
}

const SHOWN = /(<daq_scan_settings\b.*?<shape [^>]*>)[^<]*(<\/shape>)/s;

/** The shape among the settings that PyMoDAQ shows. */
function shownShape({ path, attributes: { settings } }: RawNode, shape: readonly number[]): SetAttribute[] {
  const xml = opened(settings);
  if (typeof xml !== 'string' || !SHOWN.test(xml)) return [];
  const value = asBytes(xml.replace(SHOWN, (_, before, after) => `${before}(${shape.join(', ')})${after}`));
  return [{ op: 'attribute', path, name: 'settings', value }];
}

const isCopy = (path: string): boolean => isPlotAxis(path.slice(path.lastIndexOf('/') + 1));

const opened = (stored: unknown): unknown => (typeof stored === 'string' ? openEnvelope(stored) : stored);

function arraysIn(node: RawNode): RawNode[] {
  return node.kind === 'array' ? [node] : node.children.flatMap(arraysIn);
}
