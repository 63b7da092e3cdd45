import { readFile } from 'node:fs/promises';
import * as core from '@daqtor/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const page = await readFile(new URL('../../../docs/scans.md', import.meta.url), 'utf8');
const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
const builders = [...yaml.matchAll(/^ {2}# (.*)$/gm)].map(([, builder = '']) => builder);
const { scans } = core.readScanFile(parse(yaml));

const { grid, linspace } = core;
/** What the builders of the page may use. */
const names: Readonly<Record<string, unknown>> = {
  ...core,
  x: 'x',
  y: 'y',
  z: 'z',
  power: 'power',
  linspaceGrid: grid(linspace('x', 0, 1, 11)),
  square: grid(linspace('y', -1, 1, 9), linspace('x', -1, 1, 9)),
};

/** All that follows from a scan. */
function pointsOf(scan: core.Scan | core.ScanValue) {
  const { points, type, subType } = scan instanceof core.Scan ? scan : new core.Scan(scan);
  const { axes, shape, size, distribution, decisions, flight } = points;
  const visited = Array.from({ length: size }, (_, step) => points.at(step));
  return { type, subType, axes, shape, distribution, signal: decisions?.signal, flight, visited };
}

describe('the page of scans', () => {
  it('has a builder for each scan of its file', () => {
    expect(builders).toHaveLength(scans.length);
  });

  it.each(builders.map((builder, i) => [builder, scans[i]?.over as core.ScanValue] as const))(
    'gives the same points by %s as by its data',
    (builder, value) => {
      const make = new Function(...Object.keys(names), `return ${builder}`);
      expect(pointsOf(value)).toEqual(pointsOf(make(...Object.values(names)) as core.Scan));
    },
  );

  it('shows every kind of scan and of region', () => {
    const form = JSON.stringify(core.scanFileJsonSchema());
    const kinds = [...form.matchAll(/"kind":\{[^{}]*?(?:"const":"(\w+)"|"enum":\[([^\]]*)\])/g)].flatMap(
      ([, one, several = '""']) => (one === undefined ? several.split(',').map((kind) => JSON.parse(kind)) : [one]),
    );
    expect(kinds.length).toBeGreaterThan(20);
    for (const kind of new Set(kinds)) expect(yaml).toContain(`kind: ${kind}`);
  });
});
