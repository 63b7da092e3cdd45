import type { ParseArgsConfig } from 'node:util';
import type { Terminal } from './terminal.ts';

export type Flags = Readonly<Record<string, boolean | string | readonly string[] | undefined>>;

/** One of the words after `daqtor`. */
export interface Command {
  readonly name: string;
  /** In the list of commands. */
  readonly summary: string;
  /** How it is called and what it does. */
  readonly help: string;
  /** Its own options, besides `--help`. */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** The least and the greatest number of arguments. */
  readonly takes: readonly [least: number, most: number];
  /**
   * @throws DaqtorError what went wrong
   * @throws Misuse for an argument that is not right
   */
  run(args: readonly string[], flags: Flags, terminal: Terminal): Promise<void>;
}
