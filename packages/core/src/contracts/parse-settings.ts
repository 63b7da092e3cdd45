import type { z } from 'zod';
import { DaqtorError } from '../errors/daqtor-error.ts';

/**
 * Checks settings against their schema and fills in defaults.
 *
 * @throws DaqtorError `lab.settings` that names every bad setting at once
 */
export function parseSettings<Schema extends z.ZodType>(
  kind: string,
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.') || 'settings'}: ${message}`);
  throw new DaqtorError('lab.settings', {
    problem: `the settings of '${kind}' are not right: ${faults.join('; ')}`,
    cause: result.error,
  });
}
