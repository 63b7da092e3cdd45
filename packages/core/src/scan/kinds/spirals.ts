import { listOf, type PointAxis, type Points } from '../points.ts';
import { requirePositive, requireWhole } from '../refuse.ts';

/** Ends of the spiral on both axes, from its centre. */
type Pair = readonly [number, number];

/** The golden angle, as bluesky has it. */
const GOLDEN = (137.508 * Math.PI) / 180;

/** A disc of points, which the radii make an ellipse. */
interface Disc {
  readonly axes: readonly PointAxis[];
  readonly centre: Pair;
  /** Along both axes. */
  readonly radii: Pair;
  /** Distance of neighbouring points, along the first axis. */
  readonly spacing: number;
}

/**
 * Archimedes' spiral from the centre: turns as far apart as points along them. As points at equal arcs of
 * `r = spacing × θ / 2π`, whose arc is `θ² × spacing / 4π` but for the innermost turn.
 */
export function archimedesOf({ axes, centre, radii, spacing }: Disc): Points {
  const around = turnsAround(axes, centre, radii, spacing);
  const size = 1 + Math.floor((Math.PI * radii[0] ** 2) / spacing ** 2 + 1e-9);
  return listOf(axes, size, (step) => {
    const angle = Math.sqrt(4 * Math.PI * step);
    return around((spacing * angle) / (2 * Math.PI), angle);
  });
}

/**
 * Fermat's spiral, whose points cover the disc evenly: `r = spacing × √n`, each the golden angle further; without the
 * centre. As bluesky's `spiral_fermat`, which cuts a rectangle out of it.
 */
export function fermatOf({ axes, centre, radii, spacing }: Disc): Points {
  const around = turnsAround(axes, centre, radii, spacing);
  const size = Math.max(1, Math.floor((radii[0] / spacing) ** 2 + 1e-9));
  return listOf(axes, size, (step) => around(Math.sqrt(step + 1) * spacing, GOLDEN * (step + 1)));
}

/**
 * Rings `spacing` apart, the n-th with n times `perRing` points; without the centre. As bluesky's `spiral`, which cuts a
 * rectangle out of it.
 */
export function ringsOf({ axes, centre, radii, spacing }: Disc, perRing: number): Points {
  requireWhole(perRing, 1, 'the number of points on the first ring');
  const around = turnsAround(axes, centre, radii, spacing);
  const rings = Math.max(1, Math.floor(radii[0] / spacing + 1e-9));
  const before = (ring: number) => (perRing * ring * (ring - 1)) / 2;
  return listOf(axes, before(rings + 1), (step) => {
    let ring = Math.max(1, Math.floor((1 + Math.sqrt(1 + (8 * step) / perRing)) / 2));
    if (before(ring + 1) <= step) ring++;
    return around(ring * spacing, (step - before(ring)) * ((2 * Math.PI) / (ring * perRing)));
  });
}

function turnsAround(axes: readonly PointAxis[], [x, y]: Pair, radii: Pair, spacing: number) {
  for (const [i, radius] of radii.entries()) requirePositive(radius, 'a radius', axes[i]?.name);
  requirePositive(spacing, 'the distance of neighbouring points');
  const aspect = radii[1] / radii[0];
  return (radius: number, angle: number) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle) * aspect];
}
