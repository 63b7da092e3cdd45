import { z } from 'zod';
import { actuatorFields } from '../axis-value.ts';

const range = z.tuple([z.number(), z.number(), z.number()]).describe('start, stop, step');
const span = { start: z.number(), stop: z.number(), step: z.number() };
const seed = z.int().min(0).max(0xffffffff).describe("Seed of numpy's RandomState");
const pair = z.tuple([z.number(), z.number()]);
const rows = z.array(z.array(z.number())).min(1);
const name = <Type extends string, SubType extends string>(type: Type, subType: SubType) => ({
  type: z.literal(type),
  subType: z.literal(subType),
});

const settings = z.union([
  z.object({ ...name('Scan1D', 'Linear'), ...span }),
  z.object({ ...name('Scan1D', 'Random'), ...span, seed }),
  z.object({ ...name('Scan1D', 'Sparse'), text: z.string() }),
  z.object({ ...name('Scan2D', 'Linear'), axis1: range, axis2: range }),
  z.object({ ...name('Scan2D', 'LinearBackForce'), axis1: range, axis2: range }),
  z.object({ ...name('Scan2D', 'Random'), axis1: range, axis2: range, seed }),
  z.object({ ...name('Scan2D', 'Spiral'), npts: z.int().min(1), centre: pair, rmax: pair }),
  z.object({ ...name('Sequential', 'Linear'), rows: z.array(range).min(1) }),
  z.object({ ...name('Tabular', 'Linear'), rows }),
  z.object({ ...name('Tabular', 'SubSegmented'), rows, step: z.number().positive() }),
]);

export const pymodaqSchema = z
  .object({ kind: z.literal('pymodaq'), actuators: z.array(z.object(actuatorFields)).min(1), settings })
  .describe("A scan with PyMoDAQ's own settings, point for point");

/** A scan with PyMoDAQ's own settings, as plain data. */
export type PymodaqValue = z.output<typeof pymodaqSchema>;
/** The settings of one of PyMoDAQ's kinds of scan. */
export type PymodaqSettings = PymodaqValue['settings'];
