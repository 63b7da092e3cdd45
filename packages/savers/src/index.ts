export { describeFile, type TreeNode } from './browse/describe-file.ts';
export { EXPORT_FORMATS, type ExportOptions } from './browse/export/export-node.ts';
export type { FileKind } from './browse/file-kind.ts';
export { formatTree } from './browse/format-tree.ts';
export { type BrowserOptions, H5BrowserUtil } from './browse/h5-browser-util.ts';
export { figure, quantity } from './browse/plot/figures.ts';
export { type AxisEnds, type HeatMap, heatMap } from './browse/plot/heat-map.ts';
export { type PlotOptions, plotData } from './browse/plot/plot-data.ts';
export { readArray, readTexts, type StoredArray } from './browse/read-array.ts';
export { type NodeReader, type ReaderOptions, ReaderThread } from './browse/reader-thread.ts';
export { continuousSaving, type Recording, type RecordingOptions } from './continuous-saving.ts';
export type { ArrayStorage, Compression } from './data/array-saver.ts';
export { DataToExportEnlargeableSaver, type RowAxis } from './data/data-to-export-enlargeable-saver.ts';
export { DataToExportExtendedSaver } from './data/data-to-export-extended-saver.ts';
export { DataToExportSaver } from './data/data-to-export-saver.ts';
export { DataToExportTimedSaver } from './data/data-to-export-timed-saver.ts';
export { rowArrays } from './data/row-arrays.ts';
export { type ScanGrid, scanArrays } from './data/scan-arrays.ts';
export { singleArrays } from './data/single-arrays.ts';
export { dataLogger, type LoggedModules, logFile } from './data-logger.ts';
export { dataset } from './dataset.ts';
export type { DatasetOptions, ScanSaving } from './dataset-options.ts';
export { documents } from './documents/documents.ts';
export type { H5Backend } from './h5/h5-backend.ts';
export { H5File } from './h5/h5-file.ts';
export type {
  Attributes,
  AttributeValue,
  H5Answers,
  H5Operation,
  H5Question,
  OpenOptions,
} from './h5/h5-operation.ts';
export { type MemoryBackend, type MemoryOptions, memoryBackend } from './h5/memory-backend.ts';
export type { DatasetMetadata } from './layout/dataset-nodes.ts';
export { DataType, FileType, GroupType, SaveType } from './layout/kinds.ts';
export type { Setting } from './layout/parse-settings-xml.ts';
export type { PythonValue } from './layout/python-literal.ts';
export type { ScanGap } from './layout/scan-runs.ts';
export { DataLoader } from './load/data-loader.ts';
export type { LoadedAll, LoadedAxis, LoadedData, LoadOptions } from './load/loaded.ts';
export type { ArrayOptions } from './low-level/array-plan.ts';
export { AxisSaverLoader } from './low-level/axis-saver-loader.ts';
export { backendReader } from './low-level/backend-reader.ts';
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
export type { Metadata, Where } from './low-level/where.ts';
export { ActuatorSaver } from './modules/actuator-saver.ts';
export { DetectorEnlargeableSaver } from './modules/detector-enlargeable-saver.ts';
export { DetectorExtendedSaver } from './modules/detector-extended-saver.ts';
export { DetectorSaver } from './modules/detector-saver.ts';
export { LoggerSaver } from './modules/logger-saver.ts';
export { ModuleSaver } from './modules/module-saver.ts';
export { ScanSaver } from './modules/scan-saver.ts';
export { type ResumedScan, type ResumeOptions, resumeScan } from './resume/resume-scan.ts';
export { type H5SaverInput, type H5SaverSettings, h5SaverSettings } from './saver-settings.ts';
export { type SnapshotOptions, saveSnapshot } from './snapshot.ts';
