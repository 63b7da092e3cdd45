import { describe, expect, it } from 'vitest';
import { pymodaq } from '../builders.ts';
import type { Scan } from '../scan.ts';
import { type PymodaqCase, pymodaqCases } from '../testing/known-points.ts';
import type { PymodaqSettings } from './pymodaq-value.ts';

/** Where PyMoDAQ goes on with the positions of the scan before, or with none at all, we refuse. */
const REFUSED = ['0:1', '0:0.2:1,x'];

const cases = pymodaqCases();
const isRefused = ({ error, settings }: PymodaqCase) =>
  error !== undefined || REFUSED.includes(String(settings.parsed_string));

function scanOf({ type, subtype, nAxes, settings, seed }: PymodaqCase): Scan {
  const { parsed_string: text, center: centre, points, ...others } = settings;
  const all = { ...others, type, subType: subtype, text, centre, seed, ...(points !== undefined && { rows: points }) };
  const named = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return pymodaq(
    Array.from({ length: nAxes }, (_, axis) => `a${axis}`),
    named as unknown as PymodaqSettings,
  );
}

const kinds = [...new Set(cases.map(({ type, subtype }) => `${type} ${subtype}`))];

describe.each(kinds)('%s', (kind) => {
  it('goes where PyMoDAQ goes, to the last bit, and stores where it stores', () => {
    for (const known of cases) {
      if (isRefused(known) || `${known.type} ${known.subtype}` !== kind) continue;
      const scan = scanOf(known);
      const { points } = scan;
      const steps = Array.from({ length: scan.size }, (_, step) => scan.at(step));
      expect({
        title: known.title,
        names: [scan.type, scan.subType],
        positions: steps.map(({ targets }) => targets),
        indexes: steps.map(({ indexes }) => indexes),
        shape: scan.shape,
        distribution: scan.distribution,
        axes: points.axes.map((_, axis) => [...points.coordinates(axis)]),
      }).toEqual({
        title: known.title,
        names: [known.type, known.subtype],
        positions: known.positions,
        indexes: known.indexes,
        shape: known.shape,
        distribution: known.distribution,
        axes: known.navAxes?.map(({ data }) => [data].flat()),
      });
    }
  });
});

it('refuses what PyMoDAQ raises at, and what it silently answers with other points', () => {
  const refused = cases.filter(isRefused);
  expect(refused).toHaveLength(4);
  for (const known of refused) {
    expect(() => scanOf(known), known.title).toThrow(expect.objectContaining({ code: 'scan.refused' }));
  }
});

it('refuses settings for another number of actuators', () => {
  const settings = { type: 'Scan1D', subType: 'Linear', start: 0, stop: 1, step: 0.5 } as const;
  expect(() => pymodaq(['x', 'y'], settings)).toThrow('another number of axes than x, y');
});
