/** What runs in a browser: files in memory, and PyMoDAQ's low-level saver on them. */
export { type MemoryBackend, type MemoryOptions, memoryBackend } from './h5/memory-backend.ts';
export type { ArrayOptions } from './low-level/array-plan.ts';
export { AxisSaverLoader } from './low-level/axis-saver-loader.ts';
export { BkgSaver } from './low-level/bkg-saver.ts';
export { DataEnlargeableSaver } from './low-level/data-enlargeable-saver.ts';
export { DataExtendedSaver } from './low-level/data-extended-saver.ts';
export { DataManagement } from './low-level/data-management.ts';
export { DataSaverLoader } from './low-level/data-saver-loader.ts';
export {
  type GroupOptions,
  H5SaverLowLevel,
  type InitOptions,
  type LowLevelOptions,
} from './low-level/h5-saver-low-level.ts';
