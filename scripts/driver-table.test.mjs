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
        {
          ancestorTitles: ['USB (no /dev/fuse)', 'ActuatorDriver contract: fineStage by USB'],
          title: 'moves',
          status: 'skipped',
        },
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
    manifest('spectrometer', ['usb'], undefined),
    manifest('mock', [], undefined),
  ];
  const { lines, failed } = driverTable(drivers, tests, judged);
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['driver', 'in process', 'pty/TCP', 'GPIB', 'USB', 'fragmentation', 'faults', 'third party'],
    ['fine-stage', 'passed', 'FAILED', 'n/a', 'not run (1)', 'passed', 'FAILED', 'passed'],
    ['meter', 'not run (2)', 'not run (3)', 'passed', 'n/a', 'not run (4)', 'not run (4)', 'not run (5)'],
    ['spectrometer', 'not run (2)', 'n/a', 'n/a', 'not run (6)', 'n/a', 'n/a', 'not run (7)'],
    ['mock', 'n/a', 'n/a', 'n/a', 'n/a', 'n/a', 'n/a', 'n/a'],
    [''],
    ['(1) skipped: USB (no /dev/fuse)'],
    ['(2) there is no suite of the contract in process'],
    ['(3) there is no suite of the contract on a pseudo-terminal or by TCP'],
    ['(4) it is not among the drivers that are tried on a bad wire'],
    ['(5) lxi is not installed'],
    ['(6) there is no suite of the contract by USB'],
    ['(7) no program of others is known here that speaks to it'],
  ]);
  expect(failed).toBe(2);
});
