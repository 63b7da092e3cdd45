import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('where USB cannot be served it says why, to people and in its report, and counts nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'check-usb-'));
  try {
    writeFileSync(join(folder, 'uname'), '#!/bin/sh\necho Plan9\n');
    chmodSync(join(folder, 'uname'), 0o755);
    const report = join(folder, 'usb.json');
    const { status, stdout } = spawnSync(process.execPath, ['scripts/check-usb.mjs'], {
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, DAQTOR_TEST_REPORT: report },
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([0, 'not run: USB is served from user space on Linux only\n0 passed, 0 failed\n']);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual({
      testResults: [],
      notRun: 'USB is served from user space on Linux only',
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
