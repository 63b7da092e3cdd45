import { describeFile } from '../browse/describe-file.ts';
import { walkNodes } from '../browse/tree.ts';
import { openEnvelope } from '../layout/envelope.ts';
import { type DumpNode, goldenDumps } from './golden-dumps.ts';

/** What any two runs differ in. */
const OF_THE_RUN = new Set(['file', 'author']);
/** Attributes that are told once for all nodes. */
const OF_ALL_NODES = new Set(['VERSION', 'backend', 'long_name']);

/**
 * In what the structure of one of our files differs from PyMoDAQ's file of the same kind: nodes, shapes, types and
 * attributes, and the values of attributes but for what any two runs differ in. Numbers in names are left out, and what
 * lies below a node that is told, so that each difference is told once: `Data#: @units only ours`.
 *
 * @param golden - name of PyMoDAQ's file, e.g. `c_scan2d_h5py`
 */
export async function goldenDifferences(golden: string, file: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const nodes = new Map([...walkNodes(await describeFile(file))].map((node) => [node.path, node]));
  const dump = Object.entries(goldenDumps()[golden] ?? {}).filter(([path]) => path.startsWith('/'));
  const paths = new Set(dump.map(([path]) => path));
  const above = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/';
  for (const path of nodes.keys()) {
    if (!paths.has(path) && paths.has(above(path))) found.add(`${place(path)} only ours`);
  }
  for (const [path, wanted] of dump) {
    const node = nodes.get(path);
    const what = path === '/' ? 'root' : numberless(path.slice(path.lastIndexOf('/') + 1));
    if (!node) {
      found.add(`${place(path)} only theirs`);
      continue;
    }
    if (String(node.shape) !== String(wanted.shape)) found.add(`${what}: shape ${node.shape}, theirs ${wanted.shape}`);
    if (node.kind === 'array' && typeOf(wanted) !== node.dtype?.replace(/<.*/, '')) found.add(`${what}: type`);
    const theirs = new Map(Object.entries(wanted.attrs).map(([name, { value }]) => [name, opened(value)]));
    const tell = (name: string, how: string) =>
      found.add(`${OF_ALL_NODES.has(name) ? 'nodes' : what}: @${name} ${how}`);
    for (const name of Object.keys(node.attributes)) if (!theirs.has(name)) tell(name, 'only ours');
    for (const [name, value] of theirs) {
      if (!(name in node.attributes)) tell(name, 'only theirs');
      else if (OF_THE_RUN.has(name)) continue;
      else if (form(name, node.attributes[name]) !== form(name, value)) tell(name, 'other value');
    }
  }
  return found;
}

const numberless = (name: string): string => name.replace(/\d+/, '#');

/** A path within its scan or module, which are the same in all files. */
function place(path: string): string {
  return path.split('/').slice(2).map(numberless).join('/');
}

function typeOf({ type }: DumpNode): string {
  return type?.class === 'vlen' ? 'vlen' : `${type?.class === 'integer' ? 'int' : type?.class}${8 * (type?.size ?? 0)}`;
}

const opened = (value: unknown): unknown => (typeof value === 'string' ? openEnvelope(value) : (value ?? ''));

/** A value without what any two runs differ in: of moments the form, of settings that they are some. */
function form(name: string, value: unknown): string {
  if (name === 'timestamp') return typeof value;
  if (name === 'settings') return String(value).slice(0, '<All_settings'.length);
  // The step of a linear axis is computed from its coordinates in other ways.
  const text = JSON.stringify(typeof value === 'number' ? Number(value.toPrecision(12)) : value);
  return /^(date|time|date_time)$/.test(name) ? text.replaceAll(/\d/g, '0') : text;
}
