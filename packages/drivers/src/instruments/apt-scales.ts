/** How a controller has velocities and accelerations: of its own units, how many are one count per second (squared). */
export interface AptScale {
  readonly perVelocity: number;
  readonly perAcceleration: number;
}

/** A servo counts time in periods of its control loop, and has 16 bits after the point. */
const servo = (periodS: number): AptScale => ({
  perVelocity: 65_536 * periodS,
  perAcceleration: 65_536 * periodS ** 2,
});
const TRINAMIC: AptScale = { perVelocity: 53.68, perAcceleration: 53.68 * 204.94e-6 };

/** Source: the document of the protocol, from memory; compared with the public driver pylablib (kinesis.py), which has the same. */
const SCALES: readonly (readonly [models: RegExp, scale: AptScale])[] = [
  [/^[TK]DC/i, servo(2048 / 6e6)],
  [/^(TBD|KBD|BBD[1-3]0)/i, servo(102.4e-6)],
  [/^(TST001|BSC[01]0|MST601)/i, { perVelocity: 1, perAcceleration: 1 }],
  [/^(TST101|KST|K10CR|BSC20|MST602)/i, TRINAMIC],
];

/** @returns undefined for a model whose units of velocity are not known here */
export function aptScaleOf(model: string): AptScale | undefined {
  return SCALES.find(([models]) => models.test(model))?.[1];
}
