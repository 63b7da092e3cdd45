import type { ComplexDtype, Dtype, ErrorRecord, NumericArray } from '@daqtor/core';

/**
 * An attribute's value: text is stored as a scalar UTF-8 string of variable length, several texts as an array of them, a
 * number as a scalar int32.
 */
export type AttributeValue = string | number | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Element types that can be written. A complex array holds pairs, real and imaginary part, of float32 or float64. */
export type ElementType = Dtype | ComplexDtype;

/** The typed array that holds elements of a type. */
export const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
} as const;

/** Bytes of one element; a complex one is two floats. */
export function bytesOfElement(type: ElementType): number {
  return ARRAYS[type].BYTES_PER_ELEMENT * (type.startsWith('complex') ? 2 : 1);
}

/** Makes a group; its parent must exist. */
export interface CreateGroup {
  readonly op: 'group';
  readonly path: string;
  readonly attributes: Attributes;
}

/**
 * Makes an array; its parent must exist. Little endian. Without `data`, floats are NaN and integers 0 until written.
 */
export interface CreateArray {
  readonly op: 'array';
  readonly path: string;
  readonly dtype: ElementType;
  /** Length of each dimension, slowest first. */
  readonly shape: readonly number[];
  readonly attributes: Attributes;
  /** Stored in pieces of this shape, for an array that is filled piece by piece, grows or is compressed. */
  readonly chunks?: readonly number[];
  /** Whether rows can be appended along dimension 0; needs `chunks`. */
  readonly enlargeable?: boolean;
  /** Level of gzip, 1 to 9; needs `chunks`. */
  readonly gzip?: number;
  /** What is read where nothing was written, instead of NaN or 0. */
  readonly fill?: number;
  /** All values, row-major. */
  readonly data?: NumericArray;
}

/** Makes an enlargeable array whose rows are bytes, each of any length; it has none yet. Its parent must exist. */
export interface CreateByteRows {
  readonly op: 'byte-rows';
  readonly path: string;
  readonly attributes: Attributes;
}

/**
 * Makes an array larger; what is in it keeps its indexes. One in chunks has NaN or 0 in its new places, one in one piece,
 * which must have one dimension, 0. Not for arrays that grow row by row, nor in a file that is read while it is written.
 */
export interface EnlargeArray {
  readonly op: 'enlarge';
  readonly path: string;
  /** Length of each dimension, none shorter than before. Its attributes stay as they are. */
  readonly shape: readonly number[];
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

/** Adds rows at the end of an enlargeable array, of that array's dtype. */
export interface AppendRows {
  readonly op: 'append';
  readonly path: string;
  /** Extent of the block: number of rows, then the shape of one. */
  readonly count: readonly number[];
  /** Values of the block, row-major. */
  readonly data: NumericArray;
}

/** Adds rows at the end of an array that was made with `byte-rows`. */
export interface AppendBytes {
  readonly op: 'append-bytes';
  readonly path: string;
  readonly rows: readonly Uint8Array[];
}

export type H5Operation =
  | CreateGroup
  | CreateArray
  | CreateByteRows
  | EnlargeArray
  | SetAttribute
  | WriteSlab
  | AppendRows
  | AppendBytes;

/** What a file can be asked between transactions. */
export interface H5Question {
  readonly ask: keyof H5Answers;
  readonly path: string;
}
export interface H5Answers {
  /** Names of a group's members. */
  readonly children: readonly string[];
  readonly shape: readonly number[];
  readonly attributes: RawAttributes;
  /** A node and all below it, arrays without their values. */
  readonly tree: RawNode;
  /** An array with its values. */
  readonly array: RawArray;
}

/**
 * When values are committed: each at once (those that overlap together), or all of an interval or so many of them together,
 * which costs far less where there are many small ones.
 */
export type Commit = 'point' | { readonly everyMs: number } | { readonly everyPoints: number };

/** How a file is opened for writing. */
export interface OpenOptions {
  readonly path: string;
  /** `create`: must not exist yet; begins with `/RawData/Logger`. `append`: must exist. */
  readonly mode: 'create' | 'append';
  /** Whether a commit also waits for the disk, so that it outlives a power cut and not only a killed process. */
  readonly fsync: boolean;
  /** Default `point`. */
  readonly commit?: Commit;
  /**
   * Whether others may read the file while it is written (single writer, multiple readers): they see what was committed.
   * In exchange a failure cannot take back the values that were written since the last commit.
   */
  readonly swmr?: boolean;
}

/** Values of an array, row-major, or of an attribute. */
export type RawValues =
  | { readonly kind: 'numbers'; readonly data: NumericArray }
  | { readonly kind: 'complex'; readonly real: Float64Array; readonly imaginary: Float64Array }
  | { readonly kind: 'texts'; readonly data: readonly string[] }
  /** Rows of any length. */
  | { readonly kind: 'rows'; readonly data: readonly NumericArray[] };

/** An attribute as it is stored: null if it has no value, a text in angle brackets if there is no way to show it. */
export type RawAttribute = RawScalar | null | readonly RawScalar[];
type RawScalar = string | number | bigint | boolean;
export type RawAttributes = Readonly<Record<string, RawAttribute>>;

/** A node as it is stored. What could not be read of it is left out and told in `problems`. */
export interface RawNode {
  readonly name: string;
  readonly path: string;
  /** `link`: leads to another file or elsewhere in this one. `unreadable`: nothing is known of it. */
  readonly kind: 'group' | 'array' | 'link' | 'unreadable';
  readonly attributes: RawAttributes;
  /** Of an array. */
  readonly shape?: readonly number[];
  readonly dtype?: string;
  /** Of a link: where it leads. */
  readonly target?: string;
  readonly children: readonly RawNode[];
  readonly problems: readonly string[];
}

/** An array as it is stored. */
export interface RawArray {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly attributes: RawAttributes;
  readonly values: RawValues;
  readonly problems: readonly string[];
}

/** An array, or why there is none. */
export type ReadArray = { readonly array: RawArray } | { readonly error: ErrorRecord };

/** What the reading side of the thread answers. */
export interface ReadAnswer<T> {
  readonly value?: T;
  readonly error?: ErrorRecord;
  /** Whether the module may have lost its footing, so that nothing more should be read with it. */
  readonly spent: boolean;
}

/** In the place of a buffer's number: the bytes do not travel, the thread only says where in the file they go. */
export const STAYS = -1;

/** Where an array's bytes, or a part of them, lie in the memory of a batch. */
export interface Slice {
  /** Which of the buffers, or `STAYS`. */
  readonly block: number;
  readonly at: number;
  readonly bytes: number;
}

type Travelling<T> = T extends { readonly data: NumericArray }
  ? Omit<T, 'data'> & { readonly data: readonly Slice[] }
  : T extends { readonly data?: NumericArray }
    ? Omit<T, 'data'> & { readonly data?: readonly Slice[] }
    : T extends { readonly rows: readonly Uint8Array[] }
      ? Omit<T, 'rows'> & { readonly rows: readonly Slice[] }
      : T;

/** An operation whose arrays were copied into buffers; one array may come in parts, in the order of its values. */
export type PackedOperation = Travelling<H5Operation>;

/** What the thread answers to operations. */
export interface Transacted {
  /** Where in the file the bytes that stayed go, in the order of their operations. */
  readonly places: readonly number[];
}

export type WorkerRequest =
  | { readonly id: number; readonly do: 'open'; readonly options: OpenOptions }
  | {
      readonly id: number;
      readonly do: 'transact';
      readonly operations: readonly PackedOperation[];
      readonly blocks: readonly ArrayBufferLike[];
      /** Whether all since the last commit is committed now. */
      readonly commit: boolean;
    }
  /** Takes back what was done since the last commit. */
  | { readonly id: number; readonly do: 'undo' }
  | { readonly id: number; readonly do: 'ask'; readonly question: H5Question }
  | { readonly id: number; readonly do: 'close' }
  /** Is answered with nothing, once h5wasm is loaded. */
  | { readonly id: number; readonly do: 'wake' }
  | { readonly id: number; readonly do: 'describe'; readonly path: string }
  | { readonly id: number; readonly do: 'read'; readonly path: string; readonly nodes: readonly string[] };

export type WorkerReply =
  | {
      readonly id: number;
      readonly answer?:
        | Transacted
        | H5Answers[keyof H5Answers]
        | ReadAnswer<RawNode>
        | ReadAnswer<readonly ReadArray[]>;
    }
  | { readonly id: number; readonly error: ErrorRecord };
