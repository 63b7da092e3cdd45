import type { ScanResult } from '@daqtor/core';
import { describeFile, formatTree, readArray } from '@daqtor/savers';
import { deadTimeLine } from './dead-time-line.ts';
import { type AxisEnds, heatMap } from './heat-map.ts';
import type { Output } from './show-progress.ts';

/** What a scan left behind, read back from its file: the tree, a map of the first 0D signal, where the time went. */
export async function report({ file, group, deadTime }: ScanResult, output: Output): Promise<string> {
  if (!file || !group) return deadTimeLine(deadTime);
  const colour = output.isTTY === true && !process.env.NO_COLOR;
  return [
    '',
    `File ${file}`,
    formatTree(await describeFile(file)),
    '',
    await signalMap(file, group, colour),
    '',
    deadTimeLine(deadTime),
  ].join('\n');
}

async function signalMap(file: string, group: string, colour: boolean): Promise<string> {
  const signal = await readArray(file, `${group}/Detector000/Data0D/CH00/Data00`);
  const [rows, columns] = await Promise.all([
    axisEnds(file, `${group}/NavAxes/Axis00`),
    axisEnds(file, `${group}/NavAxes/Axis01`),
  ]);
  const [height = 0, width = 0] = signal.shape;
  const values = Array.from(signal.data as ArrayLike<number>, Number);
  const title = String(signal.attributes.TITLE ?? signal.label);
  return heatMap({ values, shape: [height, width], title, units: signal.units, rows, columns }, colour);
}

async function axisEnds(file: string, path: string): Promise<AxisEnds> {
  const { data, label, units } = await readArray(file, path);
  return { label, units, from: Number(data[0]), to: Number(data.at(-1)) };
}
