import type { Axis, DataToExport, DataWithAxes } from '@daqtor/core';
import type { PythonValue } from '../layout/python-literal.ts';

export interface LoadOptions {
  /** Subtract the background that was saved with the data; default false. */
  readonly withBkg?: boolean;
  /** All arrays of the channel, where the node is one of them; default false. */
  readonly loadAll?: boolean;
}

/** What was loaded, and what the person should know about it. */
interface Loaded {
  /** All attributes of the node, of the first one where there are several. */
  readonly attributes: Readonly<Record<string, PythonValue>>;
  /** What is not as it was written, or could not be read, in sentences; empty where all is well. */
  readonly warnings: readonly string[];
}

export interface LoadedAxis extends Loaded {
  readonly axis: Axis;
}

/**
 * Values are as they are stored, in arrays of their own type: booleans as bytes 0 and 1, 64-bit integers as BigInt, half
 * floats as float32. Data with a complex array are `complex`: all of their arrays are pairs then.
 */
export interface LoadedData extends Loaded {
  readonly data: DataWithAxes;
}

export interface LoadedAll {
  readonly data: DataToExport;
  /** By the path of the channel's group; of an array where it was written by another program. */
  readonly channels: ReadonlyMap<string, LoadedData>;
  /** Those of the channels, with their paths in front, and one for each channel that could not be read at all. */
  readonly warnings: readonly string[];
}
