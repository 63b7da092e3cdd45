export { type Arrival, DaqMove } from './actors/daq-move.ts';
export { DaqScan, type ScanOptions, type ScanResult } from './actors/daq-scan.ts';
export { DaqViewer } from './actors/daq-viewer.ts';
export type { ActuatorDriver, Limits } from './contracts/actuator-driver.ts';
export type { ConnectContext, Shareable } from './contracts/connect-context.ts';
export {
  type ActuatorPlugin,
  type ActuatorSettings,
  type ActuatorSpec,
  defineActuator,
} from './contracts/define-actuator.ts';
export {
  type DetectorPlugin,
  type DetectorSettings,
  type DetectorSpec,
  defineDetector,
} from './contracts/define-detector.ts';
export type { DetectorDriver } from './contracts/detector-driver.ts';
export { type PortSetting, portSetting } from './contracts/port-setting.ts';
export type {
  LogLine,
  ModuleRecord,
  ScanDescription,
  ScanOutcome,
  ScanPoint,
  ScanRecorder,
  ScanRecording,
  ScanStreams,
} from './contracts/scan-recorder.ts';
export type { TraceLine, Wire, WireEvents, WirePort } from './contracts/wire.ts';
export { Axis, type AxisInit } from './data/axis.ts';
export { DataToExport } from './data/data-to-export.ts';
export {
  type DataDim,
  type DataDistribution,
  type DataInit,
  type DataSource,
  DataWithAxes,
} from './data/data-with-axes.ts';
export { type Dtype, dtypeOf, type NumericArray, sizeOf } from './data/numeric-array.ts';
export { DaqtorError, type ErrorCode, type ErrorFacts, type ErrorRecord } from './errors/daqtor-error.ts';
export { type Lab, type LabOptions, type LabSpecs, lab } from './lab/lab.ts';
export type { LabEvent } from './lab/lab-event.ts';
export type { DeadTime } from './scan/dead-time.ts';
export { Grid, grid } from './scan/grid.ts';
export type { PlannedPoint, ScanPlan } from './scan/plan.ts';
export type { Progress, Reading } from './scan/progress.ts';
export { linspace, positions, type Sweep } from './scan/sweep.ts';
export { BoundedQueue, type BoundedQueueOptions } from './streams/bounded-queue.ts';
export { Hub } from './streams/hub.ts';
export { latest } from './streams/latest.ts';
export { type ChronoReading, ChronoTimer } from './time/chrono-timer.ts';
export type { Clock, TimerHandle } from './time/clock.ts';
export { realClock } from './time/real-clock.ts';
export { VirtualClock } from './time/virtual-clock.ts';
export { areCompatible, checkUnits, convertUnits } from './units/units.ts';
