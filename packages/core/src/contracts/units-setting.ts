import { z } from 'zod';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { checkUnits } from '../units/units.ts';

/** A setting that names units, so that a slip shows where it was written. */
export const unitsSetting = z.string().superRefine((units, context) => {
  try {
    checkUnits(units);
  } catch (error) {
    if (!DaqtorError.is(error)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});
