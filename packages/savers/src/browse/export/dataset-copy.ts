import { type Clock, dtypeOf, interleave, type NumericArray } from '@daqtor/core';
import { H5File } from '../../h5/h5-file.ts';
import type {
  AttributeValue,
  ElementType,
  H5Operation,
  RawArray,
  RawAttribute,
  RawNode,
} from '../../h5/h5-operation.ts';
import { datasetNodes, LOGGER, RAW_DATA } from '../../layout/dataset-nodes.ts';
import { asBool, asFloat, asInt, asStr, asTuple, openEnvelope } from '../../layout/envelope.ts';
import { dimOf, isPlotAxis } from '../../layout/node-names.ts';
import { type ArrayFacts, dataArrayNode, groupNode, storedSignal, textsNode } from '../../layout/nodes.ts';

const NAVIGATION = 'NavAxes';
const MAX_INT32 = 2 ** 31 - 1;
/** What ties arrays to each other's addresses in the file that they come from. */
const BOUND = /^(DIMENSION_LIST|REFERENCE_LIST|_Netcdf4.*|_NCProperties|EXTDIM)$/;

export interface CopySource {
  readonly tree: RawNode;
  /** Reads an array. */
  read(path: string): Promise<RawArray>;
}

/**
 * Writes a node, and what is needed to understand it, into a new dataset: the groups above, the axes of its channel and
 * of its scan. The paths stay the same, so that PyMoDAQ loads it as it did before. Arrays become fixed in size; those of
 * another program get the attributes that PyMoDAQ's reader needs.
 *
 * @param out - where to write, and what the file will be called
 * @returns what could not be copied, in sentences
 */
export async function copyDataset(
  source: CopySource,
  path: string,
  out: { readonly path: string; readonly name: string },
  clock: Clock,
): Promise<string[]> {
  const warnings: string[] = [];
  const file = await H5File.open({ path: out.path, mode: 'create', fsync: false }, clock);
  try {
    await file.transact(datasetNodes(out.name, {}, clock.epochMs()));
    const nodes = [...selected(source.tree, path)];
    const paths = new Set(nodes.map((node) => node.path));
    for (const node of nodes) {
      const operations = await operationsFor(source, node, warnings, (member) => paths.has(member));
      if (operations.length > 0) await file.transact(operations);
    }
  } finally {
    await file.close();
  }
  return warnings;
}

/** The node, all below it, the groups above it, and the axes of these; groups before their members. */
function* selected(root: RawNode, path: string): Generator<RawNode> {
  const wanted = path.split('/').filter((part) => part !== '');
  const visit = function* (node: RawNode, depth: number): Generator<RawNode> {
    yield node;
    const isBelow = depth >= wanted.length;
    const isParent = depth === wanted.length - 1;
    for (const child of node.children) {
      if (isBelow) yield* visit(child, depth + 1);
      else if (child.name === wanted[depth]) yield* visit(child, depth + 1);
      else if (child.name === NAVIGATION) yield* visit(child, Number.POSITIVE_INFINITY);
      else if (isParent && belongsTo(child, wanted[depth] as string)) yield child;
    }
  };
  yield* visit(root, 0);
}

/** Whether an array describes its neighbour of that name: an axis, or its error bars or background. */
function belongsTo({ kind, name, attributes }: RawNode, neighbour: string): boolean {
  const type = typeof attributes.data_type === 'string' ? openEnvelope(attributes.data_type) : '';
  if (kind !== 'array') return false;
  const isItsOwn = /\d+$/.exec(name)?.[0] === /\d+$/.exec(neighbour)?.[0];
  return type === 'axis' || isPlotAxis(name) || ((type === 'error' || type === 'bkg') && isItsOwn);
}

async function operationsFor(
  source: CopySource,
  node: RawNode,
  warnings: string[],
  isCopied: (path: string) => boolean,
): Promise<H5Operation[]> {
  const { path, kind, name, problems } = node;
  warnings.push(...problems.map((problem) => `${path}: ${problem}`));
  if (kind === 'link' || kind === 'unreadable') {
    warnings.push(`${path} was not copied: it is ${kind === 'link' ? 'a link' : 'unreadable'}`);
    return [];
  }
  const attributes = attributesOf(node.attributes, 'GROUP');
  if (kind === 'group' && path !== '/') dropPlot(node, attributes, isCopied);
  if (path === '/' || path === RAW_DATA) {
    const { file: _, ...own } = attributes;
    return Object.entries(own).map(([attribute, value]) => ({ op: 'attribute', path, name: attribute, value }));
  }
  if (kind === 'group') return [groupNode(path, name, attributes)];
  let array: RawArray;
  try {
    array = await source.read(path);
  } catch (error) {
    warnings.push(`${path} was not copied: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
  const { values } = array;
  if (values.kind === 'rows' && values.data.every((row) => row instanceof Uint8Array)) {
    const made: H5Operation[] = path === LOGGER ? [] : [textsNode(path, attributesOf(node.attributes, 'VLARRAY'))];
    const shape = { op: 'attribute', path, name: 'shape', value: asTuple([values.data.length]) } as const;
    return [...made, { op: 'append-bytes', path, rows: values.data as readonly Uint8Array[] }, shape];
  }
  if (values.kind === 'numbers') return [arrayNode(node, array, dtypeOf(values.data), values.data)];
  if (values.kind === 'complex') {
    const pairs = interleave(values.real, values.imaginary);
    const isSingle = array.dtype === 'complex64';
    return [arrayNode(node, array, isSingle ? 'complex64' : 'complex128', isSingle ? Float32Array.from(pairs) : pairs)];
  }
  warnings.push(`${path} was not copied: arrays of ${array.dtype} cannot be written yet`);
  return [];
}

/** Takes away what NeXus says of a group's plot, where members that it names are not copied. */
function dropPlot(
  { path }: RawNode,
  attributes: Record<string, AttributeValue>,
  isCopied: (path: string) => boolean,
): void {
  const isThere = (member: AttributeValue | undefined) => member === undefined || isCopied(`${path}/${member}`);
  if (!isThere(attributes.default)) delete attributes.default;
  const { signal, auxiliary_signals: others } = attributes;
  if (Array.isArray(others) && !others.every(isThere)) delete attributes.auxiliary_signals;
  if (isThere(signal)) return;
  for (const name of ['NX_class', 'signal', 'axes', 'auxiliary_signals']) delete attributes[name];
}

function arrayNode({ path, name }: RawNode, array: RawArray, dtype: ElementType, data: NumericArray): H5Operation {
  const shape = array.shape.length === 0 ? [1] : array.shape;
  const facts: ArrayFacts = {
    title: name,
    label: name,
    units: '',
    origin: '',
    dim: dimOf(storedSignal(shape).signal),
    distribution: 'uniform',
    timestamp: Number.NaN,
    source: 'raw',
    type: 'data',
    navIndexes: [],
  };
  const node = dataArrayNode(path, facts, {
    dtype,
    shape,
    // An array without a value has no bytes to write; HDF5 makes it in pieces.
    ...(data.length === 0 ? { chunks: shape.map((length) => Math.max(1, length)) } : { data }),
  });
  const own = attributesOf(array.attributes, 'CARRAY');
  const now = { shape: asTuple(shape), dtype: asStr(dtype) };
  return { ...node, attributes: { ...node.attributes, ...own, ...now } };
}

/** Attributes in the form that they are written in: text as it is, numbers in PyMoDAQ's envelope. */
function attributesOf(
  stored: Readonly<Record<string, RawAttribute>>,
  kind: 'GROUP' | 'CARRAY' | 'VLARRAY',
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(stored)) {
    const written = BOUND.test(name) ? undefined : attributeOf(value);
    if (written !== undefined) attributes[name] = written;
  }
  return { ...attributes, CLASS: kind };
}

function attributeOf(value: RawAttribute): AttributeValue | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return asBool(value);
    case 'bigint':
      return asInt(Number(value));
    case 'number':
      if (!Number.isInteger(value)) return asFloat(value);
      return Math.abs(value) <= MAX_INT32 ? value : asInt(value);
    default:
      if (value === null) return undefined;
      if (value.every((item) => typeof item === 'string')) return value;
      return value.every((item) => Number.isInteger(item)) ? asTuple(value as number[]) : asStr(value.join(', '));
  }
}
