import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataWithAxes, defineDetector } from '@daqtor/core';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { labFromFile, presetFromFile, presetFromText } from './preset-file.ts';

const dice = defineDetector({
  kind: 'dice',
  title: 'A die',
  settings: z.object({ sides: z.coerce.number().int().min(2) }),
  connect: async ({ sides }) => ({
    grab: async () => [new DataWithAxes({ name: 'eyes', data: [sides] })],
    close: async () => {},
  }),
});

function fileOf(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'daqtor-preset-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

it('builds a lab from YAML with variables of the process', async () => {
  process.env.DAQTOR_TEST_SIDES = '6';
  onTestFinished(() => {
    delete process.env.DAQTOR_TEST_SIDES;
  });
  const path = fileOf(
    'lab.yaml',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in a preset
    'version: 1\nmodules:\n  die: { kind: dice, settings: { sides: "${DAQTOR_TEST_SIDES}" } } # six\n',
  );
  await using bench = await labFromFile(path, { plugins: [dice] });
  expect((await bench.getViewer('die').grab()).data[0]?.data[0]).toEqual(Float64Array.of(6));
});

it('reads the same from JSON', () => {
  expect(presetFromText('{ "version": 1, "modules": {} }', 'lab.json')).toEqual({ version: 1, modules: {} });
});

it('says at which line a text cannot be understood', () => {
  expect(() => presetFromText('version: 1\nmodules: { x: [ }', 'lab.yml')).toThrow(/lab\.yml .* line 2/s);
  expect(() => presetFromText('{ "version": 1,\n "modules": nothing }', 'lab.json')).toThrow(/lab\.json/);
});

it('says what is wrong with a file that is missing, or is something else', async () => {
  await expect(presetFromFile('/no/such/lab.yaml')).rejects.toMatchObject({ code: 'lab.settings' });
  expect(() => presetFromText('', 'lab.xml')).toThrow(/none of \.yaml/);
});
