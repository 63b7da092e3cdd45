// Checks that the source keeps the rules of the house, which stand below as data. Prints each breach as
// `file:line rule` and exits with 1.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, visitorKeys } from 'oxc-parser';

/** Which of our packages a package may import; `tests` are allowed to its test files on top. */
const LAYERS = {
  core: { may: [], tests: [], browser: true },
  drivers: { may: ['core'], tests: ['sim'] },
  host: { may: ['core'], tests: ['drivers', 'sim'] },
  savers: { may: ['core'], tests: [] },
  sim: { may: ['core'], tests: [] },
  apps: { may: ['core', 'drivers', 'host', 'savers', 'sim'], tests: [] },
};

/** Packages that few places know, so that an upgrade stays small. Matched without `.test`. */
const KNOWN_IN = [
  { module: /^xstate(\/|$)|^@xstate\//, files: /\/(actors|modules)\/|\/daq-[^/]*\.ts$|-machine\.ts$/ },
  { module: /^h5wasm(\/|$)/, files: /^packages\/savers\/src\/h5\// },
  { module: /^usb$/, files: /^packages\/drivers\/src\/transports\// },
  { module: /^(@serialport\/|serialport(\/|$))/, files: /^packages\/drivers\/src\/transports\// },
];

/** Where the machine's clock may be read. Everything else is given a `Clock`. */
const REAL_TIME_IN = [
  /^packages\/core\/src\/time\/real-clock\.ts$/,
  /^packages\/core\/src\/time\/virtual-clock\.test\.ts$/, // proves that virtual time waits for real work
  /^apps\/[^/]+\/src\/(bench|torture)\//, // measures how long things really take
];
const TIME_GLOBALS = new Set(['setTimeout', 'setInterval', 'setImmediate', 'performance']);
/** Properties of global objects that read the clock or start a timer. */
const TIME_PROPERTIES = { Date: ['now'], process: ['hrtime', 'uptime'], AbortSignal: ['timeout'] };
const TIME_MODULES = /^(node:)?(timers(\/promises)?|perf_hooks)$/;
const GLOBAL_OBJECTS = new Set(['globalThis', 'global', 'window', 'self']);

const MAX_LINES = 400;
/** Tests, the kits they are made of, and benchmarks: what no one ships. */
const isTest = (path) => /\.test\.ts$|\/testing\/|^apps\/[^/]+\/src\/(bench|torture)\//.test(path);

/**
 * @param {ReadonlyMap<string, string>} files - text of each file by its path from the root, with `/`
 * @returns {string[]} one line for each breach, sorted
 */
export function breaches(files) {
  const found = [];
  const graph = new Map();
  for (const [path, text] of files) {
    const report = (rule, at = 0) => found.push({ path, line: text.slice(0, at).split('\n').length, rule });
    const { program, errors } = parseSync(path, text);
    if (errors.length > 0) report(`does not parse: ${errors[0].message}`);
    const imports = [];
    walk(program, undefined, (node, parent) => {
      const from = importedModule(node);
      if (from !== undefined) imports.push({ from, at: node.start });
      for (const rule of nodeRules(node, parent, path)) report(rule, node.start);
    });
    for (const { from, at } of imports) for (const rule of importRules(path, from)) report(rule, at);
    graph.set(
      path,
      imports.filter(({ from }) => from.startsWith('.')).map(({ from, at }) => ({ to: beside(path, from), at })),
    );
    if (text.trimEnd().split('\n').length > MAX_LINES)
      report(`more than ${MAX_LINES} lines: look for the second concept`);
    if (posix.basename(path) === 'index.ts') {
      for (const node of program.body) if (!isReExport(node)) report('index.ts only re-exports, by name', node.start);
    }
  }
  for (const { path, at, cycle } of cycles(graph)) {
    const line = files.get(path).slice(0, at).split('\n').length;
    found.push({ path, line, rule: `circular import: ${cycle.join(' -> ')}` });
  }
  found.sort((a, b) => a.path.localeCompare(b.path) || a.line - b.line);
  return [...new Set(found.map(({ path, line, rule }) => `${path}:${line} ${rule}`))];
}

function walk(node, parent, visit) {
  visit(node, parent);
  for (const key of visitorKeys[node.type] ?? []) {
    for (const child of [node[key]].flat()) if (child) walk(child, node, visit);
  }
}

/** The module that a node imports from: in an import, a re-export, a dynamic import or an `import('…')` type. */
function importedModule(node) {
  if (/^(Import|ExportNamed|ExportAll)Declaration$|^(ImportExpression|TSImportType)$/.test(node.type)) {
    return typeof node.source?.value === 'string' ? node.source.value : undefined;
  }
  return undefined;
}

function* nodeRules(node, parent, path) {
  if (node.type === 'TSAnyKeyword') yield 'no any';
  if (node.type === 'ExportDefaultDeclaration') yield 'no default export';
  if (node.type === 'ExportSpecifier' && node.exported.name === 'default') yield 'no default export';
  const time = realTime(node, parent);
  if (time && !REAL_TIME_IN.some((allowed) => allowed.test(path)))
    yield `${time} reads the machine's time: take a Clock`;
}

/** The way in which a node reads the machine's time. A property of an object of ours, `clock.setTimeout`, does not. */
function realTime(node, parent) {
  const { type } = node;
  const of = node.callee ?? node.object;
  if (/^(New|Call)Expression$/.test(type) && of.name === 'Date' && node.arguments.length === 0) return 'Date()';
  if (type === 'MemberExpression' && !node.computed) {
    const { name } = node.property;
    if (Object.hasOwn(TIME_PROPERTIES, of.name) && TIME_PROPERTIES[of.name].includes(name)) return `${of.name}.${name}`;
    if (GLOBAL_OBJECTS.has(of.name) && TIME_GLOBALS.has(name)) return name;
  }
  if (type !== 'Identifier' || !TIME_GLOBALS.has(node.name)) return undefined;
  const isName = parent.property === node || parent.key === node;
  return isName ? undefined : node.name;
}

function* importRules(path, from) {
  const [area, folder] = path.split('/');
  const layer = LAYERS[area === 'apps' ? 'apps' : folder];
  const home = `${area}/${folder}/src/`;
  const test = isTest(path);
  const ours = /^@daqtor\/([^/]+)(\/testing)?/.exec(from);
  if (ours && !layer.may.includes(ours[1]) && !(test && layer.tests.includes(ours[1]))) {
    yield `${home.slice(0, -5)} may not import ${from}`;
  }
  const inside = from.startsWith('.') ? beside(path, from) : undefined;
  if (inside && !inside.startsWith(home)) yield `${from} leaves the package: import it by its name`;
  if (!test && (ours?.[2] || inside?.includes('/testing/') || /^vitest(\/|$)/.test(from)))
    yield `only tests may import ${from}`;
  if (layer.browser && !test && isBuiltin(from))
    yield `${home.slice(0, -5)} runs in a browser and may not import ${from}`;
  if (TIME_MODULES.test(from) && !REAL_TIME_IN.some((allowed) => allowed.test(path)))
    yield `${from} reads the machine's time: take a Clock`;
  for (const { module, files } of KNOWN_IN) {
    if (module.test(from) && !files.test(path.replace('.test.ts', '.ts')))
      yield `${from} is known only in ${files.source}`;
  }
}

const beside = (path, from) => posix.join(posix.dirname(path), from);
const isReExport = (node) =>
  node.type === 'ExportNamedDeclaration' && (node.source || (!node.declaration && node.specifiers.length === 0));

/** Each import that closes a circle, found depth first; every circle has one. */
function cycles(graph) {
  const found = [];
  const done = new Set();
  const visit = (path, trail) => {
    if (done.has(path)) return;
    for (const { to, at } of graph.get(path) ?? []) {
      const start = [...trail, path].indexOf(to);
      if (start >= 0)
        found.push({ path, at, cycle: [...[...trail, path].slice(start), to].map((p) => posix.basename(p)) });
      else visit(to, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

function sourceFiles(root) {
  const files = new Map();
  for (const area of ['packages', 'apps']) {
    for (const name of readdirSync(join(root, area))) {
      for (const entry of readdirSync(join(root, area, name, 'src'), { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile() && /\.m?[jt]s$/.test(file))
          files.set(relative(root, file).split(sep).join('/'), readFileSync(file, 'utf8'));
      }
    }
  }
  return files;
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const files = sourceFiles(join(dirname(fileURLToPath(import.meta.url)), '..'));
  const found = breaches(files);
  for (const line of found) console.log(line);
  console.log(
    found.length === 0 ? `architecture: ${files.size} files keep the rules` : `architecture: ${found.length} breaches`,
  );
  process.exitCode = found.length === 0 ? 0 : 1;
}
