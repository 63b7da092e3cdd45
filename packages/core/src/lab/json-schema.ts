import { z } from 'zod';

/** What may be given, as JSON Schema; what JSON cannot say (a port object) is anything. */
export function jsonSchemaOf(schema: z.ZodType) {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
