import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { GrabForm } from '../actors/expected-grab.ts';
import type { ScanRecorder } from '../contracts/scan-recorder.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { convertUnits } from '../units/units.ts';
import { conditionProblems, conditionText, whenText } from './condition.ts';
import { type DoneBefore, NOTHING_BEFORE } from './done-before.ts';
import { estimateDuration } from './estimate-duration.ts';
import type { Modules } from './modules.ts';
import { modulesOf as modulesIn } from './modules-of.ts';
import type { ScanPlan } from './plan.ts';
import { outOfReach, type Reach, reachOf } from './reach.ts';
import { type ScanSettings, type ScanSettingsInput, settingsOf, settingsProblems } from './scan-settings.ts';
import { suspendProblems, suspendText } from './suspender.ts';

/** What a scan would do, found out without moving anything. */
export interface PreflightReport {
  /** Why it would be refused, every reason; empty if it can run. */
  readonly reasons: readonly string[];
  /** How many points it has. */
  readonly points: number;
  /** Whether it may end with fewer: an adaptive scan that reaches its goal. */
  readonly mayEndSooner: boolean;
  readonly shape: readonly number[];
  /** Where it takes each actuator. */
  readonly reaches: readonly Reach[];
  /** What each detector gives, by its name: as its last grab was; absent for one that has not grabbed yet. */
  readonly forms: Readonly<Record<string, readonly GrabForm[]>>;
  /** How long it takes without saving, as far as the modules can tell. */
  readonly durationMs: number;
  /** Modules that cannot tell how long they take; the duration leaves them out. */
  readonly unknownDurations: readonly string[];
  /** What it waits for before points are measured, and what holds it, for people. */
  readonly conditions?: readonly string[];
  /**
   * How much its values are, at all places and before compression; a file has some 100 kB more for its structure. Undefined
   * while a detector has not grabbed yet.
   */
  readonly bytes: number | undefined;
  /** Room where it would be saved; undefined if it is not saved, or the recorder cannot tell. */
  readonly freeBytes: number | undefined;
}

/** What is looked at before a scan. */
export interface PreflightInput extends ScanSettingsInput {
  readonly over: ScanPlan;
  readonly read: readonly DaqViewer[];
  readonly baseline?: readonly (DaqMove | DaqViewer)[];
  /** Where the modules are that settings name; default those of the scan itself. */
  readonly modules?: Modules;
  readonly before?: DoneBefore;
  readonly follows?: { readonly file: string | undefined };
  readonly save?: ScanRecorder;
}

/**
 * Looks for everything that would make a scan fail, before anything moves.
 *
 * @throws DaqtorError `scan.refused` with every reason at once
 */
export async function preflight(input: PreflightInput): Promise<void> {
  const reasons = [...reasonsAgainst(input), ...lackOfRoom(await roomFor(input))];
  if (reasons.length === 0) return;
  throw new DaqtorError('scan.refused', {
    problem: `the scan cannot run: ${reasons.join('; ')}`,
    advice: 'Nothing has moved',
  });
}

/** The same look, with what a person wants to know before starting a scan. */
export async function preflightReport(input: PreflightInput): Promise<PreflightReport> {
  const { over } = input;
  const read = input.read.filter(isDetector);
  const room = await roomFor(input);
  const isReady = [...modulesOf(input), ...(input.baseline ?? [])].every(({ state }) => state === 'idle');
  const duration = isReady
    ? estimateDuration(over, read, settingsOf(input), input.baseline)
    : { ms: Number.NaN, unknown: [] };
  return {
    reasons: [...reasonsAgainst(input), ...lackOfRoom(room)],
    points: over.size,
    mayEndSooner: over.signal !== undefined,
    shape: over.shape,
    reaches: over.actuators.flatMap(({ actuator }, i) => (actuator.state === 'idle' ? [reachOf(over, i)] : [])),
    forms: Object.fromEntries(read.flatMap(({ name, expected: { forms } }) => (forms ? [[name, forms]] : []))),
    durationMs: duration.ms,
    unknownDurations: duration.unknown,
    conditions: conditionsOf(input),
    ...room,
  };
}

function modulesOf({ over, read }: PreflightInput): readonly (DaqMove | DaqViewer)[] {
  return [...over.actuators.map(({ actuator }) => actuator), ...read];
}

function reasonsAgainst(input: PreflightInput): string[] {
  const { over, read } = input;
  const modules = modulesOf(input);
  const settings = settingsOf(input);
  const names = {
    actuators: over.actuators.map(({ actuator }) => actuator.name),
    detectors: [...read, ...(input.baseline ?? []), ...watchedIn(input)].map(({ name }) => name),
    flies: over.flight !== undefined,
  };
  const all = input.modules ?? modulesIn(input);
  const reasons = [
    ...(input.follows && input.follows.file === undefined ? ['it follows a scan that was not saved'] : []),
    ...over.problems,
    ...conditionProblems(settings.waitUntil, {
      actuators: names.actuators,
      size: over.flight?.lines ?? over.size,
      modules: all,
    }),
    ...suspendProblems(settings.suspendWhen, all),
    ...settingsProblems(settings, names),
    ...returnProblems(over, settings),
  ];
  for (const [i, module] of modules.entries()) {
    if (modules.indexOf(module) !== i) reasons.push(`[${module.name}] takes part twice`);
    else if (module.state !== 'idle') reasons.push(`[${module.name}] is ${module.state}, not idle`);
  }
  const { baseline = [] } = input;
  for (const [i, module] of baseline.entries()) {
    if (baseline.indexOf(module) !== i) reasons.push(`[${module.name}] is in the baseline twice`);
    else if (module.state !== 'idle' && !modules.includes(module))
      reasons.push(`[${module.name}] of the baseline is ${module.state}, not idle`);
  }
  for (const module of read)
    if (!isDetector(module)) reasons.push(`[${module.name}] is no detector and cannot be read`);
  const { signal } = over;
  if (signal && !read.some(({ name }) => name === signal.detector)) {
    reasons.push(`[${signal.detector}] decides where the scan goes, but is not among the detectors that are read`);
  }
  for (const [i, { actuator }] of over.actuators.entries()) {
    if (actuator.state !== 'idle') continue;
    reasons.push(...outOfReach(reachOf(over, i), actuator.limits));
  }
  return reasons;
}

/** Those that conditions look at, whose errors have policies. */
function watchedIn(input: PreflightInput): readonly (DaqMove | DaqViewer)[] {
  const modules = input.modules ?? modulesIn(input);
  return settingsOf(input).waitUntil.flatMap(({ module }) =>
    Object.hasOwn(modules, module) ? (modules[module] ?? []) : [],
  );
}

function conditionsOf(input: PreflightInput): string[] {
  const { waitUntil, suspendWhen } = settingsOf(input);
  const modules = input.modules ?? modulesIn(input);
  return [
    ...waitUntil.map((one) => `waits until ${conditionText(one, modules)}, ${whenText(one)}`),
    ...suspendWhen.map((one) => `is held ${suspendText(one, modules)}`),
  ];
}

/** A way back that cannot be gone is better known before the way out. */
export function returnProblems({ actuators }: ScanPlan, { returnTo }: Pick<ScanSettings, 'returnTo'>): string[] {
  if (typeof returnTo !== 'object') return [];
  return actuators.flatMap(({ actuator, units }) => {
    const target = returnTo[actuator.name];
    if (target === undefined || actuator.state !== 'idle') return [];
    const { min, max } = actuator.limits;
    const own = convertUnits(target, units, actuator.units);
    if (own >= min && own <= max) return [];
    return [
      `[${actuator.name}] returnTo ${own} ${actuator.units} lies outside its limits ${min} to ${max} ${actuator.units}`,
    ];
  });
}

/** Scripts without types can pass anything. */
const isDetector = ({ role }: { readonly role: string; readonly name: string }): boolean => role === 'detector';

type Room = Pick<PreflightReport, 'bytes' | 'freeBytes'>;

type Writes = Pick<PreflightInput, 'over' | 'read' | 'before'>;

/** Why what is left of a scan does not fit where it is saved; empty if it does, or if that cannot be told. */
export function noRoomFor(what: Writes, freeBytes: number | undefined): string[] {
  return lackOfRoom({ bytes: bytesOf(what), freeBytes });
}

async function roomFor(input: PreflightInput): Promise<Room> {
  return { bytes: bytesOf(input), freeBytes: await input.save?.freeBytes?.() };
}

/** What is left to be written, before compression; undefined while a detector has not grabbed yet. */
function bytesOf({ over, read, before = NOTHING_BEFORE }: Writes): number | undefined {
  const inGrab = over.flight ? bytesOfBin : bytesOfGrab;
  const perGrab = read.filter(isDetector).map(({ expected: { forms } }) => forms && inGrab(forms));
  // Read-backs and the time are float64, the status is a byte.
  const own = 8 * over.actuators.length + 8 + 1;
  const perPoint = perGrab.reduce<number | undefined>(
    (sum, bytes) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
    own,
  );
  const steps = over.flight?.lines ?? over.size;
  const left = steps > 0 ? 1 - before.steps / steps : 1;
  const places = over.shape.reduce((product, length) => product * length, left);
  return perPoint === undefined ? undefined : Math.ceil(perPoint * places);
}

const bytesOfGrab = (forms: readonly GrabForm[]): number => forms.reduce((sum, { bytes }) => sum + bytes, 0);

/** A bin has means and their error bars, in float64, and how many frames they are of, in uint32. */
const bytesOfBin = (forms: readonly GrabForm[]): number =>
  forms.reduce((sum, { numbers }) => sum + 2 * Float64Array.BYTES_PER_ELEMENT * numbers, Uint32Array.BYTES_PER_ELEMENT);

function lackOfRoom({ bytes, freeBytes }: Room): string[] {
  if (bytes === undefined || freeBytes === undefined || bytes <= freeBytes) return [];
  const mib = (size: number) => `${Math.ceil(size / 2 ** 20)} MiB`;
  return [`its data need ${mib(bytes)}, and where they are saved only ${mib(freeBytes)} are free`];
}
