import type { ScanResult } from '@daqtor/core';
import { DataLoader, formatTree, plotData } from '@daqtor/savers';
import { deadTimeLine } from './dead-time-line.ts';
import type { Output } from './show-progress.ts';

/**
 * What a scan left behind, read back from its file: the tree, a map of a 0D signal, where the time went.
 *
 * @param signal - its channel
 */
export async function report({ file, group, deadTime }: ScanResult, output: Output, signal = 'CH00'): Promise<string> {
  if (!file || !group) return deadTimeLine(deadTime);
  const colour = output.isTTY === true && !process.env.NO_COLOR;
  const loader = await DataLoader.open(file);
  const { data } = await loader.loadData(`${group}/Detector000/Data0D/${signal}/Data00`);
  return [
    '',
    `File ${file}`,
    formatTree(loader.tree),
    '',
    plotData(data, { columns: output.columns ?? 120, colour }),
    '',
    deadTimeLine(deadTime),
  ].join('\n');
}
