import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { echoInstrument } from '../testing/echo-instrument.ts';
import { servePtyByName } from './pty-by-name.ts';

it('goes away and comes back under the same name, and leaves nothing behind', async () => {
  const served = await servePtyByName(echoInstrument(), 'usb-Meter-0815');
  const path = served.address.replace(/^serial:/, '');
  expect(path).toMatch(/\/usb-Meter-0815$/);
  expect(await realpath(path)).toMatch(/^\/dev\//);
  await served.unplug();
  expect(existsSync(path)).toBe(false);
  await served.replug();
  expect(await realpath(path)).toMatch(/^\/dev\//);
  await served.close();
  expect(existsSync(dirname(path))).toBe(false);
});
