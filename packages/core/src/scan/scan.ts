import type { Region } from '../roi/region.ts';
import { nameScan } from './name-scan.ts';
import { type PlannedPoint, plannedPoint } from './planned-point.ts';
import type { Points } from './points.ts';
import { pointsOf } from './points-of.ts';
import { refusal } from './refuse.ts';
import type { ScanValue } from './scan-value.ts';

/** Names an actuator: the module itself, or its name in the lab. */
export type ActuatorRef = string | { readonly name: string; readonly role: 'actuator' };

const nameOf = (actuator: ActuatorRef): string => (typeof actuator === 'string' ? actuator : actuator.name);

/**
 * A scan as a value, with what follows from it: nothing moves until it is run, and it knows no lab. `value` is all there is
 * to it, and what JSON gets.
 */
export class Scan {
  readonly value: ScanValue;
  /** Its points, in the units of the scan; those of a relative scan count from where the actuators will be. */
  readonly points: Points;

  /** @throws DaqtorError `scan.refused` if it makes no sense */
  constructor(value: ScanValue) {
    this.value = value;
    this.points = pointsOf(value);
  }

  get type(): string {
    return nameScan(this.value, this.points).type;
  }

  get subType(): string {
    return nameScan(this.value, this.points).subType;
  }

  get shape(): readonly number[] {
    return this.points.shape;
  }

  get distribution() {
    return this.points.distribution;
  }

  /** How many steps it has. */
  get size(): number {
    return this.points.size;
  }

  /** The point of a step, from 0 to `size - 1`. */
  at(step: number): PlannedPoint {
    return plannedPoint(this.points.axes, this.points.at(step));
  }

  /**
   * A grid with every second pass of an axis reversed, so that it never flies back.
   *
   * @param axes - the actuators that go to and fro; default all but the slowest
   * @throws DaqtorError `scan.refused` if it is no grid, or has no such axis of its own
   */
  snake(...axes: readonly ActuatorRef[]): Scan {
    const { value } = this;
    if (value.kind !== 'product')
      throw refusal('only a grid can go to and fro', undefined, 'Call `snake` on `grid(...)`');
    const ownNames = value.scans.map((scan) => pointsOf(scan).axes.map(({ name }) => name));
    for (const axis of axes.map(nameOf)) {
      if (!ownNames.some((names) => names.includes(axis))) throw refusal('it is no axis of the grid', axis);
    }
    const isMeant = (names: readonly string[]) =>
      axes.length === 0 || axes.some((axis) => names.includes(nameOf(axis)));
    return new Scan({ ...value, snake: ownNames.map(isMeant) });
  }

  /**
   * The points that lie in a region, edges included. On a grid the others stay unmeasured.
   *
   * @param region - in the units of the scan
   * @param x - the actuator along the region's x
   * @param y - the one along its y; none for a linear region
   */
  inside(region: Region, x: ActuatorRef, y?: ActuatorRef): Scan {
    return new Scan({ kind: 'mask', scan: this.value, region, x: nameOf(x), ...(y !== undefined && { y: nameOf(y) }) });
  }

  /** The same points in random order; each keeps its place in the arrays. The seed is kept in the file. */
  shuffled(seed: number): Scan {
    return new Scan({ kind: 'shuffle', scan: this.value, seed });
  }

  /** The same scan, counted from where the actuators are when it begins. */
  relative(): Scan {
    return new Scan({ kind: 'relative', scan: this.value });
  }

  /**
   * The scan several times over, the number of the repetition being the first dimension of the data.
   *
   * @param options - `each`: each point before the next, instead of the scan as a whole
   */
  repeated(times: number, { each = false }: { readonly each?: boolean } = {}): Scan {
    return new Scan({ kind: 'repeat', scan: this.value, times, each });
  }

  /** The scan there and back; its turning point twice, once in either direction. */
  backAndForth(): Scan {
    return new Scan({ kind: 'backAndForth', scan: this.value });
  }

  toJSON(): ScanValue {
    return this.value;
  }
}
