import type { NumericArray, ScanPoint } from '@daqtor/core';
import type { Hands, Trail } from './interrupt-trial.ts';

/** Something that happens to a scan, and what it should lead to. */
export interface Interruption {
  readonly act: (hands: Hands) => void;
  /**
   * @param whole - the same scan, not interrupted
   * @param isRough - whether points of it fail by themselves: then the one under way may not be finished
   * @returns rules that were broken, beside those of every scan
   */
  readonly judge: (trail: Trail, whole: Trail, isRough: boolean) => readonly string[];
}

/** States in which a point is under way that `stop` and `pause` let finish. */
const UNDER_WAY = ['moving', 'settling', 'grabbing', 'saving', 'skipping'];

/** The interruption leaves no trace in the data. */
function isWhole(trail: Trail, whole: Trail): string[] {
  const broken = samePoints(trail.points, whole.points);
  if (stepsOf(trail) !== stepsOf(whole)) broken.push(`${stepsOf(trail)} steps, not ${stepsOf(whole)}`);
  if (trail.outcome !== whole.outcome) broken.push(`is ${trail.outcome}, not ${whole.outcome}`);
  return broken;
}

/** A line of a fly scan is a step, and there only as a whole. */
const stepsOf = ({ points, perStep }: Trail): number => points.length / perStep;

/** What there is, is as it would have been. */
function isBeginning(trail: Trail, whole: Trail, lengths: readonly number[]): string[] {
  const broken = samePoints(trail.points, whole.points);
  if (!lengths.includes(stepsOf(trail))) broken.push(`${stepsOf(trail)} steps, not ${lengths.join(' or ')}`);
  return broken;
}

function samePoints(points: readonly ScanPoint[], whole: readonly ScanPoint[]): string[] {
  for (const [i, point] of points.entries()) {
    const expected = whole[i];
    if (!expected) return ['more points than there are'];
    const [is, should] = [textOf(point), textOf(expected)];
    if (is !== should) return [`point ${i} is ${is}, not ${should}`];
  }
  return [];
}

/** Of when a line begins, a frame of it keeps the rounding of its time. */
const DIGITS = 9;

const rounded = (value: number): number => Number(value.toFixed(DIGITS));

/** All of a point but its time. */
function textOf({ step, indexes, targets, positions, data, status = 'measured' }: ScanPoint): string {
  // An axis that was stopped on its way is read back where it stands: nothing is said of a point that was given up.
  const where = status === 'measured' ? positions.map(rounded) : [];
  const numbers = (array: NumericArray) => Array.from<number | bigint, number>(array, (one) => rounded(Number(one)));
  const values = data.flatMap((one) => one.data.flatMap((each) => each.data.map(numbers)));
  return JSON.stringify({ step, indexes, targets, where, values, status });
}

/** Refused with a reason, or the whole scan. */
const wholeOrRefused = (trail: Trail, whole: Trail): string[] => isWhole(trail, whole);

/** How many steps there are when the one under way is finished. */
function afterPoint({ hit }: Trail, isRough: boolean): readonly number[] {
  if (!hit) return [];
  if (!UNDER_WAY.includes(hit.name)) return [hit.step];
  return isRough ? [hit.step, hit.step + 1] : [hit.step + 1];
}

/** @param steps - where it should have been held; undefined if nothing is said of that */
function heldAt({ heldAt }: Trail, steps: readonly number[] | undefined): string[] {
  if (!steps || (heldAt.length === 1 && steps.includes(heldAt[0] ?? Number.NaN))) return [];
  return [`held at [${heldAt.join()}], not ${steps.join(' or ')}`];
}

function ends(trail: Trail, whole: Trail, lengths: readonly number[]): string[] {
  const { hit, outcome, refusal } = trail;
  if (!hit) return isWhole(trail, whole);
  const broken = isBeginning(trail, whole, lengths);
  const expected = stepsOf(trail) === stepsOf(whole) ? 'completed' : 'stopped';
  if (outcome !== expected) broken.push(`is ${outcome}, not ${expected}`);
  if (refusal) broken.push(`was refused: ${refusal}`);
  return broken;
}

/** Why some scans cannot have more points. */
const FIXED = [
  'its points follow from the data',
  'its points are the bins of lines',
  'its points have times',
  'each of its points has its repetitions',
  'its baseline was read for the end already',
];

export const INTERRUPTIONS: Readonly<Record<string, Interruption>> = {
  'pause now': {
    act: ({ run }) => run.pauseNow(),
    judge: (trail, whole, isRough) => [
      ...wholeOrRefused(trail, whole),
      ...(!isRough && trail.hit && !trail.refusal && trail.pausedAt.length === 0 && !isLast(trail, whole)
        ? ['did not pause']
        : []),
    ],
  },
  'pause later': {
    act: ({ run }) => run.pause(),
    judge: (trail, whole, isRough) => {
      const broken = wholeOrRefused(trail, whole);
      const at = afterPoint(trail, isRough);
      const isDue = trail.hit && !trail.refusal && !isLast(trail, whole) && whole.pausedAt.length === 0;
      if (isDue && !at.includes(trail.pausedAt[0] ?? Number.NaN))
        broken.push(`paused at ${trail.pausedAt[0]}, not ${at.join(' or ')}`);
      return broken;
    },
  },
  stop: {
    act: ({ run }) => run.stop(),
    judge: (trail, whole, isRough) => ends(trail, whole, afterPoint(trail, isRough)),
  },
  abort: {
    act: ({ run }) => run.abort(),
    judge: (trail, whole) => {
      const step = trail.hit?.step ?? Number.NaN;
      return ends(trail, whole, [trail.hit?.name === 'saving' ? step + 1 : step]);
    },
  },
  'suspend now': {
    act: ({ loseBeam }) => loseBeam('urgent'),
    judge: (trail, whole, isRough) => {
      const { name = 'finishing', step = Number.NaN } = trail.hit ?? {};
      const isDue = !isRough && name !== 'finishing';
      return [...isWhole(trail, whole), ...heldAt(trail, isDue ? [name === 'saving' ? step + 1 : step] : undefined)];
    },
  },
  'suspend later': {
    act: ({ loseBeam }) => loseBeam('patient'),
    judge: (trail, whole, isRough) => {
      const isDue = !isRough && trail.hit && !['returning', 'finishing'].includes(trail.hit.name);
      return [...isWhole(trail, whole), ...heldAt(trail, isDue ? afterPoint(trail, isRough) : undefined)];
    },
  },
  retry: { act: ({ run }) => run.retryPoint(), judge: wholeOrRefused },
  'give up': {
    act: ({ run }) => run.skipPoint(),
    judge: (trail, whole) => {
      const { hit, refusal } = trail;
      // What is given up of a baseline is no point.
      if (!hit || refusal || hit.name === 'reading') return isWhole(trail, whole);
      // Where the data decide, a point that is missing leads elsewhere.
      if (whole.isAdaptive)
        return isBeginning({ ...trail, points: trail.points.slice(0, hit.step) }, whole, [hit.step]);
      const expected = whole.points.map((point) =>
        Math.floor(point.step / whole.perStep) === hit.step
          ? { ...point, data: [], status: 'skippedByHand' as const }
          : point,
      );
      return isWhole(trail, { ...whole, points: expected });
    },
  },
  'pause and edit': {
    act: ({ run, editWhenPaused }) => {
      editWhenPaused('drop');
      run.pauseNow();
    },
    judge: (trail, whole) => {
      const { edited } = trail;
      if (!edited) return isWhole(trail, whole);
      // What was to become of each point is known before: those that are dropped have a place, and no values.
      const expected = whole.points.map((point) => {
        const step = Math.floor(point.step / whole.perStep);
        const isDropped = step >= edited.fromStep && edited.drop?.includes(step);
        return isDropped ? { ...point, data: [], status: 'dropped' as const } : point;
      });
      return isWhole(trail, { ...whole, points: expected });
    },
  },
  'pause and add': {
    act: ({ run, editWhenPaused }) => {
      editWhenPaused('add');
      run.pauseNow();
    },
    judge: (trail, whole, isRough) => {
      const { edited, editRefusal = '', points } = trail;
      const isExpected = editRefusal === '' || FIXED.some((reason) => editRefusal.includes(reason));
      const broken = isExpected ? [] : [`could not be changed: ${editRefusal}`];
      const had = whole.points.length;
      broken.push(...isWhole({ ...trail, points: points.slice(0, had) }, whole));
      const places = new Set(points.map(({ indexes }) => indexes.join()));
      if (places.size !== points.length) broken.push(`${points.length} points in ${places.size} places`);
      const added = points.slice(had);
      if (edited && added.length === 0) broken.push('nothing came of what was added');
      if (!edited && added.length > 0) broken.push(`${added.length} points that nobody has added`);
      if (added.some(({ step }, i) => step !== had + i)) broken.push('what was added is not in order');
      const isMeasured = added.every(({ status = 'measured' }) => status === 'measured');
      if (!isRough && !isMeasured) broken.push('what was added is not measured');
      return broken;
    },
  },
  'skip the wait': { act: ({ run }) => run.skipWait(), judge: wholeOrRefused },
  resume: { act: ({ run }) => run.resume(), judge: wholeOrRefused },
  kill: {
    act: ({ run }) => run.actor.stop(),
    judge: (trail, whole) => {
      const { hit, outcome, error } = trail;
      // Its end is under way, and goes on.
      if (!hit || hit.name === 'finishing') return isWhole(trail, whole);
      const broken = isBeginning(trail, whole, [hit.step, hit.step + (hit.name === 'saving' ? 1 : 0)]);
      if (outcome !== 'failed' || error?.code !== 'scan.failed') broken.push(`is ${outcome}: ${error?.message}`);
      return broken;
    },
  },
};

/** A wish that came with the last point, or later, finds nothing to wait for. */
function isLast({ hit }: Trail, whole: Trail): boolean {
  return hit !== undefined && hit.step >= stepsOf(whole) - 1;
}
