export { changeModules } from './actors/change-modules.ts';
export { DaqLogger, type LoggerOptions } from './actors/daq-logger.ts';
export { type Arrival, DaqMove } from './actors/daq-move.ts';
export { DaqScan } from './actors/daq-scan.ts';
export { DaqViewer } from './actors/daq-viewer.ts';
export type { GrabForm } from './actors/expected-grab.ts';
export type { LiveGrab, LiveOptions, LiveResult, WhenBehind } from './actors/live-grab.ts';
export type { SettingChange } from './actors/module-settings.ts';
export type { Scale } from './actors/scaled-actuator.ts';
export type { ScanCommand } from './actors/scan-commands.ts';
export type { ScanOptions } from './actors/scan-options.ts';
export type { ScanResult } from './actors/scan-result.ts';
export type { ChangeOptions } from './actors/settings-desk.ts';
export type { ShownOptions } from './actors/shown-data.ts';
export type { ViewerBackground } from './actors/viewer-background.ts';
export type { ActuatorDriver, Limits } from './contracts/actuator-driver.ts';
export { CAPABILITIES, type Capability, capabilitiesOf } from './contracts/capabilities.ts';
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
export {
  DRIVER_CONTRACT,
  type DriverManifest,
  driverManifest,
  type KnownDriver,
  knownDriver,
  type PluginManifest,
  pluginManifest,
} from './contracts/driver-manifest.ts';
export { type DriverPlugin, isDriverPlugin } from './contracts/driver-plugin.ts';
export { faultsIn } from './contracts/faults-in.ts';
export { type LiveSettings, type LiveSettingsOf, liveSettings } from './contracts/live-settings.ts';
export type { Logged, LogRecording, LogSink, LogStreams, PositionThen } from './contracts/log-sink.ts';
export { nextFrame } from './contracts/next-frame.ts';
export { parseSettings } from './contracts/parse-settings.ts';
export { type PortSetting, portSetting } from './contracts/port-setting.ts';
export type {
  BaselineModule,
  BaselineReading,
  LargerScan,
  LogLine,
  ModuleRecord,
  PointStatus,
  ScanDescription,
  ScanOutcome,
  ScanPoint,
  ScanRecorder,
  ScanRecording,
  ScanStreams,
  SkippedStatus,
} from './contracts/scan-recorder.ts';
export { unitsSetting } from './contracts/units-setting.ts';
export type {
  UsbEndpoint,
  UsbEvents,
  UsbInterface,
  UsbPort,
  UsbRefusal,
  UsbRequest,
} from './contracts/usb.ts';
export type { TraceLine, Wire, WireEvents, WirePort } from './contracts/wire.ts';
export { Axis, type AxisInit } from './data/axis.ts';
export { imaginaryPart, interleave, magnitude, phase, realPart } from './data/complex.ts';
export { DataToExport, type ExportInit } from './data/data-to-export.ts';
export {
  type DataDim,
  type DataDistribution,
  type DataInit,
  type DataSource,
  DataWithAxes,
} from './data/data-with-axes.ts';
export {
  type ComplexDtype,
  type Dtype,
  dtypeOf,
  elementTypeOf,
  type NumericArray,
  sizeOf,
} from './data/numeric-array.ts';
export { DaqtorError, type ErrorCode, type ErrorFacts, type ErrorRecord } from './errors/daqtor-error.ts';
export type { ConnectReport } from './lab/connect-report.ts';
export { type Lab, lab } from './lab/lab.ts';
export { isReserved, LabCore } from './lab/lab-core.ts';
export { type LabEvent, type LabFact, logLineOf } from './lab/lab-event.ts';
export type { LabOptions, LabScanOptions, LabSpecs } from './lab/lab-options.ts';
export type { ModuleInfo } from './lab/module-info.ts';
export {
  labFromPreset,
  type Plugin,
  type Preset,
  type PresetOptions,
  presetJsonSchema,
  readPreset,
} from './lab/preset.ts';
export { type ReconnectInput, type ReconnectPolicy, reconnectPolicy } from './lab/reconnect-policy.ts';
export {
  type BatchEntry,
  type BatchOptions,
  type BatchResult,
  type BatchRun,
  type BatchScan,
  batch,
  ScanBatch,
  scansOf,
} from './lab/scan-batch.ts';
export { SharedResources } from './lab/shared-resources.ts';
export type { Overshoot, OvershootLimits } from './processing/overshoot.ts';
export { RunningMean } from './processing/running-mean.ts';
export { subtractBackground } from './processing/subtract-background.ts';
export type { Measure, Place, Statistic } from './roi/measures.ts';
export {
  circle,
  type EllipseRegion,
  ellipse,
  type LinearRegion,
  linear,
  type PolygonRegion,
  polygon,
  type RectangleRegion,
  type Region,
  rectangle,
} from './roi/region.ts';
export { measureRois, type Roi, roi } from './roi/roi.ts';
export {
  type AdaptiveAxis,
  type AdaptiveOptions,
  type AdaptiveSpanOptions,
  adaptive1D,
  adaptive2D,
  type SignalRef,
} from './scan/adaptive/adaptive-scans.ts';
export type { SignalValue } from './scan/adaptive/signal.ts';
export type { AxisValue } from './scan/axis-value.ts';
export { both } from './scan/both.ts';
export {
  concat,
  type DiscOptions,
  fermat,
  grid,
  type Part,
  path,
  pymodaq,
  rings,
  type Span,
  scatter,
  spiral,
  squareSpiral,
  times,
  zip,
} from './scan/builders.ts';
export { type Condition, type ConditionInput, conditionSchema, inBand } from './scan/condition.ts';
export type { DeadTime } from './scan/dead-time.ts';
export type { DoneBefore } from './scan/done-before.ts';
export { type ErrorPolicy, type ErrorRule, retry } from './scan/error-policy.ts';
export type { Flight } from './scan/fly/flight.ts';
export { type FlyOptions, fly } from './scan/fly/fly-scans.ts';
export type { AddedPoints } from './scan/kinds/extended.ts';
export type { Modules } from './scan/modules.ts';
export { type Base, type PlannedActuator, planOf, type ScanPlan } from './scan/plan.ts';
export type { PlannedPoint } from './scan/planned-point.ts';
export type { PointAxis, Points, PurePoint } from './scan/points.ts';
export type { PreflightReport } from './scan/preflight.ts';
export type { Progress, Reading } from './scan/progress.ts';
export type { PymodaqSettings, PymodaqValue } from './scan/pymodaq/pymodaq-value.ts';
export type { Reach } from './scan/reach.ts';
export { type ActuatorRef, Scan } from './scan/scan.ts';
export { type CheckedChange, revisionNow } from './scan/scan-change.ts';
export type { ScanCourse } from './scan/scan-course.ts';
export { type FiledScan, readScanFile, type ScanFile, scanFileJsonSchema } from './scan/scan-file.ts';
export {
  modulesRevised,
  pointsAdded,
  type ScanChange,
  type ScanChangeInput,
  type ScanRevision,
  scanChange,
  scanRevision,
  settingsRevised,
} from './scan/scan-revision.ts';
export { type ScanSettings, type ScanSettingsInput, scanSettings, settingsStored } from './scan/scan-settings.ts';
export { parseScan, type ScanValue, scanSchema } from './scan/scan-value.ts';
export { type Suspender, type SuspenderInput, type SuspendRule, suspendRule, suspendWhile } from './scan/suspender.ts';
export { type Actuator, linspace, logspace, positions, sparse, steps } from './scan/sweep.ts';
export { tabular } from './scan/tabular.ts';
export { BoundedQueue, type BoundedQueueOptions } from './streams/bounded-queue.ts';
export { Hub } from './streams/hub.ts';
export { latest } from './streams/latest.ts';
export { type ChronoReading, ChronoTimer } from './time/chrono-timer.ts';
export type { Clock, TimerHandle } from './time/clock.ts';
export { afterPromises, realClock } from './time/real-clock.ts';
export { VirtualClock } from './time/virtual-clock.ts';
export { type Exchange, exchangesOf } from './trace/exchanges-of.ts';
export { formatTrace, parseTrace, type TracePiece, type WireTrace } from './trace/wire-trace.ts';
export { areCompatible, checkUnits, convertSpan, convertUnits } from './units/units.ts';
