import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';
import type { Limits } from '../contracts/actuator-driver.ts';
import type { Capability } from '../contracts/capabilities.ts';

/** What the lab knows of one module, at one moment. Plain data. */
export interface ModuleInfo {
  readonly name: string;
  readonly role: 'actuator' | 'detector';
  /** Name of its plugin. */
  readonly kind: string;
  readonly title: string;
  /** Who answers, as far as known. */
  readonly identity: string | undefined;
  /** State of its machine, e.g. `idle`. */
  readonly state: string;
  /** Settings that hold. Their form is told by `settingsSchema` of the lab. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What it can beside what every module can; undefined while it is not connected. */
  readonly can: readonly Capability[] | undefined;
  /** Names of the settings that can be changed now without connecting again; undefined while it is not connected. */
  readonly liveSettings: readonly string[] | undefined;
  /** Of an actuator: units of its positions, '' until connected; positions that may be asked for; the last one read. */
  readonly units?: string;
  readonly limits?: Limits;
  readonly position?: number;
}

export function infoOf(module: DaqMove | DaqViewer): ModuleInfo {
  const { name, role, spec, identity, state, settings } = module;
  const { kind, title } = spec;
  const { capabilities: can, liveSettings } = module;
  const info: ModuleInfo = { name, role, kind, title, identity, state, settings, can, liveSettings };
  if (module.role === 'detector') return info;
  const { units, limits, position } = module;
  return { ...info, units, limits, position };
}
