import type { Modules } from '../scan/modules.ts';
import type { DaqMove } from './daq-move.ts';
import type { DaqViewer } from './daq-viewer.ts';

type Changes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Changes settings of modules, one after the other. When one refuses, those before it get back what they had.
 *
 * @returns gives all of them back what they had
 * @throws DaqtorError of the module that refused
 */
export async function changeModules(changes: Changes, modules: Modules): Promise<() => Promise<void>> {
  const undone: (() => Promise<void>)[] = [];
  const undo = async () => {
    for (const one of undone.reverse()) await one();
  };
  for (const [name, settings] of Object.entries(changes)) {
    const module = modules[name];
    if (!module) continue;
    const before = Object.fromEntries(Object.keys(settings).map((key) => [key, Reflect.get(module.settings, key)]));
    try {
      await set(module, settings);
    } catch (error) {
      await undo();
      throw error;
    }
    undone.push(() => set(module, before));
  }
  return undo;
}

async function set(module: DaqMove | DaqViewer, settings: Readonly<Record<string, unknown>>): Promise<void> {
  if (module.role === 'actuator') await module.set(settings as never);
  else await module.set(settings as never);
}
