import type { Dtype, ErrorRecord, NumericArray } from '@daqtor/core';

/** An attribute's value: text is stored as a scalar UTF-8 string of variable length, a number as a scalar int32. */
export type AttributeValue = string | number;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Makes a group; its parent must exist. */
export interface CreateGroup {
  readonly op: 'group';
  readonly path: string;
  readonly attributes: Attributes;
}

/**
 * Makes an array; its parent must exist. Little endian. Without `data`, floats are NaN and integers 0 until written;
 * a float array above 256 MiB is 0 as well: there NaN would cost writing everything twice.
 */
export interface CreateArray {
  readonly op: 'array';
  readonly path: string;
  readonly dtype: Dtype;
  /** Length of each dimension, slowest first. */
  readonly shape: readonly number[];
  readonly attributes: Attributes;
  /** Stored in pieces of this shape, for an array that is filled piece by piece. Leave out where `data` are given. */
  readonly chunks?: readonly number[];
  /** All values, row-major. */
  readonly data?: NumericArray;
}

/** Writes an attribute of an existing node, over the one that is there. */
export interface SetAttribute {
  readonly op: 'attribute';
  readonly path: string;
  readonly name: string;
  readonly value: AttributeValue;
}

/** Writes a block into an existing array, of that array's dtype. */
export interface WriteSlab {
  readonly op: 'write';
  readonly path: string;
  /** Where the block begins: one index per dimension. */
  readonly offset: readonly number[];
  /** Extent of the block: one length per dimension. */
  readonly count: readonly number[];
  /** Values of the block, row-major. */
  readonly data: NumericArray;
}

/** Adds rows at the end of an array of bytes of variable length. */
export interface AppendBytes {
  readonly op: 'append-bytes';
  readonly path: string;
  readonly rows: readonly Uint8Array[];
}

export type H5Operation = CreateGroup | CreateArray | SetAttribute | WriteSlab | AppendBytes;

/** What a file can be asked between transactions. */
export type H5Question = { readonly ask: 'children' | 'shape'; readonly path: string };
export interface H5Answers {
  readonly children: readonly string[];
  readonly shape: readonly number[];
}

/** How a file is opened for writing. */
export interface OpenOptions {
  readonly path: string;
  /** `create`: must not exist yet; begins with `/RawData/Logger`. `append`: must exist. */
  readonly mode: 'create' | 'append';
  /** Whether a commit also waits for the disk, so that it outlives a power cut and not only a killed process. */
  readonly fsync: boolean;
}

/** A node as it is stored. */
export interface RawNode {
  readonly name: string;
  readonly path: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of an array; a group has none. */
  readonly shape?: readonly number[];
  readonly dtype?: string;
  readonly children: readonly RawNode[];
}

/** An array as it is stored: numbers, or rows of bytes. */
export interface RawArray {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: NumericArray | readonly Uint8Array[];
}

/** Where an array's bytes lie in the buffer that travels with a batch. */
export interface Slice {
  readonly at: number;
  readonly bytes: number;
}

type Travelling<T> = T extends { readonly data: NumericArray }
  ? Omit<T, 'data'> & { readonly data: Slice }
  : T extends { readonly data?: NumericArray }
    ? Omit<T, 'data'> & { readonly data?: Slice }
    : T extends { readonly rows: readonly Uint8Array[] }
      ? Omit<T, 'rows'> & { readonly rows: readonly Slice[] }
      : T;

/** An operation whose arrays were packed into one buffer. */
export type PackedOperation = Travelling<H5Operation>;

export type WorkerRequest =
  | { readonly id: number; readonly do: 'open'; readonly options: OpenOptions }
  | {
      readonly id: number;
      readonly do: 'transact';
      readonly operations: readonly PackedOperation[];
      readonly buffer: ArrayBuffer;
    }
  | { readonly id: number; readonly do: 'ask'; readonly question: H5Question }
  | { readonly id: number; readonly do: 'close' }
  | { readonly id: number; readonly do: 'describe'; readonly path: string }
  | { readonly id: number; readonly do: 'read'; readonly path: string; readonly node: string };

export type WorkerReply =
  | { readonly id: number; readonly answer?: H5Answers[keyof H5Answers] | RawNode | RawArray }
  | { readonly id: number; readonly error: ErrorRecord };
