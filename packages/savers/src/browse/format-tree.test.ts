import { expect, test } from 'vitest';
import { dataset } from '../dataset.ts';
import { runScan } from '../testing/scan-bench.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { describeFile } from './describe-file.ts';
import { formatTree } from './format-tree.ts';

test('a tree shows names, titles, shapes, types and units', async () => {
  const { file } = await runScan(dataset(tempFolder()), { points: 1 });
  const text = formatTree(await describeFile(file));
  const detector = text.slice(text.indexOf('▸ Detector000'), text.indexOf('▸ NavAxes'));
  expect(detector.split('\n').map((line) => line.replace(/^.*?─ /, ''))).toEqual([
    '▸ Detector000  MyDet',
    '▸ Data0D',
    '▸ CH00  Power',
    '▦ Data00  Power · A  (3 × 4) float64 [mW]',
    '▦ Data01  Power · B  (3 × 4) float64 [mW]',
    '↔ PlotAxis00  ActX  (3) float64 [mm]',
    '↔ PlotAxis01  ActY  (4) float64 [mm]',
    '▸ Data1D',
    '▸ CH00  Spectrum',
    '↔ Axis00  Wavelength  (5) float64 [nm]',
    '▦ Data00  Spectrum · s1  (3 × 4 × 5) float64 [V]',
    '▦ Data01  Spectrum · s2  (3 × 4 × 5) float64 [V]',
    '↔ PlotAxis00  ActX  (3) float64 [mm]',
    '↔ PlotAxis01  ActY  (4) float64 [mm]',
    '▸ Data2D',
    '▸ CH00  Image',
    '↔ Axis00  Y é  (3) float64 [um]',
    '↔ Axis01  X  (4) float64 [mm]',
    '▦ Data00  Image · cam  (3 × 4 × 3 × 4) float64 [count]',
    '↔ PlotAxis00  ActX  (3) float64 [mm]',
    '↔ PlotAxis01  ActY  (4) float64 [mm]',
    '',
  ]);
});
