import { areCompatible, convertUnits } from '../../units/units.ts';
import { listOf, type Points } from '../points.ts';
import { refusal } from '../refuse.ts';

/**
 * Several scans at the same time, step by step: their points side by side.
 *
 * @throws DaqtorError `scan.refused` if they differ in length
 */
export function zipOf(parts: readonly Points[]): Points {
  const [first] = parts;
  if (!first) throw refusal('a list of points needs at least one actuator');
  const odd = parts.find(({ size }) => size !== first.size);
  if (odd) {
    throw refusal(
      `a table has ${odd.size} positions of it, but ${first.size} of ${namesOf(first)}`,
      namesOf(odd),
      'Give a position of every actuator for each point',
    );
  }
  const axes = parts.flatMap((part) => part.axes);
  return listOf(axes, first.size, (step) => {
    const values: number[] = [];
    for (const part of parts) for (const value of part.at(step).values) values.push(value);
    return values;
  });
}

/**
 * Scans of the same actuators one after the other, as one list.
 *
 * @throws DaqtorError `scan.refused` if they differ in their actuators, or in units that do not fit
 */
export function concatOf(parts: readonly Points[]): Points {
  const [first] = parts;
  if (!first) throw refusal('there is nothing to put one after the other');
  const readers = parts.map((part) => first.axes.map((axis) => sameAxis(part, axis)));
  const starts: number[] = [];
  let size = 0;
  for (const part of parts) {
    starts.push(size);
    size += part.size;
  }
  return listOf(first.axes, size, (step) => {
    const number = starts.findLastIndex((start) => start <= step);
    const { values } = (parts[number] as Points).at(step - (starts[number] as number));
    return (readers[number] ?? []).map((read) => read(values));
  });
}

/** How to read the values of an axis among those of another scan. */
function sameAxis(part: Points, { name, role, units, isRelative }: Points['axes'][number]) {
  const place = part.axes.findIndex((axis) => axis.name === name && axis.role === role);
  const found = part.axes[place];
  if (!found || part.axes.length === 0) {
    throw refusal(`one part of the scan does not say where it is: it has only ${namesOf(part)}`, name);
  }
  if (found.isRelative !== isRelative) throw refusal('one part of the scan is relative, another is not', name);
  if (found.units === units) return (values: readonly number[]) => values[place] as number;
  const [from, to] = [found.units, units];
  if (from === undefined || to === undefined || !areCompatible(from, to)) {
    throw refusal(`parts of the scan are in '${from ?? 'its own units'}' and '${to ?? 'its own units'}'`, name);
  }
  return (values: readonly number[]) => convertUnits(values[place] as number, from, to);
}

function namesOf({ axes }: Points): string {
  return axes.map(({ name }) => name).join(', ');
}
