// What the titles of tests say about a driver. A contract suite is called `smc100 on a pseudo-terminal`: the export of the
// driver first, then the wire. Tests on a bad wire are in `KIND on a bad wire`.

/** Wires by what a title says of them; the first that fits counts. */
const WIRES = [
  ['GPIB', /\bGPIB\b/],
  ['USB', /\bby USB\b/],
  ['memory', /\bmemory\b/],
  ['pty', /\bpseudo-terminal\b/],
  ['TCP', /\bby TCP\b/],
];

/** `keithley2400-source` is exported as `keithley2400Source`. */
const exportName = (kind) => kind.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

/**
 * @param {string} title - of a contract suite
 * @returns {{ driver: string, wire: string | undefined }}
 */
function suiteOf(title) {
  return { driver: /^\w*/.exec(title)[0], wire: WIRES.find(([, says]) => says.test(title))?.[0] };
}

/** The wires on which contract suites of this driver run, from their titles; in the order of the list above. */
export function wiresTried(kind, titles) {
  const found = new Set(
    titles.map(suiteOf).flatMap(({ driver, wire }) => (driver === exportName(kind) && wire ? [wire] : [])),
  );
  return WIRES.map(([wire]) => wire).filter((wire) => found.has(wire));
}

/** Titles of the contract suites in the source of a test. */
export const contractTitles = (source) =>
  [...source.matchAll(/describe(?:Actuator|Detector)Driver\(\s*'([^']+)'/g)].map(([, title]) => title);

/**
 * What a report of vitest (`--reporter=json`) tells of a driver.
 *
 * @returns {{ wires: Map<string, boolean>, skipped: Map<string, string>, badWire: { title: string, passed: boolean }[] }} per
 *   wire whether all passed, and of those that were skipped the title around them, which says why
 */
export function resultsFor(kind, report) {
  const wires = new Map();
  const skipped = new Map();
  const badWire = [];
  for (const { ancestorTitles, title, status } of report.testResults.flatMap((file) => file.assertionResults)) {
    const passed = status === 'passed';
    const contracts = ancestorTitles.map((one) => /^(?:Actuator|Detector)Driver contract: (.*)$/.exec(one)?.[1]);
    const contract = contracts.find(Boolean);
    const suite = contract && suiteOf(contract);
    if (suite?.driver === exportName(kind) && suite.wire) {
      if (passed || status === 'failed') wires.set(suite.wire, passed && (wires.get(suite.wire) ?? true));
      else skipped.set(suite.wire, ancestorTitles[0]);
    }
    if (ancestorTitles[0] === `${kind} on a bad wire`) badWire.push({ title, passed });
  }
  return { wires, skipped, badWire };
}
