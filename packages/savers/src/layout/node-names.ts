import type { DataDim } from '@daqtor/core';

/** Number of a node as PyMoDAQ pads it. */
const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

export const axisName = (number: number): string => `Axis${padded(number, 2)}`;
export const dataName = (number: number): string => `Data${padded(number, 2)}`;
export const errorName = (number: number): string => `ErrorBar${padded(number, 2)}`;
export const channelName = (number: number): string => `CH${padded(number, 2)}`;
export const actuatorName = (number: number): string => `Actuator${padded(number, 3)}`;
export const detectorName = (number: number): string => `Detector${padded(number, 3)}`;

/** Name of the group that follows the members of `siblings` of the same kind, e.g. `Scan002`. */
export function nextName(kind: 'Scan', siblings: readonly string[]): string {
  const numbers = siblings.filter((name) => name.startsWith(kind)).map((name) => Number(name.slice(-3)));
  return `${kind}${padded(Math.max(-1, ...numbers.filter(Number.isInteger)) + 1, 3)}`;
}

/** Dimensionality of stored data, from the shape that one point's data have in the file. */
export function dimOf(signal: readonly number[]): DataDim {
  return (['Data0D', 'Data1D', 'Data2D'] as const)[signal.length] ?? 'DataND';
}
