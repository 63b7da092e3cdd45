import {
  type BaselineModule,
  type BaselineReading,
  type DataToExport,
  type DataWithAxes,
  imaginaryPart,
  type ModuleRecord,
  type NumericArray,
  realPart,
  type ScanDescription,
  type ScanOutcome,
  type ScanPoint,
} from '@daqtor/core';
import { plainSettings } from '../layout/scan-recipe.ts';

/**
 * Bluesky's documents (event-model 1.24, its JSON schemas run_start, event_descriptor, event and run_stop): what a run is,
 * what its events hold, the events, how it ended. Times are seconds since 1970.
 */
export type EventModelDocument = readonly [
  name: 'start' | 'descriptor' | 'event' | 'stop',
  document: Readonly<Record<string, unknown>>,
];

/** Longer arrays are left out of events: as text they would be several times their size. */
const MAX_VALUES = 65_536;

/** Streams of events: the points of a scan, and what was read at its beginning and end. */
export type Stream = 'primary' | 'baseline';

const POINTS: Stream = 'primary';
const EXIT_STATUS = { completed: 'success', stopped: 'abort', failed: 'fail' } as const;

/** A value of an event, and what its descriptor says about it. */
export interface Entry {
  readonly key: string;
  readonly of: string;
  /** A number, or nested lists, row-major; null where it is not a number. */
  readonly value: unknown;
  readonly timestamp: number;
  readonly about: Readonly<Record<string, unknown>>;
}

export function startOf(description: ScanDescription, uid: string): EventModelDocument {
  const { actuators, detectors, axes, distribution, startedEpochMs, type, subType, shape, scan, settings } =
    description;
  const names = actuators.map(({ name }) => keyOf(name));
  const moved = axes.flatMap(({ label }) => (names.includes(keyOf(label)) ? [keyOf(label)] : []));
  const fields = distribution === 'spread' && moved.length > 0 ? [moved] : moved.map((name) => [name]);
  return [
    'start',
    {
      uid,
      time: startedEpochMs / 1000,
      plan_name: [type, subType].join(' '),
      plan_args: { ...(scan && { scan }), settings: plainSettings(settings) },
      motors: names,
      detectors: detectors.map(({ name }) => keyOf(name)),
      shape: [...shape],
      hints: { dimensions: (fields.length > 0 ? fields : [['time']]).map((field) => [field, POINTS]) },
    },
  ];
}

export interface DescriptorFacts {
  readonly uid: string;
  readonly start: string;
  readonly name: Stream;
  /** Whose values the events hold. */
  readonly modules: readonly ModuleRecord[];
  /** When their settings were as `modules` says, in milliseconds since 1970. */
  readonly configuredEpochMs: number;
  readonly atEpochMs: number;
}

/** @param entries - of the first event: they say what the events hold */
export function descriptorOf(entries: readonly Entry[], facts: DescriptorFacts): EventModelDocument {
  const { uid, start, name, modules, configuredEpochMs, atEpochMs } = facts;
  const ofModules = (facts: (key: string, module: ModuleRecord) => unknown) =>
    Object.fromEntries(modules.map((module) => [keyOf(module.name), facts(keyOf(module.name), module)]));
  const keysOf = (module: string) => entries.filter(({ of }) => of === module).map(({ key }) => key);
  const scalars = entries.filter(({ about, key }) => about.dtype !== 'array' && !key.endsWith('_setpoint'));
  return [
    'descriptor',
    {
      uid,
      run_start: start,
      time: atEpochMs / 1000,
      name,
      data_keys: Object.fromEntries(entries.map(({ key, about }) => [key, about])),
      object_keys: ofModules(keysOf),
      configuration: ofModules((_, module) => configurationOf(module, configuredEpochMs / 1000)),
      hints: ofModules((key) => ({ fields: scalars.filter(({ of }) => of === key).map((one) => one.key) })),
    },
  ];
}

export function eventOf(
  entries: readonly Entry[],
  facts: { readonly uid: string; readonly descriptor: string; readonly number: number; readonly atEpochMs: number },
): EventModelDocument {
  const { uid, descriptor, number, atEpochMs } = facts;
  return [
    'event',
    {
      uid,
      descriptor,
      seq_num: number,
      time: atEpochMs / 1000,
      data: Object.fromEntries(entries.map(({ key, value }) => [key, value])),
      timestamps: Object.fromEntries(entries.map(({ key, timestamp }) => [key, timestamp])),
      filled: {},
    },
  ];
}

export function stopOf(
  outcome: ScanOutcome,
  facts: {
    readonly uid: string;
    readonly start: string;
    readonly atEpochMs: number;
    readonly events: Readonly<Record<string, number>>;
  },
): EventModelDocument {
  const { uid, start, atEpochMs, events } = facts;
  const exit_status = EXIT_STATUS[outcome];
  return ['stop', { uid, run_start: start, time: atEpochMs / 1000, exit_status, reason: '', num_events: events }];
}

/** All values of a point: read-backs and targets of the actuators, then what the detectors gave. */
export function entriesOf({ actuators, detectors }: ScanDescription, point: ScanPoint): Entry[] {
  const at = point.atEpochMs / 1000;
  const moved = actuators.flatMap(({ name, units }, i): Entry[] => {
    const about = { source: `${name}: read back`, dtype: 'number', shape: [], units, object_name: keyOf(name) };
    const key = keyOf(name);
    const common = { of: key, timestamp: at };
    return [
      { ...common, key, value: numberOf(point.positions[i]), about },
      {
        ...common,
        key: `${key}_setpoint`,
        value: numberOf(point.targets[i]),
        about: { ...about, source: `${name}: asked for` },
      },
    ];
  });
  return [...moved, ...detectors.flatMap(({ name }, i) => entriesIn(name, point.data[i], at))];
}

/** All values of a reading of the baseline; a module that could not be read has none. */
export function baselineEntries(baseline: readonly BaselineModule[], { values, atEpochMs }: BaselineReading): Entry[] {
  const at = atEpochMs / 1000;
  return baseline.flatMap(({ name, role, units }, i): Entry[] => {
    const value = values[i];
    if (role === 'detector' || !value) return entriesIn(name, value, at);
    const about = { source: `${name}: read back`, dtype: 'number', shape: [], units, object_name: keyOf(name) };
    return [{ key: keyOf(name), of: keyOf(name), value: numberOf(value.data[0]?.data[0]?.[0]), timestamp: at, about }];
  });
}

function entriesIn(module: string, given: DataToExport | undefined, at: number): Entry[] {
  return (given?.data ?? []).flatMap((data) =>
    data.data.flatMap((array, i) => {
      const name = [module, data.name, ...(data.data.length > 1 ? [data.labels[i] ?? String(i)] : [])]
        .map(keyOf)
        .join('_');
      if (!data.complex) return entryOf(module, name, data, array, at);
      return [
        ...entryOf(module, `${name}_real`, data, realPart(array), at),
        ...entryOf(module, `${name}_imag`, data, imaginaryPart(array), at),
      ];
    }),
  );
}

function entryOf(module: string, key: string, data: DataWithAxes, array: NumericArray, at: number): Entry[] {
  if (array.length > MAX_VALUES) return [];
  const isScalar = data.dim === 'Data0D' && array.length === 1;
  const shape = isScalar ? [] : [...data.shape];
  const dims = shape.map((_, index) => data.axes.find((axis) => axis.index === index)?.label ?? `dim_${index}`);
  return [
    {
      key,
      of: keyOf(module),
      value: isScalar ? numberOf(array[0]) : nested(array, shape),
      timestamp: Number.isFinite(data.timestamp) ? data.timestamp : at,
      about: {
        source: `${module}: ${data.name}`,
        dtype: isScalar ? 'number' : 'array',
        shape,
        ...(shape.length > 0 && { dims }),
        units: data.units,
        object_name: keyOf(module),
      },
    },
  ];
}

/** Values as lists of lists. */
function nested(values: NumericArray, shape: readonly number[]): unknown[] {
  let level: unknown[] = Array.from(values, numberOf);
  for (const length of shape.slice(1).toReversed()) {
    const rows = level;
    level = Array.from({ length: rows.length / length }, (_, row) => rows.slice(row * length, (row + 1) * length));
  }
  return level;
}

/** JSON has no word for what is not a finite number. */
function numberOf(value: number | bigint | undefined): number | null {
  const number = Number(value);
  return value === undefined || !Number.isFinite(number) ? null : number;
}

function configurationOf({ kind, identity = '', settings }: ModuleRecord, timestamp: number) {
  const data: Record<string, unknown> = { kind, identity };
  for (const [name, value] of Object.entries(plainSettings(settings))) {
    data[keyOf(name)] = typeof value === 'object' ? JSON.stringify(value) : value;
  }
  const about = (value: unknown) => ({ source: 'settings', dtype: typeof value, shape: [] });
  return {
    data,
    timestamps: Object.fromEntries(Object.keys(data).map((name) => [name, timestamp])),
    data_keys: Object.fromEntries(Object.entries(data).map(([name, value]) => [name, about(value)])),
  };
}

/** Its keys hold neither dots nor slashes. */
const keyOf = (name: string): string => name.replaceAll(/[./\s]/g, '_');
