import { Axis, DaqtorError, type ScanDescription } from '@daqtor/core';

/**
 * The description of a scan that is run several times over: a dimension `Average` comes in front, and the indexes of a
 * point begin with the number of its run.
 *
 * @param runs - how often each point is measured
 * @throws DaqtorError `scan.refused` for a list of points: PyMoDAQ's reader takes one navigation dimension there
 */
export function averagedScan(description: ScanDescription, runs: number): ScanDescription {
  if (description.distribution === 'spread') {
    throw new DaqtorError('scan.refused', {
      problem: 'a list of points cannot be averaged: its file has room for one navigation dimension',
      advice: 'Repeat the points in the list, or scan a grid',
    });
  }
  return {
    ...description,
    shape: [runs, ...description.shape],
    axes: [
      new Axis({ label: 'Average', index: 0, data: Float64Array.from({ length: runs }, (_, run) => run) }),
      ...description.axes.map((axis) => axis.at(axis.index + 1)),
    ],
  };
}
