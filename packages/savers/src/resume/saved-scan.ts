import { DaqtorError, type ScanRevision } from '@daqtor/core';
import { describeFile } from '../browse/describe-file.ts';
import { readerThread } from '../browse/reader-thread.ts';
import { walkNodes } from '../browse/tree.ts';
import { type TreeNode, textIn } from '../browse/tree-node.ts';
import type { RawArray } from '../h5/h5-operation.ts';
import { RAW_DATA } from '../layout/dataset-nodes.ts';
import { axisName, channelName, dataName, groupName } from '../layout/node-names.ts';
import { recipeIn, type ScanRecipe } from '../layout/scan-recipe.ts';
import { revisionsIn } from '../layout/scan-revisions.ts';
import { runsIn, type ScanRun } from '../layout/scan-runs.ts';

/** A scan as it lies in a file, finished or not. */
export interface SavedScan {
  readonly file: string;
  /** Path of its group, e.g. `/RawData/Scan000`. */
  readonly group: string;
  /** `running` if nobody could say how it ended. */
  readonly outcome: string;
  readonly recipe: ScanRecipe;
  readonly runs: readonly ScanRun[];
  /** How it was changed while it was paused. */
  readonly revisions: readonly ScanRevision[];
  /** Length of each scan dimension. */
  readonly shape: readonly number[];
  /** For each place of the scan, row-major: 0 if it was not measured. */
  readonly status: ArrayLike<number>;
  /** When each place was measured, in seconds since the scan began. */
  readonly elapsed: ArrayLike<number>;
  /** What each place of an adaptive scan was worth; undefined for other scans, and in files that do not keep it. */
  readonly signals: ArrayLike<number> | undefined;
  /** Read back at each place: one array per actuator, in the units of the scan. */
  readonly positions: readonly ArrayLike<number>[];
  /** Coordinates of the scan, as they were planned. */
  readonly navAxes: readonly ArrayLike<number>[];
  /** All nodes of its group, by their paths. */
  readonly nodes: ReadonlyMap<string, TreeNode>;
  /** Values of the axes that its detectors gave, by their paths. */
  readonly axes: ReadonlyMap<string, ArrayLike<number>>;
}

/**
 * Reads a scan, whole or not. What a killed writer left half done is seen as if it were done; the file is not changed.
 *
 * @param name - of its group, e.g. `Scan000`; default the last scan of the file
 * @throws DaqtorError `load.failed` if the file cannot be read; `scan.refused` if it has no such scan, or does not say
 *   enough about it
 */
export async function savedScan(file: string, name?: string): Promise<SavedScan> {
  const root = await describeFile(file);
  const node = findScan(root, file, name);
  const recipe = recipeIn(node.attributes);
  if (!recipe) {
    throw new DaqtorError('scan.refused', {
      problem: `${node.path} of ${file} does not say how it was made, so that nobody can go on with it`,
      advice: 'It was written by another program or version, or recorded without a scan: begin a new one',
    });
  }
  const nodes = new Map([...walkNodes(node)].map((one) => [one.path, one]));
  const axisPaths = [...nodes.values()].filter(isDetectorAxis).map(({ path }) => path);
  const scalar = (group: string) => `${node.path}/${group}/Data0D/${channelName(0)}/${dataName(0)}`;
  const navPaths = [...nodes.keys()].filter((path) => path.startsWith(`${node.path}/NavAxes/`)).sort();
  const wanted = [
    scalar('Status'),
    scalar('Timestamps'),
    ...recipe.actuators.map((_, i) => scalar(groupName('actuator', i))),
  ];
  const [status, elapsed, ...positions] = await readNumbers(file, wanted);
  const navAxes = await readNumbers(file, navPaths);
  const axes = await readNumbers(file, axisPaths);
  const [signals] = await readNumbers(
    file,
    [scalar('Signal')].filter((path) => nodes.has(path)),
  );
  return {
    file,
    group: node.path,
    outcome: textIn(node.attributes, 'scan_outcome'),
    recipe,
    runs: runsIn(node.attributes),
    revisions: revisionsIn(node.attributes),
    shape: nodes.get(scalar('Status'))?.shape ?? [],
    status: status as ArrayLike<number>,
    elapsed: elapsed as ArrayLike<number>,
    signals,
    positions,
    navAxes,
    nodes,
    axes: new Map(axisPaths.map((path, i) => [path, axes[i] as ArrayLike<number>])),
  };
}

/** Coordinates that came with the data, not those of the scan nor copies of them. */
function isDetectorAxis({ path, name, kind }: TreeNode): boolean {
  return kind === 'array' && path.includes('/Detector') && name === axisName(Number(name.replace('Axis', '')));
}

function findScan(root: TreeNode, file: string, name: string | undefined): TreeNode {
  const raw = root.children.find(({ path }) => path === RAW_DATA);
  const scans = (raw?.children ?? []).filter((one) => one.kind === 'group' && /^Scan\d{3,}$/.test(one.name));
  const numbered = scans.toSorted((a, b) => Number(a.name.slice(4)) - Number(b.name.slice(4)));
  const found = name === undefined ? numbered.at(-1) : numbered.find((one) => one.name === name);
  if (found) return found;
  const names = numbered.map((one) => one.name);
  throw new DaqtorError('scan.refused', {
    problem: name === undefined ? `there is no scan in ${file}` : `there is no ${name} in ${file}`,
    advice: names.length > 0 ? `It has ${names.join(', ')}` : 'Look into it with daqtor browse',
  });
}

async function readNumbers(file: string, paths: readonly string[]): Promise<ArrayLike<number>[]> {
  if (paths.length === 0) return [];
  const arrays = await readerThread().read(file, paths);
  return arrays.map((array, i) => {
    if (DaqtorError.is(array)) throw array;
    return numbersIn(array, paths[i] as string, file);
  });
}

function numbersIn({ values }: RawArray, path: string, file: string): ArrayLike<number> {
  if (values.kind === 'numbers' && !(values.data instanceof BigInt64Array || values.data instanceof BigUint64Array))
    return values.data;
  throw new DaqtorError('load.failed', { problem: `${path} of ${file} does not hold plain numbers` });
}
