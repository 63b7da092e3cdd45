import { KnownValues, type Learner, type LearnerOptions, rounded, type UnitPoint, worst } from './learner.ts';

/** Corners of the square, around it, and its centre: what it begins with. */
const FIRST: readonly UnitPoint[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
  [0.5, 0.5],
];
const CENTRE = 4;

/** A triangle with a right angle at `apex` and equal legs, by the numbers of its points. */
interface Triangle {
  /** Ends of the longest edge. */
  readonly ends: readonly [number, number];
  readonly apex: number;
}

/**
 * Divides the triangle with the largest loss, the area that the measured surface has over it. Triangles are right-angled
 * with equal legs and divided from the apex to the middle of the longest edge, together with the neighbour behind that
 * edge; a neighbour with a longer edge goes first. So all points lie on halves of halves, no triangle becomes thin, and
 * the mesh has all symmetries of the square.
 *
 * The division is Rivara's (Int. J. Numer. Meth. Eng. 40, 3313, 1997), the loss that of LearnerND of `adaptive`
 * (Nijholt, Weston, Hoofwijk and Akhmerov, 2019), as the length of a leg.
 */
export class PlaneLearner implements Learner {
  readonly #options: LearnerOptions;
  readonly #values = new KnownValues();
  readonly #points: UnitPoint[] = [];
  /** The two points between which each later one lies. */
  readonly #parents: (readonly [number, number])[] = [];
  readonly #triangles: Triangle[] = [];
  readonly #losses: number[] = [];
  /** The triangles at each point. */
  readonly #around: Set<number>[] = [];

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  next(): UnitPoint | undefined {
    const given = this.#points.length;
    const first = FIRST[given];
    if (first) return this.#begin(first);
    const { initial, goal } = this.#options;
    if (given === initial) this.#renew(this.#triangles.keys());
    for (;;) {
      const triangle = worst(this.#losses, given < initial ? 0 : goal);
      if (triangle < 0) return undefined;
      const point = this.#divide(this.#lastOnTheWay(triangle));
      if (point) return point;
      this.#losses[triangle] = 0; // as fine as it may become
    }
  }

  tell(number: number, value: number): void {
    const isRescaled = this.#values.set(number, value);
    this.#renew(isRescaled ? this.#triangles.keys() : (this.#around[number] ?? []));
  }

  #begin(point: UnitPoint): UnitPoint {
    const number = this.#points.push(point) - 1;
    if (number === CENTRE) for (let i = 0; i < CENTRE; i++) this.#add({ ends: [i, (i + 1) % CENTRE], apex: CENTRE });
    return point;
  }

  /** From a triangle over its longest edge to the neighbour, until both share their longest edge or there is none. */
  #lastOnTheWay(triangle: number): number {
    for (let at = triangle; ; ) {
      const neighbour = this.#behind(at);
      if (neighbour === undefined || this.#behind(neighbour) === at) return at;
      at = neighbour;
    }
  }

  /** The triangle on the other side of the longest edge. */
  #behind(triangle: number): number | undefined {
    const [a, b] = (this.#triangles[triangle] as Triangle).ends;
    for (const other of this.#around[a] ?? []) if (other !== triangle && this.#around[b]?.has(other)) return other;
    return undefined;
  }

  /** Divides a triangle, and the neighbour that shares its longest edge; undefined if they are too small. */
  #divide(triangle: number): UnitPoint | undefined {
    const [a, b] = (this.#triangles[triangle] as Triangle).ends;
    const [p, q] = [this.#points[a] ?? [], this.#points[b] ?? []];
    const isTooClose = p.some((at, axis) => {
      const half = Math.abs(at - (q[axis] as number)) / 2;
      return half > 0 && half < Math.max((this.#options.resolution[axis] ?? 0) * (1 - 1e-9), Number.EPSILON);
    });
    if (isTooClose) return undefined;
    const point = p.map((at, axis) => (at + (q[axis] as number)) / 2);
    const middle = this.#points.push(point) - 1;
    this.#parents[middle] = [a, b];
    const both = [triangle, this.#behind(triangle)];
    for (const half of both) if (half !== undefined) this.#halve(half, middle);
    return point;
  }

  #halve(triangle: number, middle: number): void {
    const { ends, apex } = this.#triangles[triangle] as Triangle;
    const [a, b] = ends;
    this.#around[b]?.delete(triangle);
    this.#add({ ends: [a, apex], apex: middle }, triangle);
    this.#add({ ends: [b, apex], apex: middle });
  }

  #add(triangle: Triangle, place = this.#triangles.length): void {
    this.#triangles[place] = triangle;
    for (const point of [...triangle.ends, triangle.apex]) {
      this.#around[point] ??= new Set();
      this.#around[point].add(place);
    }
    this.#losses[place] = this.#lossOf(triangle);
  }

  #renew(triangles: Iterable<number>): void {
    for (const i of triangles) this.#losses[i] = this.#lossOf(this.#triangles[i] as Triangle);
  }

  #lossOf({ ends: [a, b], apex }: Triangle): number {
    const scale = this.#points.length < this.#options.initial ? Number.POSITIVE_INFINITY : this.#values.scale;
    const [u, v] = [this.#edgeOf(apex, a, scale), this.#edgeOf(apex, b, scale)];
    const doubled = Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]);
    return rounded(Math.sqrt(doubled));
  }

  #edgeOf(from: number, to: number, scale: number): readonly [number, number, number] {
    const [p, q] = [this.#points[from] ?? [], this.#points[to] ?? []];
    const rise = (this.#valueOf(to) - this.#valueOf(from)) / scale;
    return [(q[0] as number) - (p[0] as number), (q[1] as number) - (p[1] as number), rise];
  }

  /** Measured, or the mean of the points that it lies between. */
  #valueOf(number: number): number {
    const known = this.#values.get(number);
    if (known !== undefined) return known;
    const around = number === CENTRE ? [0, 1, 2, 3] : (this.#parents[number] ?? []);
    if (around.length === 0) return this.#values.get(CENTRE) ?? 0;
    return around.reduce((sum, one) => sum + this.#valueOf(one), 0) / around.length;
  }
}
