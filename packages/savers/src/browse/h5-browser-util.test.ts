import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '@daqtor/core';
import { expect, test } from 'vitest';
import { H5File } from '../h5/h5-file.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { GOLDEN } from '../testing/torture-files.ts';
import { H5BrowserUtil } from './h5-browser-util.ts';

function copyOf(name: string): string {
  const path = join(tempFolder(), 'copy.h5');
  copyFileSync(join(GOLDEN, `${name}.h5`), path);
  chmodSync(path, 0o644);
  return path;
}

test.each(['h5py', 'tables'])('nodes, attributes and settings are at hand (%s)', async (backend) => {
  const browser = await H5BrowserUtil.open(join(GOLDEN, `c_scan2d_${backend}.h5`));
  expect(browser.kind).toEqual({ kind: 'PyMoDAQ dataset', note: '' });
  expect([...browser.walkNodes('/RawData/Scan000/NavAxes')].map(({ name }) => name)).toEqual([
    'NavAxes',
    'Axis00',
    'Axis01',
  ]);
  expect(browser.getNode('/RawData/Scan000/').title).toBe('DAQScan');
  expect(browser.getAttributes('//RawData//Scan000').scan_done).toBe(true);
  const settings = browser.getSettings('/RawData/Scan000');
  expect(settings?.name).toBe('All_settings');
  expect(settings?.children.length).toBeGreaterThan(1);
  expect(browser.getSettings('/RawData/Scan000/NavAxes')).toBeUndefined();
  expect((await browser.getDataOf('/RawData/Scan000/Detector000/Data0D/CH00')).data.labels).toEqual(['A', 'B']);
});

test.each(['a_snapshot_h5py', 'a_snapshot_tables'])(
  'comments are added line by line and seen at once (%s)',
  async (name) => {
    const path = copyOf(name);
    const browser = await H5BrowserUtil.open(path);
    const before = await browser.loader.loadAll();
    await browser.addComment('/RawData/Detector000', 'größer "als"');
    const other = await H5BrowserUtil.open(path);
    await browser.addComment('/RawData/Detector000', 'noted');
    await other.addComment('/RawData/Detector000', 'by somebody else');
    expect(browser.getAttributes('/RawData/Detector000').comments).toBe('größer "als"\nnoted');
    const again = await H5BrowserUtil.open(path);
    expect(again.getAttributes('/RawData/Detector000').comments).toBe('größer "als"\nnoted\nby somebody else');
    expect((await again.loader.loadAll()).data).toEqual(before.data);
    expect(existsSync(`${path}.lock`)).toBe(false);
  },
);

test('no comment goes to a file that somebody writes, or to a node that is not there', async () => {
  const path = copyOf('a_snapshot_h5py');
  const browser = await H5BrowserUtil.open(path);
  await expect(browser.addComment('/RawData/Nothing', 'x')).rejects.toThrow("has no 'Nothing'");
  const writer = await H5File.open({ path, mode: 'append', fsync: false }, realClock);
  await expect(browser.addComment('/RawData', 'x')).rejects.toThrow(`${path} is being written by process`);
  await writer.close();
});
