/** What is known of a stage: how many counts of its encoder, or microsteps, one of its units has. */
export interface AptStage {
  readonly countsPerUnit: number;
  readonly units: 'mm' | 'deg';
}

/**
 * Stages and actuators with a DC servo, by the names that Thorlabs gives them.
 *
 * Source: the table of encoder counts in the document of the protocol, from memory; one motor of 512 counts and a gear of
 * 67.49:1 on a screw of 1 mm make 34,555 for the Z8xx that were made later, which `countsPerUnit` is for.
 */
export const APT_STAGES = {
  'MTS25-Z8': { countsPerUnit: 34_304, units: 'mm' },
  'MTS50-Z8': { countsPerUnit: 34_304, units: 'mm' },
  Z8xx: { countsPerUnit: 34_304, units: 'mm' },
  Z6xx: { countsPerUnit: 24_600, units: 'mm' },
  'PRM1-Z8': { countsPerUnit: 1919.64, units: 'deg' },
  'CR1-Z7': { countsPerUnit: 12_288, units: 'deg' },
} as const satisfies Readonly<Record<string, AptStage>>;
