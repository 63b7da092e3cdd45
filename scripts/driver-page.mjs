// Writes docs/drivers.md from the manifests and settings of the drivers, and from the tests that there are.
// `npm run docs:drivers`; a test holds the page to what this makes of the sources.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtInDrivers, describeSettings } from '../packages/drivers/src/index.ts';
import { mockDrivers } from '../packages/sim/src/index.ts';
import { judgesOf } from './check-simulators.mjs';
import { contractTitles, wiresTried } from './driver-evidence.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const PAGE = join(root, 'docs/drivers.md');

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells) => `| ${cells.map(cell).join(' | ')} |`;
const list = (all) => (all.length === 0 ? '–' : all.join(', '));

/** The contract suites of all test files below a folder. */
function titlesBelow(folder) {
  const files = readdirSync(join(root, folder), { recursive: true }).filter((name) => name.endsWith('.test.ts'));
  return files.flatMap((name) => contractTitles(readFileSync(join(root, folder, name), 'utf8')));
}

function settingsTable(settings) {
  const rows = settings.map(({ name, takes, default: otherwise, units, isRequired, description }) => {
    const value = isRequired
      ? 'required'
      : otherwise === undefined
        ? '–'
        : `\`${otherwise}\`${units ? ` ${units}` : ''}`;
    return row(`\`${name}\``, takes, value, description);
  });
  return ['| setting | takes | default | what it is |', '|---|---|---|---|', ...rows].join('\n');
}

/** The settings that all drivers of a role have. */
function shared(drivers) {
  const [first, ...others] = drivers.map(({ plugin }) => describeSettings(plugin));
  const same = (one) => (two) => one.name === two.name && one.description === two.description;
  return first.filter((one) => others.every((settings) => settings.some(same(one))));
}

/** @returns {string} the page */
export function driverPage() {
  const drivers = [...builtInDrivers, ...mockDrivers];
  const titles = titlesBelow('packages');
  const common = new Map(
    ['actuator', 'detector'].map((role) => [role, shared(drivers.filter(({ manifest }) => manifest.role === role))]),
  );
  const overview = drivers.map(({ manifest: { kind, role, title, wires, can, simulator } }) =>
    row(
      `[\`${kind}\`](#${kind})`,
      title,
      role,
      list(wires),
      list(can),
      list(wiresTried(kind, titles)),
      list(simulator ? judgesOf(simulator) : []),
    ),
  );
  const each = drivers.map(({ manifest, plugin, from }) => {
    const { kind, role, title, serial, usbIds, simulator } = manifest;
    const known = new Set(common.get(role).map(({ name }) => name));
    const own = describeSettings(plugin).filter(({ name }) => !known.has(name));
    const facts = [
      `${title}, from \`${from}\`.`,
      serial && `Its serial port comes set to \`${serial}\`.`,
      usbIds.length > 0 && `USB: ${usbIds.map((id) => `\`${id}\``).join(', ')}.`,
      simulator && `Simulator: \`daqtor sim ${simulator}\`.`,
    ];
    const table = own.length === 0 ? 'It has no settings of its own.' : settingsTable(own);
    return `### ${kind}\n\n${facts.filter(Boolean).join(' ')}\n\n${table}`;
  });
  const roles = [...common].map(([role, settings]) => `### Settings of every ${role}\n\n${settingsTable(settings)}`);
  return `# Drivers

Written by \`npm run docs:drivers\` from the manifests, the settings and the tests; a test fails where it is not up to date. What
the instruments' drivers do and do not do, and where their protocols come from: [Instruments](instruments.md).

"Contract tested on" names the wires on which the suite of the contract runs against the simulator; "judged by" the programs of
others that drive the simulator (\`npm run check:simulators\`). No driver has met its real instrument yet.

| driver | instrument | role | wires | can | contract tested on | judged by |
|---|---|---|---|---|---|---|
${overview.join('\n')}

${[...each, ...roles].join('\n\n')}
`;
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, driverPage());
  console.log(`Wrote ${PAGE}`);
}
