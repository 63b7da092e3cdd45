import { actuatorAxis, listOf, type Points } from '../points.ts';
import { refusal } from '../refuse.ts';
import type { AdaptiveSpan, AdaptiveValue } from './adaptive-value.ts';
import type { Learner, LearnerOptions, UnitPoint } from './learner.ts';
import { LineLearner } from './line-learner.ts';
import { PlaneLearner } from './plane-learner.ts';

/**
 * A list of at most `count` points, decided from what is measured. Until then its points are those of a flat signal: both
 * ends of each axis and halves of halves between them.
 *
 * @throws DaqtorError `scan.refused` if it makes no sense
 */
export function adaptivePoints(scan: AdaptiveValue): Points {
  const spans = scan.kind === 'adaptive1D' ? [scan.span] : scan.spans;
  for (const { actuator, from, to } of spans) {
    if (Number.isFinite(from) && Number.isFinite(to) && from !== to) continue;
    throw refusal(`an adaptive scan cannot go from ${from} to ${to}`, actuator, 'Give two different positions');
  }
  const flat = flatPoints(learnerOf(scan, spans, 0), scan.count);
  return {
    ...listOf(spans.map(actuatorAxis), flat.length, (step) => placed(flat[step] as UnitPoint, spans)),
    isComplete: false,
    decisions: {
      signal: scan.signal,
      begin: () => {
        const learner = learnerOf(scan, spans, scan.goal ?? 0);
        return {
          next: () => {
            const point = learner.next();
            return point && placed(point, spans);
          },
          tell: (step, value) => learner.tell(step, value),
        };
      },
    },
  };
}

function learnerOf(scan: AdaptiveValue, spans: readonly AdaptiveSpan[], goal: number): Learner {
  const resolution = spans.map(({ from, to, resolution: own = 0 }) => own / Math.abs(to - from));
  const options: LearnerOptions = { initial: scan.initial, goal, resolution };
  return scan.kind === 'adaptive1D' ? new LineLearner(scan.loss, options) : new PlaneLearner(options);
}

/** Where resolutions limit their number, every run has the same points to choose from. */
function flatPoints(learner: Learner, count: number): readonly UnitPoint[] {
  const points: UnitPoint[] = [];
  while (points.length < count) {
    const point = learner.next();
    if (!point) break;
    learner.tell(points.push(point) - 1, 0);
  }
  return points;
}

/** Both ends exactly. */
function placed(point: UnitPoint, spans: readonly AdaptiveSpan[]): readonly number[] {
  return spans.map(({ from, to }, axis) => {
    const at = point[axis] as number;
    return at === 1 ? to : from + (to - from) * at;
  });
}
