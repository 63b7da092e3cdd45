import { expect } from 'vitest';
import type { LiveSettings } from '../contracts/live-settings.ts';

/**
 * Gives a driver all of its live settings at once, and looks at what it says that it took.
 *
 * @param adjusted - all settings as they should be; it must name each live one; left out, nothing is tried
 */
export async function tryLiveSettings(
  adjust: LiveSettings | undefined,
  adjusted: Readonly<Record<string, unknown>> | undefined,
): Promise<void> {
  if (!adjusted) return;
  if (!adjust) throw new Error('the driver has no settings that can be changed while it is connected');
  const never = new AbortController().signal;
  expect(Object.keys(adjusted)).toEqual(expect.arrayContaining([...adjust.names]));
  await adjust.apply(adjusted, new Set(adjust.names), never);
  const held = (await adjust.read?.(never)) ?? {};
  for (const [name, value] of Object.entries(held)) {
    expect(adjust.names).toContain(name);
    if (typeof value === 'number') expect(value).toBeCloseTo(adjusted[name] as number, 6);
    else expect(value).toEqual(adjusted[name]);
  }
}
