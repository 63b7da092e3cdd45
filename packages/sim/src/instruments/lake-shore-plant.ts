import type { Clock } from '@daqtor/core';

/**
 * What a temperature controller heats: a stage whose temperature follows the setpoint with one time constant while the
 * heater is on, and falls to the cold end with the same when it is off. A function of the injected time.
 */
export class LakeShorePlant {
  readonly #clock: Clock;
  readonly #coldK: number;
  readonly #timeConstantS: number;
  #fromK: number;
  #sinceMs: number;
  #setpointK: number;
  #ramp: { readonly fromK: number; readonly kPerMin: number } | undefined;
  heater = 0;

  constructor(clock: Clock, coldK: number, timeConstantS: number) {
    this.#clock = clock;
    this.#coldK = coldK;
    this.#timeConstantS = timeConstantS;
    this.#fromK = coldK;
    this.#setpointK = coldK;
    this.#sinceMs = clock.now();
  }

  get temperatureK(): number {
    const seconds = (this.#clock.now() - this.#sinceMs) / 1000;
    const decay = Math.exp(-seconds / this.#timeConstantS);
    if (this.heater === 0) return this.#coldK + (this.#fromK - this.#coldK) * decay;
    if (!this.#ramp) return this.#setpointK + (this.#fromK - this.#setpointK) * decay;
    // Behind a steady ramp the stage trails by its speed times the time constant.
    const { fromK, kPerMin } = this.#ramp;
    const speed = (Math.sign(this.#setpointK - fromK) * kPerMin) / 60;
    const rampS = speed === 0 ? 0 : (this.#setpointK - fromK) / speed;
    const trailing = (t: number, startK: number) =>
      fromK +
      speed * (t - this.#timeConstantS) +
      (startK - fromK + speed * this.#timeConstantS) * Math.exp(-t / this.#timeConstantS);
    if (seconds <= rampS) return trailing(seconds, this.#fromK);
    const atEnd = trailing(rampS, this.#fromK);
    return this.#setpointK + (atEnd - this.#setpointK) * Math.exp(-(seconds - rampS) / this.#timeConstantS);
  }

  /** The setpoint now: on its way while it ramps. */
  get setpointK(): number {
    if (!this.#ramp) return this.#setpointK;
    const { fromK, kPerMin } = this.#ramp;
    const gone = ((this.#clock.now() - this.#sinceMs) / 60_000) * kPerMin;
    return gone >= Math.abs(this.#setpointK - fromK)
      ? this.#setpointK
      : fromK + Math.sign(this.#setpointK - fromK) * gone;
  }

  get ramping(): boolean {
    return this.setpointK !== this.#setpointK;
  }

  /** @param kPerMin - undefined jumps */
  goTo(setpointK: number, kPerMin: number | undefined): void {
    const fromK = this.setpointK;
    this.#restart();
    this.#setpointK = setpointK;
    this.#ramp = kPerMin === undefined ? undefined : { fromK, kPerMin };
  }

  switchHeater(range: number): void {
    const target = this.#setpointK;
    this.#restart();
    this.#ramp = undefined;
    this.#setpointK = target;
    this.heater = range;
  }

  #restart(): void {
    this.#fromK = this.temperatureK;
    this.#sinceMs = this.#clock.now();
  }
}
