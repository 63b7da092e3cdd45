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

test('what ran where USB is served counts for USB; what did not has the reason of that run', () => {
  const drivers = [manifest('fine-stage', ['usb'], 'stage'), manifest('spectrometer', ['usb'], undefined)];
  const cells = (usb) =>
    driverTable(drivers, tests, { results: [] }, usb).lines.map((line) => line.split(/ {2,}/)[4] ?? line);
  const ran = (status) => ({
    testResults: [{ assertionResults: [assertion('ActuatorDriver contract: fineStage by USB', 'moves', status)] }],
  });
  expect(cells(ran('passed')).slice(0, 3)).toEqual(['USB', 'passed', 'not run (3)']);
  expect(cells(ran('failed')).slice(0, 3)).toEqual(['USB', 'FAILED', 'not run (3)']);
  expect(driverTable(drivers, tests, { results: [] }, ran('failed')).failed).toBe(3);
  const notRun = cells({ testResults: [], notRun: 'there is no /dev/fuse that may be used' });
  expect(notRun.slice(0, 2)).toEqual(['USB', 'not run (1)']);
  expect(notRun).toContain('(1) check:usb: there is no /dev/fuse that may be used');
  expect(cells({ testResults: [] })).toContain('(1) check:usb: no test of this driver came to a result');
});
