import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { DaqtorError, type ErrorCode } from '@daqtor/core';
import { parseDocument } from 'yaml';

/** What a file is to be. */
export interface DataFileKind {
  /** For people, e.g. `preset`. */
  readonly what: string;
  /** Of the errors. */
  readonly code: ErrorCode;
}

/**
 * Reads a text of plain data.
 *
 * @param name - of the file: `.json`, `.yaml` or `.yml`; shown in errors
 * @throws DaqtorError with the line that cannot be understood
 */
export function dataFromText(text: string, name: string, { what, code }: DataFileKind): unknown {
  const isJson = extname(name).toLowerCase() === '.json';
  if (!isJson && !/^\.ya?ml$/i.test(extname(name))) {
    throw new DaqtorError(code, {
      problem: `${name} is no ${what}: it ends in none of .yaml, .yml, .json`,
      advice: 'Rename it',
    });
  }
  // YAML reads JSON too, and says where something is wrong.
  const document = parseDocument(text, isJson ? { schema: 'json', strict: true } : {});
  const [error] = document.errors;
  if (!error) return document.toJS({ maxAliasCount: 100 });
  throw new DaqtorError(code, { problem: `${name} cannot be understood: ${error.message.trimEnd()}`, cause: error });
}

/** @throws DaqtorError if it cannot be read or understood */
export async function dataFromFile(path: string, kind: DataFileKind): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new DaqtorError(kind.code, {
      problem: `the ${kind.what} ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      advice: 'Check its name and who may read it',
      cause,
    });
  }
  return dataFromText(text, path, kind);
}
