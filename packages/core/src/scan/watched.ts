import { z } from 'zod';
import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { DataToExport } from '../data/data-to-export.ts';
import { DaqtorError } from '../errors/daqtor-error.ts';
import { areCompatible, convertUnits } from '../units/units.ts';
import { signalIn, signalSchema } from './adaptive/signal.ts';
import type { Modules } from './modules.ts';

const { data, channel, of } = signalSchema.shape;

/** Which number of a module is looked at, and in which units. Plain data. */
export const watchFields = {
  data: data.describe('Of a detector: name of the data object; left out, the first 0D value counts'),
  channel: channel.describe('Which array of that data object, from 0'),
  of,
  units: z.string().optional().describe('Units of the limits; default those of the module'),
};

/** The same, of a module by its name in the lab. */
export const moduleField = z.string().min(1).describe('Name of the module in the lab');

const pickSchema = z.strictObject(watchFields);
export type WatchPick = z.output<typeof pickSchema>;

/**
 * A detector's number, in the units asked for.
 *
 * @throws DaqtorError `scan.failed` if it did not give what is asked for, `data.units`
 */
export function numberIn(frame: DataToExport, detector: string, { data, channel, of, units }: WatchPick): number {
  const found = data === undefined ? frame.data.find(({ dim }) => dim === 'Data0D') : frame.get(data);
  if (!found) {
    throw new DaqtorError('scan.failed', {
      instrument: detector,
      problem: data === undefined ? 'it gave no 0D value that could be watched' : `it gave no data '${data}'`,
      advice: `Name what is to be watched by \`data\`; it gave ${frame.data.map(({ name }) => `'${name}'`).join(', ') || 'nothing'}`,
    });
  }
  const value = signalIn(frame, { detector, channel, of, data: found.name });
  return units === undefined ? value : convertUnits(value, found.units, units);
}

/** The units in which a module is looked at; '' where they are not known yet. */
export function unitsOf(module: DaqMove | DaqViewer | undefined, { data, units }: WatchPick): string {
  if (units !== undefined) return units;
  if (module?.role === 'actuator') return module.units;
  const forms = module?.expected.forms ?? [];
  return forms.find(({ name, dim }) => (data === undefined ? dim === 'Data0D' : name === data))?.units ?? '';
}

/**
 * Why a module cannot be looked at so, as far as it can be told without reading it.
 *
 * @param setting - where it is asked for, e.g. `suspendWhen.0`
 */
export function watchProblems(setting: string, module: string, pick: WatchPick, modules: Modules): string[] {
  const found = Object.hasOwn(modules, module) ? modules[module] : undefined;
  if (!found)
    return [`${setting} names [${module}], which is not in this lab, which has ${Object.keys(modules).join(', ')}`];
  if (found.state !== 'idle' && found.state !== 'grabbing')
    return [`${setting} looks at [${module}], which is ${found.state}, not idle`];
  const { data, units } = pick;
  if (found.role === 'actuator') {
    const stray =
      data === undefined
        ? []
        : [`${setting} names data '${data}' of [${module}], an actuator that has a position only`];
    return [...stray, ...misfit(setting, module, units, found.units)];
  }
  const { forms } = found.expected;
  if (!forms) return units === undefined ? [] : unknownUnit(setting, units);
  const form = data === undefined ? forms.find(({ dim }) => dim === 'Data0D') : forms.find(({ name }) => name === data);
  if (form) return misfit(setting, module, units, form.units);
  const given = forms.map(({ name }) => `'${name}'`).join(', ');
  return [
    data === undefined
      ? `${setting} looks at [${module}], which gives no 0D value: name its data (${given})`
      : `${setting} names data '${data}' of [${module}], which gives ${given}`,
  ];
}

function misfit(setting: string, module: string, units: string | undefined, own: string): string[] {
  if (units === undefined) return [];
  const strange = unknownUnit(setting, units);
  if (strange.length > 0) return strange;
  return areCompatible(own, units) ? [] : [`${setting} looks at [${module}] in '${units}', and it is in '${own}'`];
}

function unknownUnit(setting: string, units: string): string[] {
  try {
    areCompatible(units, '');
    return [];
  } catch {
    return [`${setting} has the units '${units}', which nobody knows`];
  }
}
