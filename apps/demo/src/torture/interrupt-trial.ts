import {
  type DaqScan,
  DaqtorError,
  lab,
  type Scan,
  type ScanChangeInput,
  type ScanOutcome,
  type ScanPoint,
  type ScanRevision,
  type ScanSettingsInput,
  suspendWhile,
  VirtualClock,
} from '@daqtor/core';
import { BehaviorSubject } from 'rxjs';
import { KeptScan } from './kept-scan.ts';
import { type Fault, SmallWorld } from './small-world.ts';

const GOOD = 0;
const BAD = 2;
/** How long people and beams take until a scan goes on. */
const AWAY_MS = 100;
/** More pauses than any trial has: it would go on for ever. */
const MOST_PAUSES = 20;

export type Bench = Awaited<ReturnType<typeof makeBench>>;

/** What a scan is tried with. */
export interface Course {
  readonly make: (bench: Pick<Bench['bench'], 'x' | 'y'>) => Scan;
  readonly settings?: ScanSettingsInput;
  /** Whether it reads an axis and a detector at its beginning and its end. */
  readonly hasBaseline?: boolean;
  /** @returns what goes wrong by itself, the same in each run */
  readonly fault?: () => Fault;
  /** A beam that is lost by itself, in ms after the beginning. */
  readonly beamLostAtMs?: number;
}

/** Where a scan is interrupted: in the nth state that it enters, so long after that. */
export interface Instant {
  readonly entry: number;
  readonly afterMs: number;
}

/** What a trial left behind. */
export interface Trail {
  readonly outcome: ScanOutcome;
  readonly error: DaqtorError | undefined;
  readonly counts: { readonly points: number; readonly skipped: number };
  readonly points: readonly ScanPoint[];
  /** How many of them a step has: one, or the bins of a line. */
  readonly perStep: number;
  /** Each state that was entered, and how long it lasted. */
  readonly states: readonly { readonly name: string; readonly ms: number }[];
  /** State and step in which the interruption came; undefined if the scan was over by then. */
  readonly hit: { readonly name: string; readonly step: number; readonly isBegun: boolean } | undefined;
  /** Why the command was refused. */
  readonly refusal: string | undefined;
  /** How many steps there were at each pause, and at each hold. */
  readonly pausedAt: readonly number[];
  readonly heldAt: readonly number[];
  readonly isAdaptive: boolean;
  /** How it was changed; undefined if it was not. */
  readonly edited: ScanRevision | undefined;
  /** Why it could not be changed. */
  readonly editRefusal: string | undefined;
  /** Rules that were broken whatever was done. */
  readonly broken: readonly string[];
}

export interface Hands {
  readonly run: DaqScan;
  /** At the next pause: drops every second point that is left and changes settings, or adds points. */
  readonly editWhenPaused: (how: 'drop' | 'add') => void;
  /** Takes the beam away, for a while. */
  readonly loseBeam: (name: 'urgent' | 'patient') => void;
}

async function makeBench(course: Course) {
  const clock = new VirtualClock();
  const world = new SmallWorld(clock);
  const bench = await lab(
    {
      x: world.axis('x', -1),
      y: world.axis('y', 0.5),
      z: world.axis('z', 0),
      meter: world.detector('meter'),
      camera: world.detector('camera'),
    },
    { clock },
  );
  if (course.fault) world.fault = course.fault();
  return { clock, world, bench };
}

/** Runs a scan, interrupts it once, lets it go on where it waits for somebody, and looks at what became of it. */
export async function trial(course: Course, instant?: Instant, act?: (hands: Hands) => void): Promise<Trail> {
  const { clock, world, bench } = await makeBench(course);
  const kept = new KeptScan();
  const broken: string[] = [];
  const beams = { urgent: new BehaviorSubject(GOOD), patient: new BehaviorSubject(GOOD) };
  const loseBeam = (name: keyof typeof beams) => {
    beams[name].next(BAD);
    void clock.sleep(AWAY_MS).then(() => beams[name].next(GOOD));
  };
  const told = { paused: 0, resumed: 0, points: 0, ended: 0 };
  let isHeld = false;
  bench.events$.subscribe(({ type }) => {
    if (type === 'scanPaused') told.paused++;
    if (type === 'scanResumed') told.resumed++;
    if (type === 'scanHeld') isHeld = true;
    if (type === 'scanLifted' && !isHeld) broken.push('lets go, and was not held');
    if (type === 'scanLifted') isHeld = false;
    if (type === 'pointSaved' || type === 'pointSkipped') told.points++;
    if (type === 'scanEnded') told.ended++;
  });
  const run = bench.scan({
    over: course.make(bench),
    read: [bench.meter, bench.camera],
    settleMs: 5,
    waitMs: 3,
    returnTo: 'initial',
    ...course.settings,
    ...(course.hasBaseline && { baseline: [bench.x, bench.meter] }),
    suspend: [
      suspendWhile({ watch: beams.urgent, name: 'urgent', above: 1 }),
      suspendWhile({ watch: beams.patient, name: 'patient', above: 1, action: 'afterPoint' }),
    ],
    save: kept.recorder,
  });
  const done = run.done.then(
    (result) => ({ result, error: undefined }),
    (error: DaqtorError) => ({ result: undefined, error }),
  );
  if (course.beamLostAtMs !== undefined) void clock.sleep(course.beamLostAtMs).then(() => loseBeam('urgent'));

  const states: { name: string; beganMs: number }[] = [];
  let hit: Trail['hit'];
  let refusal: string | undefined;
  const strike = () => {
    if (run.state === 'ended') return;
    const { step, isBegun } = run.actor.getSnapshot().context;
    hit = { name: run.state, step, isBegun };
    try {
      act?.({ run, loseBeam, editWhenPaused });
    } catch (error) {
      if (!DaqtorError.is(error) || error.code !== 'module.state') throw error;
      refusal = error.message;
    }
  };
  let ticket = Number.NaN;
  const look = () => {
    const snapshot = run.actor.getSnapshot();
    if (snapshot.context.ticket === ticket) return;
    ticket = snapshot.context.ticket;
    states.push({ name: String(snapshot.value), beganMs: clock.now() });
    if (snapshot.value === 'paused' || snapshot.value === 'held') {
      if (world.restless) broken.push(`${world.restless} while ${snapshot.value}`);
    }
    if (states.length - 1 !== instant?.entry) return;
    if (instant.afterMs === 0) strike();
    else void clock.sleep(instant.afterMs).then(strike);
  };
  let wantedEdit: Parameters<Hands['editWhenPaused']>[0] | undefined;
  let editRefusal: string | undefined;
  const editWhenPaused: Hands['editWhenPaused'] = (how) => {
    wantedEdit = how;
  };
  const isAdaptive = course.make(bench).value.kind.startsWith('adaptive');
  const edit = async () => {
    if (!wantedEdit || run.state !== 'paused') return;
    const how = wantedEdit;
    wantedEdit = undefined;
    const { step } = run.actor.getSnapshot().context;
    const { points } = course.make(bench);
    if (how === 'add') {
      await run.edit({ add: additionTo(points) }).catch((error: unknown) => {
        if (!DaqtorError.is(error) || error.code !== 'scan.refused') throw error;
        editRefusal = error.message;
      });
      return;
    }
    const size = points.flight?.lines ?? points.size;
    const drop = Array.from({ length: size }, (_, i) => i).filter((one) => one >= step && one % 2 === 1);
    const settings = { settleMs: 1, waitMs: 2 };
    await run.edit(isAdaptive || drop.length === 0 ? { settings } : { settings, drop });
  };
  const pausedAt: number[] = [];
  run.actor.on('paused', ({ measured, skipped }) => {
    pausedAt.push(measured + skipped);
    if (pausedAt.length > MOST_PAUSES) {
      broken.push('pauses again and again');
      run.abort();
    }
    const isPaused = () => run.state === 'paused' && told.resumed < told.paused;
    const rest = () => isPaused() && world.restless && broken.push(`${world.restless} in pause`);
    void clock.sleep(AWAY_MS / 2).then(rest);
    void clock.sleep(AWAY_MS / 2).then(edit);
    void clock.sleep(AWAY_MS).then(() => isPaused() && run.resume());
  });
  const heldAt: number[] = [];
  run.actor.on('held', ({ measured, skipped }) => heldAt.push(measured + skipped));
  run.actor.subscribe(look);
  look();

  const { result, error } = await done;
  const { flight: { bins: perStep = 1 } = {} } = course.make(bench).points;
  const ended = states.at(-1);
  if (world.restless) broken.push(`${world.restless} after the end`);
  if (run.state !== 'ended') broken.push(`is ${run.state} after the end`);
  if (kept.begins > 1 || kept.ends.length !== kept.begins)
    broken.push(`began ${kept.begins} recordings and ended ${kept.ends.length}`);
  const outcome = result?.outcome ?? 'failed';
  const readings = kept.baseline.map(({ at, values }) => `${at} ${values.filter((one) => one !== undefined).length}`);
  const isUnbegun = outcome !== 'completed' && readings.length === 0;
  if (course.hasBaseline && !isUnbegun && readings.join() !== 'begin 2,end 2')
    broken.push(`the baseline holds [${readings.join()}]`);
  if (kept.begins > 0 && kept.ends[0] !== outcome) broken.push(`is ${outcome}, and ${kept.ends[0]} in the file`);
  if (result) {
    const { totalMs, ...parts } = result.deadTime;
    const sum = Object.values(parts).reduce((all, ms) => all + ms, 0);
    if (Math.abs(sum - totalMs) > 1e-6) broken.push(`its time is ${totalMs} ms, its parts ${sum} ms`);
    if (result.points + result.skipped !== kept.points.length)
      broken.push(`tells of ${result.points} + ${result.skipped} points, and kept ${kept.points.length}`);
    if (told.points * perStep !== kept.points.length)
      broken.push(`${told.points} events for ${kept.points.length} points, ${perStep} for each step`);
    if (told.ended !== 1) broken.push(`ended ${told.ended} times`);
    if (result.troubles.length > 0) broken.push(`trouble: ${result.troubles.map(String).join()}`);
    const open = told.paused - told.resumed;
    if (open < 0 || open > (outcome === 'completed' ? 0 : 1))
      broken.push(`${told.paused} times paused, ${told.resumed} times resumed`);
    if (isHeld) broken.push('is held after the end');
  }
  if (kept.begins > 0 && JSON.stringify(kept.revisions) !== JSON.stringify(run.revisions))
    broken.push(`changed ${run.revisions.length} times, ${kept.revisions.length} of them in the file`);
  if (beams.urgent.observed || beams.patient.observed) broken.push('still watches a beam');
  await clock.sleep(2 * AWAY_MS);
  for (const one of await bench.close()) broken.push(`closing: ${one.message}`);
  if (clock.pending > 0) broken.push(`${clock.pending} timers are left`);
  return {
    outcome,
    error,
    counts: { points: result?.points ?? Number.NaN, skipped: result?.skipped ?? Number.NaN },
    points: kept.points,
    perStep,
    states: states.map(({ name, beganMs }, i) => ({
      name,
      ms: (states[i + 1]?.beganMs ?? ended?.beganMs ?? beganMs) - beganMs,
    })),
    hit,
    refusal,
    pausedAt,
    heldAt,
    isAdaptive,
    edited: run.revisions[0],
    editRefusal,
    broken,
  };
}

/** Where points are added: one to a list, two rows of them to a grid. */
function additionTo({ axes, distribution }: Scan['points']): NonNullable<ScanChangeInput['add']> {
  const names = axes.filter(({ role }) => role === 'actuator').map(({ name }) => name);
  if (distribution === 'spread') return [Object.fromEntries(names.map((name, i) => [name, 0.25 * (i + 1)]))];
  return Object.fromEntries(names.map((name) => [name, [0.25]]));
}

/** The beginning and the middle of each state. */
export function instantsOf({ states }: Trail): readonly Instant[] {
  return states.flatMap(({ name, ms }, entry) =>
    name === 'ended' ? [] : [{ entry, afterMs: 0 }, ...(ms > 0 ? [{ entry, afterMs: ms / 2 }] : [])],
  );
}
