import type { DaqMove } from '../actors/daq-move.ts';
import type { DaqViewer } from '../actors/daq-viewer.ts';

/** Modules by their names in the lab. */
export type Modules = Readonly<Record<string, DaqMove | DaqViewer>>;
