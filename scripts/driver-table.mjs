// One table of what was tried of each driver, from the report of the tests (vitest's JSON), that of check-simulators, and that of
// check-usb where it ran: `node --import tsx scripts/driver-table.mjs TESTS.json SIMULATORS.json [USB.json]`. A cell is
// `passed`, `FAILED`, `n/a`, or `not run` with the number of its reason, which stands below. Exits with 1 if a report is missing
// or a cell failed.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resultsFor } from './driver-evidence.mjs';

const FRAGMENTED = 'reads the same from a slow line that cuts answers at every byte';
const HEADINGS = ['driver', 'in process', 'pty/TCP', 'GPIB', 'USB', 'fragmentation', 'faults', 'third party'];

/**
 * @param manifests - of the drivers
 * @param tests - vitest's report
 * @param judged - that of check-simulators: `{ results: [{ instrument, program, wire, result, reason }] }`
 * @param usb - that of check-usb, with `notRun` where USB cannot be served; undefined where it was not called
 * @returns {{ lines: string[], failed: number }}
 */
export function driverTable(manifests, tests, judged, usb) {
  const all = usb ? { testResults: [...tests.testResults, ...usb.testResults] } : tests;
  const reasons = [];
  const notRun = (why) => {
    if (!reasons.includes(why)) reasons.push(why);
    return `not run (${reasons.indexOf(why) + 1})`;
  };
  const verdict = (results, whyNot) => {
    if (results.length === 0) return whyNot === undefined ? 'n/a' : notRun(whyNot);
    return results.every(Boolean) ? 'passed' : 'FAILED';
  };
  const rows = manifests.map(({ kind, wires, simulator }) => {
    const { wires: on, skipped, badWire } = resultsFor(kind, all);
    const of = (...names) => names.flatMap((name) => (on.has(name) ? [on.get(name)] : []));
    const hasWire = wires.length > 0;
    const suite = (names, wanted, what) => {
      const skippedIn = names.map((name) => skipped.get(name)).find(Boolean);
      const noUsb = usb && skippedIn && `check:usb: ${usb.notRun ?? 'no test of this driver came to a result'}`;
      const whyNot = noUsb ?? (skippedIn ? `skipped: ${skippedIn}` : `there is no suite of the contract ${what}`);
      return verdict(of(...names), wanted ? whyNot : undefined);
    };
    const cuts = badWire.filter(({ title }) => title === FRAGMENTED);
    const others = badWire.filter(({ title }) => title !== FRAGMENTED);
    // USB has packets of its own, which are whole or not there.
    const isStream = wires.some((wire) => wire !== 'usb');
    const noBadWire = isStream ? 'it is not among the drivers that are tried on a bad wire' : undefined;
    return [
      kind,
      suite(['memory'], hasWire, 'in process'),
      suite(['pty', 'TCP'], wires.includes('serial') || wires.includes('tcp'), 'on a pseudo-terminal or by TCP'),
      suite(['GPIB'], wires.includes('gpib'), 'on GPIB'),
      suite(['USB'], wires.includes('usb'), 'by USB'),
      verdict(
        cuts.map(({ passed }) => passed),
        noBadWire,
      ),
      verdict(
        others.map(({ passed }) => passed),
        noBadWire,
      ),
      thirdParty(
        judged.results.filter(({ instrument }) => instrument === simulator),
        hasWire,
        verdict,
        notRun,
      ),
    ];
  });
  const table = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, at) => Math.max(...table.map((row) => row[at].length)));
  const lines = table.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at]))
      .join('  ')
      .trimEnd(),
  );
  const notes = reasons.map((why, i) => `(${i + 1}) ${why}`);
  return { lines: [...lines, '', ...notes], failed: rows.flat().filter((text) => text === 'FAILED').length };
}

function thirdParty(results, hasWire, verdict, notRun) {
  const ran = results.filter(({ result }) => result !== 'not run');
  if (ran.length > 0) return verdict(ran.map(({ result }) => result === 'ok'));
  const [missing] = results;
  if (missing) return notRun(missing.reason);
  return hasWire ? notRun('no program of others is known here that speaks to it') : 'n/a';
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const { builtInDrivers } = await import('../packages/drivers/src/index.ts');
  const { mockDrivers } = await import('../packages/sim/src/index.ts');
  const [testsFile, judgedFile, usbFile] = process.argv.slice(2);
  const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
  const [tests, judged] = [read(testsFile), read(judgedFile)];
  const noReport = { testResults: [], notRun: 'it left no report' };
  const usb = usbFile && (existsSync(usbFile) ? read(usbFile) : noReport);
  const manifests = [...builtInDrivers, ...mockDrivers].map(({ manifest }) => manifest);
  const { lines, failed } = driverTable(manifests, tests, judged, usb);
  console.log(lines.join('\n'));
  process.exitCode = failed === 0 ? 0 : 1;
}
