/** A span of a curve, both ends included, in the units of its axis. */
export interface LinearRegion {
  readonly kind: 'linear';
  readonly from: number;
  readonly to: number;
}

/** A rectangle along the axes of an image, edges included. */
export interface RectangleRegion {
  readonly kind: 'rectangle';
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
}

/** An ellipse in an image, its edge included. A circle is one with equal radii. */
export interface EllipseRegion {
  readonly kind: 'ellipse';
  readonly centre: readonly [x: number, y: number];
  readonly radii: readonly [a: number, b: number];
  /** From the x axis to the radius `a`, towards y. */
  readonly angleDeg: number;
}

/** What a closed line of straight edges encloses; where it crosses itself, inside is what an odd number of turns enclose. */
export interface PolygonRegion {
  readonly kind: 'polygon';
  readonly vertices: readonly (readonly [x: number, y: number])[];
}

/** A part of some data, in the units of their axes; in indexes where they have none. */
export type Region = LinearRegion | RectangleRegion | EllipseRegion | PolygonRegion;

/** A span of a curve, e.g. `linear(532, 540)`. */
export function linear(from: number, to: number): LinearRegion {
  return { kind: 'linear', from, to };
}

/** A rectangle in an image, e.g. `rectangle([-10, 10], [0, 50])`. */
export function rectangle(x: readonly [number, number], y: readonly [number, number]): RectangleRegion {
  return { kind: 'rectangle', x, y };
}

/** An ellipse in an image; `angleDeg` turns its first radius from the x axis towards y. */
export function ellipse(
  centre: readonly [number, number],
  radii: readonly [number, number],
  angleDeg = 0,
): EllipseRegion {
  return { kind: 'ellipse', centre, radii, angleDeg };
}

/** A circle in an image. */
export function circle(centre: readonly [number, number], radius: number): EllipseRegion {
  return ellipse(centre, [radius, radius]);
}

/** A polygon in an image, its edges included, e.g. `polygon([0, 0], [4, 0], [2, 3])`. */
export function polygon(...vertices: readonly (readonly [x: number, y: number])[]): PolygonRegion {
  return { kind: 'polygon', vertices };
}

/** How many dimensions the data have that a region is a part of. */
export function rankOf({ kind }: Region): 1 | 2 {
  return kind === 'linear' ? 1 : 2;
}

/** Whether a point lies in a region: x, or x and y. */
export function isInside(region: Region): (x: number, y: number) => boolean {
  switch (region.kind) {
    case 'linear': {
      const isWithin = within(region.from, region.to);
      return (x) => isWithin(x);
    }
    case 'rectangle': {
      const [isX, isY] = [within(...region.x), within(...region.y)];
      return (x, y) => isX(x) && isY(y);
    }
    case 'ellipse': {
      const { centre, radii, angleDeg } = region;
      const [cos, sin] = [Math.cos((angleDeg * Math.PI) / 180), Math.sin((angleDeg * Math.PI) / 180)];
      return (x, y) => {
        const [u, v] = [x - centre[0], y - centre[1]];
        return ((u * cos + v * sin) / radii[0]) ** 2 + ((v * cos - u * sin) / radii[1]) ** 2 <= 1;
      };
    }
    case 'polygon':
      return (x, y) => isInPolygon(region.vertices, x, y);
  }
}

/** Counts the edges to the right of the point; a point on an edge lies inside. */
function isInPolygon(vertices: PolygonRegion['vertices'], x: number, y: number): boolean {
  let isIn = false;
  for (const [i, [x1, y1]] of vertices.entries()) {
    const [x2, y2] = vertices[(i + 1) % vertices.length] as readonly [number, number];
    const side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1);
    const isBetween = (x - x1) * (x - x2) <= 0 && (y - y1) * (y - y2) <= 0;
    if (side === 0 && isBetween) return true;
    if (y1 > y !== y2 > y && side > 0 === y2 > y1) isIn = !isIn;
  }
  return isIn;
}

function within(a: number, b: number): (value: number) => boolean {
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return (value) => value >= low && value <= high;
}
