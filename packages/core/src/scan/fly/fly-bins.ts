import { DataToExport } from '../../data/data-to-export.ts';
import { DataWithAxes } from '../../data/data-with-axes.ts';
import { RunningMean } from '../../processing/running-mean.ts';

/** What came while the actuator was within one bin. */
export interface FlownBin {
  /** Mean of the positions at which its frames were measured; without one its centre, NaN if the ramp did not pass it. */
  readonly position: number;
  /**
   * What each detector gave: means with error bars, and how many frames they are of, NaN and 0 where one of them gave
   * none; empty where no frame came at all.
   */
  readonly data: readonly DataToExport[];
  /** When its first frame was measured, or else its centre was passed, in the time of the samples. */
  readonly atMs: number;
}

/** The data object that says how many frames a bin has. */
export const FRAMES = 'frames in bin';

/**
 * Sorts the frames of one ramp into bins, by the position at the time of each: on the line between the positions that were
 * read before and after it. Frames from before the first and after the last reading belong to none.
 */
export class FlyBins {
  readonly #span: { readonly from: number; readonly to: number; readonly bins: number };
  readonly #detectors: number;
  readonly #times: number[] = [];
  readonly #positions: number[] = [];
  /** Frames that are later than the last reading. */
  #waiting: { readonly detector: number; readonly atMs: number; readonly frame: DataToExport }[] = [];
  readonly #bins = new Map<number, Bin>();
  readonly #examples: (DataToExport | undefined)[] = [];

  /** @param span - both ends of the bins, and how many they are */
  constructor(span: { readonly from: number; readonly to: number; readonly bins: number }, detectors: number) {
    this.#span = span;
    this.#detectors = detectors;
  }

  /** The actuator was read. @param position - in the units of the span */
  passed(atMs: number, position: number): void {
    this.#times.push(atMs);
    this.#positions.push(position);
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((one) => one.atMs > atMs);
    for (const { detector, atMs: then, frame } of waiting) if (then <= atMs) this.#sort(detector, then, frame);
  }

  /** A detector gave a frame. @param atMs - when it was measured: the middle of its exposure */
  frame(detector: number, atMs: number, frame: DataToExport): void {
    if (atMs > (this.#times.at(-1) ?? Number.NEGATIVE_INFINITY)) this.#waiting.push({ detector, atMs, frame });
    else this.#sort(detector, atMs, frame);
  }

  /** Numbers of the detectors of which no frame lies in any bin. */
  get silent(): readonly number[] {
    return Array.from({ length: this.#detectors }, (_, i) => i).filter((i) => !this.#examples[i]);
  }

  /** All bins, from `from` to `to` whichever way the ramp went. No detector may be `silent`. */
  flown(): readonly FlownBin[] {
    return Array.from({ length: this.#span.bins }, (_, number) => {
      const bin = this.#bins.get(number);
      if (!bin) return this.#empty(number);
      const { means, sum, count, atMs } = bin;
      const data = means.map((mean, i) => summary(mean, this.#examples[i] as DataToExport));
      return { position: sum / count, data, atMs };
    });
  }

  #empty(number: number): FlownBin {
    const { from, to, bins } = this.#span;
    const centre = from + ((to - from) * (number + 0.5)) / bins;
    const after = this.#positions.findIndex((position, i) => {
      const before = this.#positions[i - 1] ?? Number.NaN;
      return (before <= centre && centre <= position) || (position <= centre && centre <= before);
    });
    if (after < 0) return { position: Number.NaN, data: [], atMs: this.#times.at(-1) ?? Number.NaN };
    const [a, b] = [this.#times[after - 1] as number, this.#times[after] as number];
    const [p, q] = [this.#positions[after - 1] as number, this.#positions[after] as number];
    return { position: centre, data: [], atMs: q === p ? b : a + ((b - a) * (centre - p)) / (q - p) };
  }

  #sort(detector: number, atMs: number, frame: DataToExport): void {
    const { from, to, bins } = this.#span;
    const position = this.#positionAt(atMs);
    const along = (position - from) / (to - from);
    if (!(along >= 0 && along <= 1)) return;
    const number = Math.min(bins - 1, Math.floor(along * bins));
    const bin = this.#bins.get(number) ?? newBin(this.#detectors, atMs);
    this.#bins.set(number, bin);
    bin.means[detector]?.add(frame);
    bin.sum += position;
    bin.count++;
    bin.atMs = Math.min(bin.atMs, atMs);
    this.#examples[detector] ??= frame;
  }

  /** NaN before the first reading. */
  #positionAt(atMs: number): number {
    const times = this.#times;
    let [low, high] = [0, times.length - 1];
    if (high < 0 || atMs < (times[0] as number)) return Number.NaN;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((times[middle] as number) <= atMs) low = middle;
      else high = middle;
    }
    const [a, b] = [times[low] as number, times[high] as number];
    const [p, q] = [this.#positions[low] as number, this.#positions[high] as number];
    return b > a ? p + ((q - p) * (atMs - a)) / (b - a) : q;
  }
}

interface Bin {
  readonly means: readonly RunningMean[];
  sum: number;
  count: number;
  atMs: number;
}

function newBin(detectors: number, atMs: number): Bin {
  return { means: Array.from({ length: detectors }, () => new RunningMean()), sum: 0, count: 0, atMs };
}

/** Every bin of a detector has data of the same form: error bars too, which one frame alone cannot tell. */
function summary(mean: RunningMean, example: DataToExport): DataToExport {
  const averaged = mean.mean() ?? example.with({ data: example.data.map((one) => one.with(unknown(one))) });
  const data = averaged.data.map((one) => (one.errors ? one : one.with({ errors: unknown(one).data })));
  const count = new DataWithAxes({
    name: FRAMES,
    data: [Uint32Array.of(mean.count)],
    units: 'count',
    source: 'calculated',
    origin: example.name,
    timestamp: example.timestamp,
  });
  return new DataToExport({ name: example.name, data: [...data, count] });
}

const unknown = ({ data }: DataWithAxes) => ({
  data: data.map(({ length }) => new Float64Array(length).fill(Number.NaN)),
});
