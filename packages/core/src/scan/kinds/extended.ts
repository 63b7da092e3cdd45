import { listOf, type Points, type PurePoint } from '../points.ts';
import { refusal } from '../refuse.ts';

/**
 * Points that are added to a scan, in its units: to a list whole points, to a grid further positions of its axes. A
 * relative scan takes positions as they are, counted from nowhere.
 */
export type AddedPoints =
  | readonly Readonly<Record<string, number>>[]
  | Readonly<Record<string, readonly number[] | undefined>>;

/** Whether whole points are added, and not positions of axes. */
export function areRows(added: AddedPoints): added is readonly Readonly<Record<string, number>>[] {
  return Array.isArray(added);
}

/**
 * A scan with more points behind its own: each of these stays where it is, in its order and in the arrays. On a grid the new
 * places follow row by row, the last dimension fastest.
 *
 * @throws DaqtorError `scan.refused` for points that are not of its kind
 */
export function extendedOf(inner: Points, added: AddedPoints): Points {
  if (areRows(added) !== (inner.distribution === 'spread'))
    throw refusal('what is added to a list are whole points, to a grid positions of its axes');
  return areRows(added) ? longerList(inner, added) : largerGrid(inner, added);
}

function longerList(inner: Points, rows: readonly Readonly<Record<string, number>>[]): Points {
  const { axes, size } = inner;
  return listOf(axes, size + rows.length, (step) =>
    step < size ? inner.at(step).values : axes.map(({ name }) => rows[step - size]?.[name] ?? Number.NaN),
  );
}

function largerGrid(inner: Points, more: Readonly<Record<string, readonly number[] | undefined>>): Points {
  const values = inner.axes.map(({ name }, axis) => {
    const [own, added = []] = [inner.coordinates(axis), Object.hasOwn(more, name) ? more[name] : undefined];
    return Float64Array.from([...own, ...added]);
  });
  const shape = values.map(({ length }) => length);
  const { size } = inner;
  const at = (step: number): PurePoint => {
    if (step < size) return inner.at(step);
    const indexes = newPlace(step - size, inner.shape, shape);
    return { indexes, values: indexes.map((index, axis) => values[axis]?.[index] as number) };
  };
  return {
    ...inner,
    shape,
    size: size + product(shape) - product(inner.shape),
    at,
    coordinates: (axis) => values[axis] as Float64Array,
  };
}

/** The nth place, row by row, of a grid that a smaller one does not have. */
function newPlace(n: number, was: readonly number[], shape: readonly number[]): number[] {
  let rest = n;
  let isNew = false;
  return shape.map((_, d) => {
    const all = product(shape.slice(d + 1));
    const news = all - product(was.slice(d + 1));
    const olds = isNew ? 0 : (was[d] as number);
    if (rest < olds * news) {
      const index = Math.floor(rest / news);
      rest -= index * news;
      return index;
    }
    rest -= olds * news;
    isNew = true;
    const index = olds + Math.floor(rest / all);
    rest %= all;
    return index;
  });
}

const product = (lengths: readonly number[]): number => lengths.reduce((all, length) => all * length, 1);
