import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runInMemory } from '../testing/run-in-memory.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'daqtor-presets-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

const XML = `<Preset type="group"><filename type="str">old</filename><Moves type="groupmove"><move00 type="group">
<name type="str">X</name><params type="group"><main_settings type="group"><move_type type="str">Mock</move_type></main_settings>
<move_settings type="group"><vendor_mode type="int">2000</vendor_mode><epsilon type="float">0.01</epsilon></move_settings></params>
</move00></Moves></Preset>`;

test('import-preset writes a preset that lab takes, and tells what it could not take', async () => {
  const place = folder();
  const [xml, yaml] = [join(place, 'preset_old.xml'), join(place, 'lab.yaml')];
  writeFileSync(xml, XML);
  const { code, err } = await runInMemory(['import-preset', xml, '--out', yaml]);
  expect([code, err]).toEqual([0, '[X] not taken: vendor_mode = 2000\n1 modules taken, 1 notes\n']);
  expect(await runInMemory(['lab', yaml])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^X +actuator +mock-axis +idle/m),
  });
  const again = await runInMemory(['import-preset', xml, '--out', yaml]);
  expect([again.code, again.err]).toEqual([1, expect.stringMatching(/cannot be written: EEXIST/)]);
  expect((await runInMemory(['import-preset', xml])).out).toBe(readFileSync(yaml, 'utf8'));
  expect(JSON.parse((await runInMemory(['import-preset', xml, '--json'])).out)).toMatchObject({
    preset: { title: 'old' },
    notes: [{ module: 'X' }],
  });
});
