import { expect, test } from 'vitest';
import { driverTable } from './driver-table.mjs';

const manifest = (kind, wires, simulator) => ({ kind, wires, simulator });
const assertion = (first, title, status = 'passed') => ({ ancestorTitles: [first], title, status });
const tests = {
  testResults: [
    {
      assertionResults: [
        assertion('ActuatorDriver contract: fineStage on a wire in memory', 'moves'),
        assertion('ActuatorDriver contract: fineStage by TCP', 'moves'),
        assertion('ActuatorDriver contract: fineStage by TCP', 'stops', 'failed'),
        assertion('DetectorDriver contract: meter on GPIB, in memory', 'grabs'),
        assertion('fine-stage on a bad wire', 'reads the same from a slow line that cuts answers at every byte'),
        assertion('fine-stage on a bad wire', 'fails at once when the cable is pulled', 'failed'),
      ],
    },
  ],
};
const judged = {
  results: [
    { instrument: 'stage', program: 'pyvisa', wire: 'tcp', result: 'ok' },
    { instrument: 'multimeter', program: 'lxi', wire: 'tcp', result: 'not run', reason: 'lxi is not installed' },
  ],
};

test('each driver has a line of what passed, failed, cannot be, or was not run and why', () => {
  const drivers = [
    manifest('fine-stage', ['serial', 'tcp', 'usb'], 'stage'),
    manifest('meter', ['tcp', 'gpib'], 'multimeter'),
    manifest('mock', [], undefined),
  ];
  const { lines, failed } = driverTable(drivers, tests, judged);
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['driver', 'in process', 'pty/TCP', 'GPIB', 'USB', 'fragmentation', 'faults', 'third party'],
    ['fine-stage', 'passed', 'FAILED', 'n/a', 'not run (1)', 'passed', 'FAILED', 'passed'],
    ['meter', 'not run (2)', 'not run (3)', 'passed', 'n/a', 'not run (4)', 'not run (4)', 'not run (5)'],
    ['mock', 'n/a', 'n/a', 'n/a', 'n/a', 'n/a', 'n/a', 'n/a'],
    [''],
    ['(1) there is no suite of the contract by USB'],
    ['(2) there is no suite of the contract in process'],
    ['(3) there is no suite of the contract on a pseudo-terminal or by TCP'],
    ['(4) it is not among the drivers that are tried on a bad wire'],
    ['(5) lxi is not installed'],
  ]);
  expect(failed).toBe(2);
});
