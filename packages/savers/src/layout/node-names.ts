import type { DataDim } from '@daqtor/core';
import { DataType, GroupType } from './kinds.ts';

/** Number of a node as PyMoDAQ pads it. */
const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

/** Name of the array of this type with this number, e.g. `Bkg01`. */
export const arrayName = (type: DataType, number: number): string => `${DataType[type]}${padded(number, 2)}`;
export const axisName = (number: number): string => arrayName('axis', number);
/** Name of the copy of a scan's axis that a channel's plot needs. */
export const plotAxisName = (number: number): string => `Plot${axisName(number)}`;
/** Number of the axis that an array of this path copies. */
export const plotAxisNumber = (path: string): number => numberOf(path);
export const isPlotAxis = (name: string): boolean => /^PlotAxis\d+$/.test(name);
export const dataName = (number: number): string => arrayName('data', number);
export const channelName = (number: number): string => `CH${padded(number, 2)}`;
/** Name of the group of this type with this number, e.g. `Detector000`. */
export const groupName = (type: GroupType, number: number): string => `${GroupType[type]}${padded(number, 3)}`;

/** Name of the group that follows the members of `siblings` of the same type, e.g. `Scan002`. */
export function nextName(type: GroupType, siblings: readonly string[]): string {
  const last = lastName(type, siblings);
  return groupName(type, last === undefined ? 0 : numberOf(last) + 1);
}

/** The member of `siblings` of this type with the highest number. */
function lastName(type: GroupType, siblings: readonly string[]): string | undefined {
  const numbered = new RegExp(`^${GroupType[type]}\\d{3,}$`);
  return siblings
    .filter((name) => numbered.test(name))
    .toSorted((a, b) => numberOf(a) - numberOf(b))
    .at(-1);
}

function numberOf(name: string): number {
  return Number(/\d+$/.exec(name)?.[0]);
}

/** Dimensionality of stored data, from the shape that one point's data have in the file. */
export function dimOf(signal: readonly number[]): DataDim {
  return (['Data0D', 'Data1D', 'Data2D'] as const)[signal.length] ?? 'DataND';
}
