import {
  changeModules,
  type DaqScan,
  DaqtorError,
  type DoneBefore,
  type LabCore,
  type LabScanOptions,
  modulesRevised,
  type PointStatus,
  planOf,
  pointsAdded,
  revisionNow,
  type ScanChangeInput,
  type ScanCourse,
  type ScanPlan,
  type ScanRecorder,
  settingsRevised,
  settingsStored,
} from '@daqtor/core';
import { savingPlan } from '../dataset-options.ts';
import { lockFile } from '../h5/lock-file.ts';
import type { ScanGap } from '../layout/scan-runs.ts';
import { statusOf } from '../modules/scan-saver.ts';
import { goOnIn } from './go-on-in.ts';
import { moduleCalled, reasonsAgainst, remarksOn, strayed } from './reconcile.ts';
import { type SavedScan, savedScan } from './saved-scan.ts';

/** What may be said anew of a scan that is resumed; the rest is in its file. */
export interface ResumeOptions
  extends Omit<LabScanOptions, 'over' | 'read' | 'save' | 'before' | 'base' | 'revisions'> {
  /** How the scan is changed before it goes on, as `DaqScan.edit` does it. */
  readonly edit?: ScanChangeInput;
  /** Name of its group, e.g. `Scan000`; default the last scan of the file. */
  readonly scan?: string;
  /** Where else the points go, e.g. `(file) => both(file, documents('run.jsonl'))`. */
  readonly save?: (file: ScanRecorder) => ScanRecorder;
}

/** A scan that goes on. */
export interface ResumedScan {
  readonly run: DaqScan;
  /** The step that it goes on with. */
  readonly from: number;
  /** The time in which nobody worked on it. */
  readonly gap: ScanGap;
  /** What is not as it was, and no reason not to go on. Also in the log of the file. */
  readonly remarks: readonly string[];
}

/**
 * Goes on with a scan that crashed, failed or was stopped: in the same arrays of the same file, with the first point that
 * is not there. The scan, its settings and its instruments are read from the file and compared with those of the lab;
 * what moves is stopped first. A relative scan counts from where it began at first.
 *
 * @param file - path of the dataset
 * @param lab - with modules of the same names
 * @throws DaqtorError `scan.refused` with every reason at once: another or a missing instrument, other units, positions
 *   out of reach, a scan that is complete, a file that somebody else writes; nothing has moved then
 */
export async function resumeScan(file: string, lab: LabCore, options: ResumeOptions = {}): Promise<ResumedScan> {
  const { scan, edit, save = (recorder) => recorder, ...changed } = options;
  const saved = await savedScan(file, scan);
  const { recipe } = saved;
  const was = planOf(recipe.scan, lab.modules, recipe.base, pointsAdded(saved.revisions));
  const before = doneIn(saved, was);
  const from = before.steps * perStep(was);
  const way = was.begin(before.signals);
  const read = recipe.detectors.flatMap(({ name }) => {
    const module = moduleCalled(name, lab.modules);
    return module?.role === 'detector' ? [module] : [];
  });
  const facts = { plan: was, step: before.steps, modules: lab.modules, fixedBecause: fixedBecause(saved) };
  const { revision, plan } = edit ? revisionNow(edit, facts, lab.clock.epochMs()) : { revision: undefined, plan: was };
  const revisions = revision ? [...saved.revisions, revision] : saved.revisions;
  const baseline = recipe.baseline.flatMap(({ name }) => moduleCalled(name, lab.modules) ?? []);
  const toRun = {
    ...settingsStored(recipe.settings),
    ...settingsRevised(revisions),
    ...changed,
    over: recipe.scan,
    base: recipe.base,
    read,
    ...(baseline.length > 0 && { baseline }),
    before,
    revisions,
  };
  const { reasons } = await lab.dryRun(toRun);
  refuse(saved, [
    ...(revision?.add ? [] : completeness(saved, was)),
    ...held(file),
    ...reasonsAgainst(saved, was, lab.modules, way),
    ...reasons,
  ]);

  // What the scan itself had changed belongs to it, other than what somebody has set since.
  await changeModules(modulesRevised(revisions), lab.modules);
  await Promise.all(plan.actuators.map(({ actuator }) => actuator.stop()));
  const gap = gapOf(saved, { was, plan }, from, lab.clock.epochMs());
  const remarks = [
    ...remarksOn(saved, lab.modules, modulesRevised(revisions)),
    ...strays(saved, { was, plan }, from, way),
  ];
  const larger = revision?.add && { shape: plan.shape, axes: plan.navAxes() };
  const run = lab.scan({ ...toRun, save: save(goOnIn(saved, { from, gap, remarks, revisions, larger })) });
  return { run, from, gap, remarks };
}

/** How many points are measured as one: the bins of a line, of other scans one. */
const perStep = ({ flight }: ScanPlan): number => flight?.bins ?? 1;

/** The steps before the first of which a place was not visited. */
function doneIn({ status, signals }: SavedScan, plan: ScanPlan): DoneBefore {
  const became: (PointStatus | undefined)[] = [];
  while (became.length < plan.size) {
    const one = statusOf(status[placeOf(plan, became.length)] as number);
    if (one === undefined) break;
    became.push(one);
  }
  const bins = perStep(plan);
  const steps = Math.floor(became.length / bins);
  const isThere = (one: PointStatus | undefined) => one === 'measured' || one === 'passed';
  const skipped = Array.from({ length: steps }, (_, i) => became[i * bins]).filter((one) => !isThere(one)).length;
  const passed = became.slice(0, steps * bins).filter((one) => one === 'passed').length;
  return { steps, skipped, passed, ...(signals && plan.signal && { signals: Array.from(signals).slice(0, steps) }) };
}

/** Where a step is in an array of the scan's shape, row-major. */
function placeOf({ at, shape }: ScanPlan, step: number): number {
  return at(step).indexes.reduce((place, index, dimension) => place * (shape[dimension] as number) + index, 0);
}

function completeness({ outcome, signals, file }: SavedScan, { size, signal }: ScanPlan): string[] {
  if (signal && !signals) return [`its points follow from the data, and ${file} does not keep how; begin it anew`];
  return outcome === 'completed' ? [`it is complete, with all of its ${size} points`] : [];
}

function fixedBecause({ recipe, file }: SavedScan): string | undefined {
  if (!savingPlan(recipe.saving).how.swmr) return undefined;
  return `${file} can be read while it is written, and its arrays cannot become larger`;
}

function held(file: string): string[] {
  try {
    lockFile(file)();
    return [];
  } catch (error) {
    return [DaqtorError.is(error) ? error.problem : `${file} cannot be locked: ${String(error)}`];
  }
}

function refuse({ group, file }: SavedScan, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  throw new DaqtorError('scan.refused', {
    problem: `${group} of ${file} cannot be resumed: ${[...new Set(reasons)].join('; ')}`,
    advice: 'Nothing has moved, and the file is as it was',
  });
}

/** A scan as it is in its file, and as it goes on. */
interface Plans {
  readonly was: ScanPlan;
  readonly plan: ScanPlan;
}

function gapOf(
  { runs, recipe, elapsed }: SavedScan,
  { was, plan }: Plans,
  from: number,
  untilEpochMs: number,
): ScanGap {
  const lastPoint = from > 0 ? [recipe.startedEpochMs + 1000 * (elapsed[placeOf(was, from - 1)] as number)] : [];
  const last = runs.at(-1);
  return {
    ...(from > 0 && { afterStep: from - 1 }),
    ...(from < plan.size && { beforeStep: from }),
    fromEpochMs: last?.endedEpochMs ?? Math.max(last?.beganEpochMs ?? recipe.startedEpochMs, ...lastPoint),
    untilEpochMs,
  };
}

function strays(saved: SavedScan, { was, plan }: Plans, from: number, way: ScanCourse): string[] {
  if (from === 0 || from === plan.size) return [];
  if (plan.signal && !way.has(from)) return [];
  const { targets } = plan.signal ? way.at(from) : plan.at(from);
  return plan.actuators.flatMap(({ actuator }, i) => {
    const last = saved.positions[i]?.[placeOf(was, from - 1)] as number;
    return strayed(
      saved.recipe.actuators[i] as SavedScan['recipe']['actuators'][number],
      actuator,
      last,
      targets[i] as number,
    );
  });
}
