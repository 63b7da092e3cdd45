import { DaqtorError, interleave, type NumericArray } from '@daqtor/core';
import type { RawArray } from '../h5/h5-operation.ts';
import { LOGGER } from '../layout/dataset-nodes.ts';
import { unpickleText } from '../layout/pickle.ts';
import type { PythonValue } from '../layout/python-literal.ts';
import { attributeValues, textIn } from './describe-file.ts';
import { readerThread } from './reader-thread.ts';

/** An array with what it says about itself. */
export interface StoredArray {
  /** Row-major; of a complex array pairs of real and imaginary part, as float64. */
  readonly data: NumericArray;
  /** Length of each dimension, slowest first. */
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly units: string;
  readonly label: string;
  readonly attributes: Readonly<Record<string, PythonValue>>;
}

/**
 * Reads an array of numbers. The file is not changed.
 *
 * @param node - path in the file, e.g. `/RawData/Scan000/NavAxes/Axis00`
 * @throws DaqtorError `load.failed` if the file cannot be read or has no such array of numbers
 */
export async function readArray(path: string, node: string): Promise<StoredArray> {
  const { values, shape, dtype, attributes: raw } = await read(path, node);
  if (values.kind !== 'numbers' && values.kind !== 'complex') throw notThat(path, node, 'numbers');
  const attributes = attributeValues(raw);
  const data = values.kind === 'complex' ? interleave(values.real, values.imaginary) : values.data;
  return { data, shape, dtype, units: textIn(attributes, 'units'), label: textIn(attributes, 'label'), attributes };
}

/**
 * Reads an array of texts, by default the log: one text per row, as it was written.
 *
 * @throws DaqtorError `load.failed` if the file cannot be read or has no such array of texts
 */
export async function readTexts(path: string, node: string = LOGGER): Promise<readonly string[]> {
  const { values } = await read(path, node);
  if (values.kind === 'texts') return values.data;
  if (values.kind !== 'rows') throw notThat(path, node, 'texts');
  return values.data.map((row) => {
    const text = row instanceof Uint8Array ? unpickleText(row) : undefined;
    if (text === undefined) throw notThat(path, node, 'texts');
    return text;
  });
}

async function read(path: string, node: string): Promise<RawArray> {
  const [array] = await readerThread().read(path, [node]);
  if (DaqtorError.is(array)) throw array;
  return array as RawArray;
}

function notThat(path: string, node: string, kind: string): DaqtorError {
  return new DaqtorError('load.failed', {
    problem: `${node} of ${path} is not an array of ${kind}`,
    advice: 'Look at the tree of the file for what is in it',
  });
}
