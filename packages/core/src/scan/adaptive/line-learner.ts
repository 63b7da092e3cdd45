import { KnownValues, type Learner, type LearnerOptions, rounded, type UnitPoint, worst } from './learner.ts';
import { intervalLoss, type LineLoss } from './line-loss.ts';

/**
 * Halves the interval with the largest loss: both ends first, then always the middle of the interval in which the curve
 * is known least. After Learner1D of `adaptive` (Nijholt, Weston, Hoofwijk and Akhmerov, 2019,
 * doi:10.5281/zenodo.1182437).
 */
export class LineLearner implements Learner {
  readonly #options: LearnerOptions;
  readonly #loss: LineLoss;
  readonly #values = new KnownValues();
  /** Positions in ascending order, and the number of the point at each. */
  readonly #at: number[] = [];
  readonly #numbers: number[] = [];
  /** Of the interval that begins at each position but the last; 0 for one that is too short to be divided. */
  #losses: number[] = [];
  #given = 0;

  constructor(loss: LineLoss, options: LearnerOptions) {
    this.#loss = loss;
    this.#options = options;
  }

  next(): UnitPoint | undefined {
    if (this.#given < 2) return this.#insert(this.#given, this.#given);
    if (this.#given === this.#options.initial) this.#renew(0, this.#losses.length);
    const isEven = this.#given < this.#options.initial;
    const interval = worst(this.#losses, isEven ? 0 : this.#options.goal);
    if (interval < 0) return undefined;
    return this.#insert(interval + 1, ((this.#at[interval] as number) + (this.#at[interval + 1] as number)) / 2);
  }

  tell(number: number, value: number): void {
    const isRescaled = this.#values.set(number, value);
    if (isRescaled) this.#renew(0, this.#losses.length);
    else this.#renewAround(this.#numbers.indexOf(number));
  }

  #insert(place: number, at: number): UnitPoint {
    this.#at.splice(place, 0, at);
    this.#numbers.splice(place, 0, this.#given++);
    if (this.#at.length > 1) this.#losses.splice(Math.max(0, place - 1), 0, 0);
    this.#renewAround(place);
    return [at];
  }

  /** The loss of an interval depends on its ends and on their neighbours. */
  #renewAround(place: number): void {
    this.#renew(Math.max(0, place - 2), Math.min(this.#losses.length, place + 2));
  }

  #renew(from: number, to: number): void {
    for (let i = from; i < to; i++) this.#losses[i] = this.#lossOf(i);
  }

  #lossOf(interval: number): number {
    const width = (this.#at[interval + 1] as number) - (this.#at[interval] as number);
    const [resolution = 0] = this.#options.resolution;
    if (width / 2 < Math.max(resolution * (1 - 1e-9), Number.EPSILON)) return 0;
    if (this.#given < this.#options.initial) return rounded(width);
    const scale = this.#values.scale;
    const corner = (place: number) =>
      place < 0 || place >= this.#at.length
        ? undefined
        : ([this.#at[place] as number, this.#valueAt(place) / scale] as const);
    const [left, right] = [corner(interval), corner(interval + 1)];
    if (!left || !right) return 0;
    return rounded(intervalLoss(this.#loss, [corner(interval - 1), left, right, corner(interval + 2)]));
  }

  /** Measured, or on the line between the nearest that are. */
  #valueAt(place: number): number {
    const own = this.#known(place);
    if (own !== undefined) return own;
    let [left, right] = [place, place];
    while (left >= 0 && this.#known(left) === undefined) left--;
    while (right < this.#at.length && this.#known(right) === undefined) right++;
    const [before, after] = [this.#known(left), this.#known(right)];
    if (before === undefined || after === undefined) return before ?? after ?? 0;
    const [a, b] = [this.#at[left] as number, this.#at[right] as number];
    return before + ((after - before) * ((this.#at[place] as number) - a)) / (b - a);
  }

  #known(place: number): number | undefined {
    const number = this.#numbers[place];
    return number === undefined ? undefined : this.#values.get(number);
  }
}
