import { listOf, type Points, type PurePoint } from '../points.ts';

/**
 * Every combination: the first factor is the slowest, the last the fastest.
 *
 * Lists of points among the factors make the whole a list: PyMoDAQ's layout has one dimension for those.
 *
 * @param snaking - for each factor, whether every second pass through it is reversed; says nothing for the first
 */
export function productOf(factors: readonly Points[], snaking: readonly boolean[]): Points {
  const axes = factors.flatMap((factor) => factor.axes);
  const size = factors.reduce((product, factor) => product * factor.size, 1);
  const at = (step: number): PurePoint => {
    const parts = new Array<PurePoint>(factors.length);
    let passes = step;
    for (let i = factors.length - 1; i >= 0; i--) {
      const factor = factors[i] as Points;
      const index = passes % factor.size;
      passes = Math.floor(passes / factor.size);
      parts[i] = factor.at(snaking[i] && passes % 2 === 1 ? factor.size - 1 - index : index);
    }
    return joined(parts);
  };
  if (factors.some(({ distribution }) => distribution === 'spread')) {
    return listOf(axes, size, (step) => at(step).values);
  }
  return {
    axes,
    shape: factors.flatMap(({ shape }) => shape),
    distribution: 'uniform',
    size,
    isComplete: factors.every(({ isComplete }) => isComplete),
    at,
    coordinates: (axis) => coordinatesAmong(factors, axis),
  };
}

/** Spares the copies that `flatMap` would make of each point. */
function joined(parts: readonly PurePoint[]): PurePoint {
  const indexes: number[] = [];
  const values: number[] = [];
  for (const part of parts) {
    for (const index of part.indexes) indexes.push(index);
    for (const value of part.values) values.push(value);
  }
  return { indexes, values };
}

function coordinatesAmong(factors: readonly Points[], axis: number): Float64Array {
  let rest = axis;
  for (const factor of factors) {
    if (rest < factor.axes.length) return factor.coordinates(rest);
    rest -= factor.axes.length;
  }
  throw new RangeError(`there is no axis ${axis}`);
}
