import { Axis, DaqtorError, type DataInit, DataWithAxes, interleave, type NumericArray, sizeOf } from '@daqtor/core';
import { attributeValues, type TreeNode, textIn } from '../browse/tree-node.ts';
import type { RawArray } from '../h5/h5-operation.ts';
import { subtractBackground } from './background.ts';
import { axisFrom, knownUnits } from './load-axis.ts';
import type { LoadedData } from './loaded.ts';
import { dataType, navIndexes, type Parts } from './parts.ts';

/** Arrays that were read, by path. */
export type Read = ReadonlyMap<string, RawArray | DaqtorError>;

/** One label's values; pairs of real and imaginary part where the data are complex. */
interface Channel {
  readonly label: string;
  readonly data: NumericArray;
  readonly errors: NumericArray | undefined;
}

/** How the values of a data object are to be taken. */
interface Form {
  readonly shape: readonly number[];
  /** Where one of its arrays is complex, all are. */
  readonly complex: boolean;
}

/**
 * Puts a data object together from its parts. What does not fit is left out with a warning.
 *
 * @param name - for data that have no title
 * @throws DaqtorError what is wrong with the data themselves
 */
export function assemble(parts: Parts, read: Read, name: string, withBkg: boolean): LoadedData {
  const warnings: string[] = [];
  const first = parts.arrays[0] as TreeNode;
  const arrays = parts.arrays.map((node) => {
    const array = read.get(node.path);
    if (!array || DaqtorError.is(array)) throw array ?? notRead(node.path);
    warnings.push(...array.problems.map((problem) => `${node.path}: ${problem}`));
    return dataType(node) === 'bkg' ? { ...array, shape: array.shape.slice(emptyDimensions(node, array)) } : array;
  });
  const attributes = attributeValues((arrays[0] as RawArray).attributes);
  const stored = (arrays[0] as RawArray).shape;
  const empty = dataType(first) === 'bkg' ? emptyDimensions(first, read.get(first.path) as RawArray) : 0;
  const navigation = navIndexes(first)
    .map((index) => index - empty)
    .filter((index) => index >= 0 && index < stored.length);
  const axes = [...axesOf(parts, read, stored, navigation, warnings)];
  const shape = commonShape(parts, arrays, axes, navigation, warnings);
  const complex = arrays.some(({ values }) => values.kind === 'complex');
  const channels = arrays.map((array, i) => channelOf(parts, i, array, read, { shape, complex }, withBkg, warnings));
  const facts: DataInit = {
    name: textIn(attributes, 'TITLE') || name,
    labels: channels.map(({ label }) => label),
    data: channels.map(({ data }) => data),
    complex,
    shape: shape.length === 0 ? [1] : shape,
    units: knownUnits(textIn(attributes, 'units'), first.path, warnings),
    axes: axes.flatMap(({ path, axis }) => fitted(path, axis, shape, navigation, warnings)),
    navIndexes: navigation,
    origin: textIn(attributes, 'origin'),
    timestamp: typeof attributes.timestamp === 'number' ? attributes.timestamp : Number.NaN,
    source: textIn(attributes, 'source').toLowerCase() === 'calculated' ? 'calculated' : 'raw',
    distribution: textIn(attributes, 'distribution') === 'spread' ? 'spread' : 'uniform',
    ...errorsOf(channels, first.path, warnings),
  };
  return { data: new DataWithAxes(facts), attributes, warnings };
}

/** How many dimensions a background has in front that are only there to fit the scan: navigation of length 1. */
function emptyDimensions(node: TreeNode, { shape }: RawArray): number {
  const nav = navIndexes(node);
  const first = shape.findIndex((length, dimension) => length !== 1 || !nav.includes(dimension));
  return first < 0 ? shape.length : first;
}

interface PlacedAxis {
  readonly path: string;
  readonly axis: Axis;
}

function* axesOf(
  { axes, navAxes, arrays, navigation }: Parts,
  read: Read,
  shape: readonly number[],
  nav: readonly number[],
  warnings: string[],
): Generator<PlacedAxis> {
  // A background has the shape of one point: its channel's axes count the scan's dimensions too.
  const isOfOnePoint = dataType(arrays[0] as TreeNode) === 'bkg' && nav.length === 0;
  const shift = isOfOnePoint ? navigation : 0;
  const taken = new Set<number>();
  for (const [node, isNav] of [
    ...axes.map((one) => [one, false] as const),
    ...navAxes.map((one) => [one, true] as const),
  ]) {
    const array = read.get(node.path);
    if (!array) continue;
    try {
      if (DaqtorError.is(array)) throw array;
      const loaded = axisFrom(node.path, array);
      const axis = shift > 0 && !isNav ? loaded.axis.at(loaded.axis.index - shift) : loaded.axis;
      if (isNav && !nav.includes(axis.index)) continue; // It describes other data of this scan.
      warnings.push(...loaded.warnings);
      if (!Number.isInteger(axis.index) || axis.index < 0 || axis.index >= shape.length) {
        warnings.push(`axis ${node.path} is left out: it describes dimension ${axis.index} of ${shape.length}`);
      } else if (!isNav && taken.has(axis.index)) {
        warnings.push(`axis ${node.path} is left out: dimension ${axis.index} has one already`);
      } else {
        taken.add(axis.index);
        yield { path: node.path, axis };
      }
    } catch (error) {
      if (!DaqtorError.is(error)) throw error;
      warnings.push(`axis ${node.path} is left out: ${error.problem}`);
    }
  }
}

/**
 * The shape that all arrays of a channel share. Arrays that grow row by row, and their axis, can be caught between two
 * rows: all are cut to the shortest.
 */
function commonShape(
  { arrays: nodes }: Parts,
  arrays: readonly RawArray[],
  axes: readonly PlacedAxis[],
  navigation: readonly number[],
  warnings: string[],
): readonly number[] {
  const { shape } = arrays[0] as RawArray;
  const [, ...rest] = shape;
  const grows = dataType(nodes[0] as TreeNode) === 'data_enlargeable' && navigation.includes(0);
  for (const [i, other] of arrays.entries()) {
    const isAlike = grows ? isSame(other.shape.slice(1), rest) : isSame(other.shape, shape);
    if (!isAlike || other.shape.length !== shape.length) throw unlike(nodes[0], shape, nodes[i], other.shape);
  }
  if (!grows) return shape;
  const lengths = [
    ...arrays.map((array, i) => [nodes[i]?.path ?? '', array.shape[0] ?? 0] as const),
    ...axes.filter(({ axis }) => axis.index === 0).map(({ path, axis }) => [path, axis.size] as const),
  ];
  const rows = Math.min(...lengths.map(([, length]) => length));
  for (const [path, length] of lengths) {
    if (length > rows) warnings.push(`${path} has ${length} rows where others have ${rows}: the last are left out`);
  }
  return [rows, ...rest];
}

function channelOf(
  parts: Parts,
  i: number,
  array: RawArray,
  read: Read,
  { shape, complex }: Form,
  withBkg: boolean,
  warnings: string[],
): Channel {
  const node = parts.arrays[i] as TreeNode;
  const attributes = attributeValues(array.attributes);
  const label = textIn(attributes, 'label') || node.name;
  const size = sizeOf(shape) * (complex ? 2 : 1);
  const values = numbersOf(array, complex);
  if (!values) throw noNumbers(node);
  const beside = (one: TreeNode | undefined) => (one ? numbersAt(one, read, complex, warnings) : undefined);
  let data = values.length === size ? values : values.slice(0, size);
  if (withBkg) {
    const background = beside(parts.backgrounds[i]);
    const difference = background && subtractBackground(data, background.data);
    if (difference) data = difference;
    else if (!parts.backgrounds[i]) warnings.push(`no background was saved for ${node.path}: none was subtracted`);
    else if (background)
      warnings.push(`${parts.backgrounds[i]?.path} does not fit ${node.path}: it was not subtracted`);
  }
  const bars = beside(parts.errors[i]);
  const fits = bars && bars.data.length >= size && isSame(bars.shape.slice(1), shape.slice(1));
  if (bars && !fits) warnings.push(`${parts.errors[i]?.path} is left out: it has not the shape of its data`);
  return { label, data, errors: fits ? bars.data.slice(0, size) : undefined };
}

/** Numbers as they are; as pairs if `complex`, those of a complex64 array as float32. */
function numbersOf({ values, dtype }: RawArray, complex: boolean): NumericArray | undefined {
  if (values.kind === 'numbers') {
    if (!complex) return values.data;
    const real = Float64Array.from(values.data as ArrayLike<number>, Number);
    return interleave(real, new Float64Array(real.length));
  }
  if (values.kind !== 'complex' || !complex) return undefined;
  const pairs = interleave(values.real, values.imaginary);
  return dtype === 'complex64' ? Float32Array.from(pairs) : pairs;
}

function numbersAt(node: TreeNode, read: Read, complex: boolean, warnings: string[]) {
  const array = read.get(node.path);
  if (!array) return undefined;
  const data = DaqtorError.is(array) ? undefined : numbersOf(array, complex);
  if (data && !DaqtorError.is(array)) return { shape: array.shape, data };
  warnings.push(`${node.path} is left out: ${DaqtorError.is(array) ? array.problem : 'it holds no plain numbers'}`);
  return undefined;
}

/** Error bars of all labels or of none: where only some have them, the others' are not known, which is NaN. */
function errorsOf(channels: readonly Channel[], path: string, warnings: string[]): Pick<DataInit, 'errors'> {
  if (channels.every(({ errors }) => errors === undefined)) return {};
  const lacking = channels.filter(({ errors }) => errors === undefined).map(({ label }) => label);
  if (lacking.length > 0) warnings.push(`beside ${path}, ${lacking.join(', ')} have no error bars: theirs are NaN`);
  return { errors: channels.map(({ errors, data }) => errors ?? new Float64Array(data.length).fill(Number.NaN)) };
}

/** The axis as it goes with data of this shape, if it does. */
function fitted(
  path: string,
  axis: Axis,
  shape: readonly number[],
  navigation: readonly number[],
  warnings: string[],
): Axis[] {
  const length = shape[axis.index] as number;
  if (axis.size === length) return [axis];
  const isGrown = navigation.includes(axis.index) && axis.size > length;
  if (isGrown) return [new Axis({ ...axis, data: axis.data.slice(0, length) })];
  warnings.push(`axis ${path} is left out: it has ${axis.size} coordinates for ${length} values`);
  return [];
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, i) => length === b[i]);
}

function unlike(a: TreeNode | undefined, shape: readonly number[], b: TreeNode | undefined, other: readonly number[]) {
  return new DaqtorError('data.shape', {
    problem: `${a?.path} has shape [${shape.join(', ')}] and ${b?.path} [${other.join(', ')}]`,
    advice: 'They are no channels of the same data: load each alone',
  });
}

function noNumbers({ path, dtype }: TreeNode): DaqtorError {
  return new DaqtorError('data.shape', {
    problem: `${path} holds ${dtype} and not numbers`,
    advice: 'Texts and rows of varying length are read with readTexts or shown by the browser',
  });
}

function notRead(path: string): DaqtorError {
  return new DaqtorError('load.failed', { problem: `${path} was not read` });
}
