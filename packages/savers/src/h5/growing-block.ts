import type { AppendRows, WriteSlab } from './h5-operation.ts';

type WithoutData = Omit<WriteSlab, 'data'> | Omit<AppendRows, 'data'>;

/** Where a block of values lies that others can still join, as one that adjoins it. */
export class GrowingBlock {
  readonly op: 'write' | 'append';
  readonly path: string;
  /** One index per dimension; of rows that are appended, none. */
  readonly offset: readonly number[];
  /** One length per dimension. */
  readonly count: readonly number[];
  /** Dimension along which values have joined. */
  along = 0;
  /** Extent of each value in that dimension; 0 if they differ. */
  step: number;
  #values = 1;

  constructor(operation: WithoutData) {
    this.op = operation.op;
    this.path = operation.path;
    this.offset = operation.op === 'write' ? [...operation.offset] : [];
    this.count = [...operation.count];
    this.step = this.count[0] ?? 1;
  }

  /** Lets a value join. @returns on which side of the block it is, undefined if it cannot */
  join(operation: WithoutData): 'before' | 'behind' | undefined {
    if (operation.op === 'append') return this.op === 'append' ? this.#joinRows(operation.count) : undefined;
    return this.op === 'write' ? this.#joinBlock(operation) : undefined;
  }

  /** The same from `from` to `to` in the dimension of joining, counted from where the block begins. */
  part(from: number, to: number): WithoutData {
    const { op, path, along } = this;
    const count = this.count.with(along, to - from);
    if (op === 'append') return { op, path, count };
    return { op, path, offset: this.offset.with(along, (this.offset[along] as number) + from), count };
  }

  /** What is left of it behind `from`, for others to join; it begins between two values. */
  rest(from: number): GrowingBlock {
    const { along, step } = this;
    const rest = new GrowingBlock(this.part(from, this.count[along] as number));
    rest.along = along;
    rest.step = step;
    rest.#values = (rest.count[along] as number) / step;
    return rest;
  }

  /** Lets rows join others of their shape. */
  #joinRows(count: readonly number[]): 'behind' | undefined {
    const mine = this.count as number[];
    if (mine.length !== count.length) return undefined;
    for (let i = 1; i < count.length; i++) if (mine[i] !== count[i]) return undefined;
    mine[0] = (mine[0] ?? 0) + (count[0] ?? 0);
    this.#note(0, count[0] ?? 0);
    return 'behind';
  }

  /**
   * Lets a block join one that it adjoins along a dimension, if their values then follow each other: all dimensions before
   * that one must have length 1, those behind it be the same.
   */
  #joinBlock({ offset, count }: Pick<WriteSlab, 'offset' | 'count'>): 'before' | 'behind' | undefined {
    const [mineFrom, mine] = [this.offset as number[], this.count as number[]];
    let dimension = 0;
    while (dimension < offset.length && offset[dimension] === mineFrom[dimension]) dimension++;
    if (dimension === offset.length) return undefined;
    for (let i = 0; i < count.length; i++) {
      if (i === dimension) continue;
      if (offset[i] !== mineFrom[i] || count[i] !== mine[i] || (i < dimension && count[i] !== 1)) return undefined;
    }
    const [start = 0, length = 0] = [mineFrom[dimension], mine[dimension]];
    const [from = 0, more = 0] = [offset[dimension], count[dimension]];
    if (from !== start + length && from + more !== start) return undefined;
    mineFrom[dimension] = Math.min(start, from);
    mine[dimension] = length + more;
    if (this.#values === 1) this.step = length;
    this.#note(dimension, more);
    return from > start ? 'behind' : 'before';
  }

  #note(along: number, length: number): void {
    if (length !== this.step || (this.#values > 1 && along !== this.along)) this.step = 0;
    this.along = along;
    this.#values++;
  }
}
