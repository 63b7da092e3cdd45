import type { DriverPlugin } from '@daqtor/core';
import { z } from 'zod';

/** A setting of a driver, for people. */
export interface SettingDescription {
  readonly name: string;
  /** What may be given, e.g. `number 0.01 to 10`, `voltage:dc | voltage:ac`. */
  readonly takes: string;
  /** What it is where nothing is given, as JSON; undefined where there is no default. */
  readonly default?: string | undefined;
  /** Units of a bare number, where its name tells them. */
  readonly units?: string | undefined;
  /** Whether there is no driver without it. */
  readonly isRequired: boolean;
  readonly description: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** The ends of names that tell units, longest first. */
const UNITS: readonly (readonly [string, string])[] = [
  ['MmPerS', 'mm/s'],
  ['PerS', 'per s'],
  ['Ms', 'ms'],
  ['Hz', 'Hz'],
  ['Mm', 'mm'],
  ['K', 'K'],
];

/** The settings of a driver in the order in which they were written, those of its own first. */
export function describeSettings({ settings }: Pick<DriverPlugin, 'settings'>): SettingDescription[] {
  const schema = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }) as JsonSchema & {
    readonly required?: readonly string[];
  };
  return Object.entries(schema.properties ?? {}).map(([name, one]) => ({
    name,
    takes: name === 'port' ? 'address' : kindOf(one),
    default: one.default === undefined ? undefined : JSON.stringify(one.default),
    units: UNITS.find(([end]) => name.endsWith(end))?.[1],
    isRequired: schema.required?.includes(name) ?? false,
    description: one.description ?? '',
  }));
}

function kindOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(String).join(' | ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf) return schema.anyOf.map(kindOf).join(' | ');
  if (schema.prefixItems) return `[${schema.prefixItems.map(kindOf).join(', ')}]`;
  if (schema.type === 'array') return `list of ${schema.items ? kindOf(schema.items) : 'anything'}`;
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  if (schema.type === 'number' || schema.type === 'integer') return schema.type + rangeOf(schema);
  return schema.type ?? 'anything';
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const least = exclusiveMinimum === undefined ? minimum : exclusiveMinimum;
  // What integers in a float64 can be at all is no limit that anybody set.
  const [from, to] = [least, maximum].map((limit) =>
    limit === undefined || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? undefined : limit,
  );
  if (from !== undefined && to !== undefined) return ` ${from} to ${to}`;
  if (from !== undefined) return exclusiveMinimum === undefined ? ` ≥ ${from}` : ` > ${from}`;
  return to === undefined ? '' : ` ≤ ${to}`;
}
