import { adaptivePoints } from './adaptive/adaptive-points.ts';
import { axisPoints } from './axis-value.ts';
import { flyPoints } from './fly/fly-points.ts';
import { concatOf, zipOf } from './kinds/joined.ts';
import { maskedOf } from './kinds/masked.ts';
import { pathOf } from './kinds/path.ts';
import { productOf } from './kinds/product.ts';
import { backAndForthOf, repeatedOf } from './kinds/repeated.ts';
import { scatterOf } from './kinds/scatter.ts';
import { shuffledOf } from './kinds/shuffled.ts';
import { archimedesOf, fermatOf, ringsOf } from './kinds/spirals.ts';
import { squareSpiralOf } from './kinds/square-spiral.ts';
import { timesOf } from './kinds/times.ts';
import { actuatorAxis, type Points } from './points.ts';
import { pymodaqPoints } from './pymodaq/pymodaq-points.ts';
import { refusal } from './refuse.ts';
import type { ScanValue } from './scan-value.ts';

/**
 * The points of a scan, from the scan alone.
 *
 * @throws DaqtorError `scan.refused` if it makes no sense
 */
export function pointsOf(scan: ScanValue): Points {
  switch (scan.kind) {
    case 'linspace':
    case 'steps':
    case 'logspace':
    case 'positions':
    case 'sparse':
      return axisPoints(scan);
    case 'times':
      return timesOf(scan.count, scan.everyMs);
    case 'squareSpiral': {
      const [first, second] = scan.actuators;
      return squareSpiralOf([actuatorAxis(first), actuatorAxis(second)], scan.centre, scan.steps, scan.rings);
    }
    case 'archimedes':
      return archimedesOf({ ...scan, axes: scan.actuators.map(actuatorAxis) });
    case 'fermat':
      return fermatOf({ ...scan, axes: scan.actuators.map(actuatorAxis) });
    case 'rings':
      return ringsOf({ ...scan, axes: scan.actuators.map(actuatorAxis) }, scan.perRing);
    case 'path':
      return pathOf(scan.actuators.map(actuatorAxis), scan.vertices, scan.step);
    case 'scatter':
      return scatterOf(scan.spans.map(actuatorAxis), scan.spans, scan.count, scan.seed);
    case 'adaptive1D':
    case 'adaptive2D':
      return adaptivePoints(scan);
    case 'fly':
      return flyPoints(scan, scan.lines && knownPoints(scan.lines));
    case 'pymodaq':
      return pymodaqPoints(scan);
    case 'product':
      return productOf(scan.scans.map(knownPoints), scan.snake ?? []);
    case 'zip':
      return zipOf(scan.scans.map(knownPoints));
    case 'concat':
      return concatOf(scan.scans.map(knownPoints));
    case 'mask':
      return maskedOf(knownPoints(scan.scan), scan.region, scan.x, scan.y);
    case 'shuffle':
      return shuffledOf(knownPoints(scan.scan), scan.seed);
    case 'repeat':
      return repeatedOf(knownPoints(scan.scan), scan.times, scan.each ?? false);
    case 'relative': {
      const points = pointsOf(scan.scan);
      return { ...points, axes: points.axes.map((axis) => ({ ...axis, isRelative: axis.role === 'actuator' })) };
    }
    case 'backAndForth':
      return backAndForthOf(knownPoints(scan.scan));
  }
}

/** Points that do not depend on what is measured, and can be measured one by one. */
function knownPoints(scan: ScanValue): Points {
  const points = pointsOf(scan);
  const reason = points.decisions
    ? 'an adaptive scan cannot be part of another: its points are not known beforehand'
    : points.flight && 'a fly scan cannot be part of another: its bins are passed, not visited';
  if (reason === undefined) return points;
  const advice = points.flight ? 'Say in its `lines` what comes before each ramp' : 'Run it by itself';
  throw refusal(reason, undefined, `${advice}, several of them as a batch`);
}
