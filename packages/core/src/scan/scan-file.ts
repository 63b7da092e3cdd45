import { z } from 'zod';
import { faultsIn } from '../contracts/faults-in.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { scanSettings } from './scan-settings.ts';
import { type ScanValue, scanSchema } from './scan-value.ts';

const VERSION = 1;

/** Left out, it is not there: what holds then is said where the scan runs. */
const leftOut = <Inner extends z.ZodType>(setting: z.ZodDefault<Inner>) =>
  setting
    .unwrap()
    .optional()
    .describe(setting.description ?? '');
const { shape } = scanSettings;
const settings = {
  settleMs: leftOut(shape.settleMs),
  waitMs: leftOut(shape.waitMs),
  waitUntil: leftOut(shape.waitUntil),
  suspendWhen: leftOut(shape.suspendWhen),
  onError: leftOut(shape.onError),
  onOvershoot: leftOut(shape.onOvershoot),
  returnTo: shape.returnTo,
  everyMs: shape.everyMs,
  lagMs: shape.lagMs,
} satisfies Record<keyof typeof shape, z.ZodType>;

/** @param over - what `over` looks like */
const formWith = <Over extends z.ZodType>(over: Over) =>
  z.strictObject({
    $schema: z.string().optional().describe('For editors'),
    version: z.literal(VERSION).describe('Version of this form'),
    title: z.string().optional().describe('For people'),
    save: z
      .strictObject({
        folder: z.string().min(1).describe('Folder of the dataset'),
        sample: z.string().optional(),
        author: z.string().optional(),
        description: z.string().optional(),
      })
      .optional()
      .describe('Where the data are kept, all in one file; left out, they are only shown'),
    whenOneFails: z
      .enum(['stop', 'goOn'])
      .default('stop')
      .describe('What becomes of the other scans when one fails: stop begins no more of them'),
    scans: z
      .array(
        z.strictObject({
          name: z.string().optional().describe('For people'),
          over: over.describe('Where to go'),
          read: z.array(z.string()).min(1).describe('Names of the detectors that are read at each point'),
          baseline: z
            .array(z.string())
            .min(1)
            .optional()
            .describe('Names of modules that are read once before the first point and once after the last'),
          ...settings,
        }),
      )
      .min(1)
      .describe('One after the other'),
  });

const anyOver = z.looseObject({ kind: z.string() });
const form = formWith(anyOver);

/** Scans as plain data: what a scan file holds. */
export interface ScanFile extends Omit<z.output<typeof form>, 'scans'> {
  readonly scans: readonly FiledScan[];
}

/** One of them. */
export type FiledScan = Omit<z.output<typeof form>['scans'][number], 'over'> & { readonly over: ScanValue };

/**
 * Reads what came as JSON or YAML.
 *
 * @throws DaqtorError `scan.refused` with everything that is not right, at once
 */
export function readScanFile(data: unknown): ScanFile {
  const { data: file, error } = form.safeParse(data);
  const given = oversOf(data);
  const overs = given.map((over) => scanSchema.safeParse(over));
  const faults = [
    ...faultsIn(error?.issues ?? [], data, 'the file'),
    ...overs.flatMap((over, i) => faultsIn(over.error?.issues ?? [], given[i], 'the file', ['scans', i, 'over'])),
  ];
  if (!file || faults.length > 0) throw refuse(faults);
  const scans = file.scans.map((scan, i): FiledScan => ({ ...scan, over: overs[i]?.data as FiledScan['over'] }));
  return { ...file, scans };
}

/** Where each scan goes; none where the form is so wrong that it cannot be told. */
function oversOf(data: unknown): readonly unknown[] {
  const { data: found } = z.object({ scans: z.array(z.object({ over: anyOver })) }).safeParse(data);
  return found?.scans.map(({ over }) => over) ?? [];
}

/** The form of scan files as JSON Schema, for completion in editors. */
export function scanFileJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(formWith(scanSchema), { io: 'input' });
  return { title: 'Daqtor scan file', ...JSON.parse(JSON.stringify(schema)) };
}

function refuse(faults: readonly string[]): DaqtorError {
  const list = faults.map((fault) => `  ${fault}`).join('\n');
  return new DaqtorError('scan.refused', { problem: `the scan file is not right:\n${list}\n` });
}
