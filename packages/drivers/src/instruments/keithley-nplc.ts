import { z } from 'zod';

/** The integration time of Keithley's meters, in periods of the mains. */
export const keithleyNplc = z
  .number()
  .min(0.01)
  .max(10)
  .default(1)
  .describe('Integration time in periods of the mains, 0.01 to 10: longer is quieter');
