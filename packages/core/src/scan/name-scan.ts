import type { Points } from './points.ts';
import type { ScanValue } from './scan-value.ts';

/** PyMoDAQ's names for a scan, where it has one: `Scan2D` and `LinearBackForce`. */
export interface ScanNames {
  readonly type: string;
  readonly subType: string;
}

/** Kinds of scan that have a name of their own, in PyMoDAQ or with us. */
const SUB_TYPES: Partial<Readonly<Record<ScanValue['kind'], string>>> = {
  sparse: 'Sparse',
  path: 'SubSegmented',
  squareSpiral: 'Spiral',
  archimedes: 'Archimedes',
  fermat: 'Fermat',
  rings: 'Rings',
  scatter: 'Random',
  fly: 'Fly',
  adaptive1D: 'Adaptive',
  adaptive2D: 'Adaptive',
  shuffle: 'Random',
  backAndForth: 'LinearBackForce',
};

export function nameScan(scan: ScanValue, { axes, distribution }: Points): ScanNames {
  if (scan.kind === 'pymodaq') return { type: scan.settings.type, subType: scan.settings.subType };
  const rank = axes.filter(({ role }) => role !== 'count').length;
  const type = distribution === 'spread' ? 'Tabular' : rank < 2 ? 'Scan1D' : rank === 2 ? 'Scan2D' : 'Sequential';
  return { type, subType: subTypeOf(scan) };
}

function subTypeOf(scan: ScanValue): string {
  switch (scan.kind) {
    case 'product': {
      const [only] = scan.scans;
      if (scan.scans.length === 1 && only) return subTypeOf(only);
      return scan.snake?.slice(1).includes(true) ? 'LinearBackForce' : 'Linear';
    }
    case 'mask':
    case 'relative':
    case 'repeat':
      return subTypeOf(scan.scan);
    default:
      return SUB_TYPES[scan.kind] ?? 'Linear';
  }
}
