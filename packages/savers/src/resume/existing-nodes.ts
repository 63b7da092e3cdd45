import { DaqtorError, type LargerScan, type NumericArray } from '@daqtor/core';
import type { TreeNode } from '../browse/tree-node.ts';
import type { CreateArray, CreateGroup, H5Operation } from '../h5/h5-operation.ts';
import { openEnvelope } from '../layout/envelope.ts';
import type { SavesBaseline, SavesScan } from '../modules/recording.ts';
import { shapeIn } from '../modules/scan-growth.ts';
import type { SavedScan } from './saved-scan.ts';

/** Relative difference of coordinates that are the same. */
const TOLERANCE = 1e-9;

/**
 * A saver that goes on in the nodes that its like has made before: the first value, which defines all arrays, must define
 * what is there, and makes only what is not. A scan that died before its first point has no arrays of detectors yet.
 *
 * @throws DaqtorError `data.shape` from `write` if the first value differs in more than its numbers from those in the file
 */
export function inExistingNodes(saver: SavesScan, saved: SavedScan): SavesScan {
  let isDefined = false;
  let known = saved;
  return {
    group: saver.group,
    grow(larger) {
      known = grownTo(larger, known);
      return saver.grow(larger);
    },
    open: () => [],
    write(value) {
      const operations = saver.write(value);
      // A skipped point has no data, and defines nothing.
      if (isDefined || !operations.some(makesNode)) return operations;
      const left = missing(operations, known);
      isDefined = true;
      return left;
    },
    close: (outcome) => saver.close?.(outcome) ?? [],
  };
}

/** A scan whose file has a place for the points that were added. */
export function grownTo(larger: LargerScan, saved: SavedScan): SavedScan {
  const growth = { group: saved.group, was: saved.shape, larger };
  const nodes = new Map(
    [...saved.nodes].map(([path, node]) => {
      const shape = shapeIn(growth, { ...node, dataType: node.attributes.data_type });
      return [path, shape ? { ...node, shape } : node];
    }),
  );
  return { ...saved, shape: larger.shape, nodes };
}

/** As `inExistingNodes`, for the readings of a baseline: rows of any number may be there. */
export function inExistingRows(saver: SavesBaseline, saved: SavedScan): SavesBaseline {
  return {
    get growing() {
      return saver.growing;
    },
    write: (reading) => saver.write(reading).filter((one) => !(makesNode(one) && isThere(one, saved))),
  };
}

/** @throws DaqtorError `data.shape` if there is another node in its place */
function isThere(one: CreateGroup | CreateArray, { nodes, axes }: SavedScan): boolean {
  const node = nodes.get(one.path);
  if (!node) return false;
  const fault = one.op === 'group' ? groupFault(one, node) : arrayFault(one, node, axes.get(one.path));
  if (fault !== undefined) throw misfit(`${fault} for ${one.path}`);
  return true;
}

const makesNode = (one: H5Operation): one is CreateGroup | CreateArray => one.op === 'group' || one.op === 'array';

/** The operations without those that make what is there. */
function missing(operations: readonly H5Operation[], saved: SavedScan): readonly H5Operation[] {
  const { nodes, group } = saved;
  const made = new Set<string>();
  const left = operations.filter((one) => {
    if (!makesNode(one)) return true;
    made.add(one.path);
    return !isThere(one, saved);
  });
  const old = [...nodes.values()].filter(({ kind, path }) => kind === 'array' && path.startsWith(`${group}/Detector`));
  const lost = old.find(({ path }) => !made.has(path));
  if (lost) throw misfit(`nothing for ${lost.path}`);
  const added = old.length > 0 && left.find((one) => one.op === 'array');
  if (added) throw misfit(`data for ${added.path}, which is not there`);
  return left;
}

function groupFault({ attributes }: CreateGroup, { title }: TreeNode): string | undefined {
  const now = textOf(attributes.TITLE);
  return now === title ? undefined : `data '${now}' after '${title}'`;
}

function arrayFault(
  { shape, dtype, attributes, data, enlargeable }: CreateArray,
  node: TreeNode,
  coordinates: ArrayLike<number> | undefined,
): string | undefined {
  const was = (fact: string, now: unknown, before: unknown) =>
    now === before ? undefined : `${fact} ${now} after ${before}`;
  // How many rows there are is no fact of the data.
  const lengthsOf = (all: readonly number[]) => `[${all.slice(enlargeable ? 1 : 0).join(', ')}]`;
  return (
    was('shape', lengthsOf(shape), lengthsOf(node.shape ?? [])) ??
    was('dtype', dtype, node.dtype) ??
    was('units', `'${textOf(attributes.units)}'`, `'${node.units}'`) ??
    was('label', `'${textOf(attributes.label)}'`, `'${String(node.attributes.label)}'`) ??
    (coordinates && data && !areClose(data, coordinates) ? 'other coordinates' : undefined)
  );
}

function areClose(now: NumericArray, before: ArrayLike<number>): boolean {
  return Array.from(before).every((value, i) => Math.abs(Number(now[i]) - value) <= TOLERANCE * Math.abs(value));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? String(openEnvelope(value)) : '');

function misfit(what: string): DaqtorError {
  return new DaqtorError('data.shape', {
    problem: `the detectors give other data than when the scan was begun: ${what}`,
    advice: 'Set them as they were, then resume again; what was measured is untouched',
  });
}
