import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { driverPage, PAGE } from './driver-page.mjs';

test('docs/drivers.md is what the sources say; if not: npm run docs:drivers', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(driverPage());
});

test('the page has drivers with their settings, the wires that they were tried on, and their judges', () => {
  const page = driverPage();
  expect(page).toMatch(
    /^\| \[`keithley2000`\]\(#keithley2000\) \|.*\| serial, tcp, gpib \| settings \| GPIB,.* memory, pty, TCP \| .*pymeasure/m,
  );
  expect(page).toMatch(/^\| `nplc` \| number 0\.01 to 10 \| `1`/m);
  expect(page).toContain('### Settings of every actuator');
});
