import type { z } from 'zod';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { faultsIn } from './faults-in.ts';

/**
 * Checks settings against their schema and fills in defaults.
 *
 * @param given - names of settings that must be known; default none, so that others are left aside
 * @throws DaqtorError `lab.settings` that names every bad setting at once
 */
export function parseSettings<Schema extends z.ZodObject>(
  kind: string,
  schema: Schema,
  input: unknown,
  given: readonly string[] = [],
): z.output<Schema> {
  const result = schema.safeParse(input);
  const strange = strangeSettings(schema, given);
  if (result.success && strange.length === 0) return result.data;
  const faults = faultsIn(result.error?.issues ?? [], input, 'settings');
  throw new DaqtorError('lab.settings', {
    problem: `the settings of '${kind}' are not right: ${[...faults, ...strange].join('; ')}`,
    cause: result.error,
  });
}

/** What is wrong about the names of settings: there is none of such a name. */
export function strangeSettings(schema: z.ZodObject, given: readonly string[]): readonly string[] {
  const known = Object.keys(schema.shape);
  return given
    .filter((name) => !known.includes(name))
    .map((name) => `${name}: there is no such setting; there are ${known.join(', ')}`);
}
