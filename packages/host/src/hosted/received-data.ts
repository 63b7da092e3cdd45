import { Axis, type AxisInit, type DataInit, DataWithAxes } from '@daqtor/core';

/** Data objects as they come from another process: their fields, without their classes. */
type SentData = Omit<DataInit, 'axes' | 'errors'> & {
  readonly axes: readonly AxisInit[];
  readonly errors?: DataInit['errors'] | undefined;
};

/** @returns what is no list of data objects as it is: the module says what is wrong with it */
export function receivedData(sent: unknown): readonly DataWithAxes[] {
  if (!Array.isArray(sent)) return sent as never;
  return (sent as readonly (SentData | undefined)[]).map((one) => {
    if (!Array.isArray(one?.data) || !Array.isArray(one.axes)) return one as never;
    const { axes, errors, ...rest } = one;
    return new DataWithAxes({ ...rest, ...(errors && { errors }), axes: axes.map((axis) => new Axis(axis)) });
  });
}
