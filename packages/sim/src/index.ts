export { type MemoryPort, type MemoryPortOptions, memoryPort } from './bench/memory-port.ts';
export { servePty } from './bench/pty-port.ts';
export type { ServedInstrument } from './bench/served-instrument.ts';
export { serveTcp, type TcpPortOptions } from './bench/tcp-port.ts';
export { type Esp301Options, type SimulatedEsp301, simulatedEsp301 } from './instruments/esp301.ts';
export type { Esp301StageOptions } from './instruments/esp301-axis.ts';
export { type Keithley2000Options, simulatedKeithley2000 } from './instruments/keithley2000.ts';
export { type ScpiAnswer, type ScpiCommand, ScpiDevice, type ScpiIdentity } from './instruments/scpi/scpi-device.ts';
export { ScpiError, type ScpiErrorCode } from './instruments/scpi/scpi-error.ts';
export {
  type ScpiRange,
  scpiBoolean,
  scpiInteger,
  scpiNumber,
  scpiString,
  scpiWord,
} from './instruments/scpi/scpi-parameters.ts';
export type { SimulatedInstrument, SimulatedSession } from './instruments/simulated-instrument.ts';
export { mockActuator } from './mocks/mock-actuator.ts';
export { mockDetector } from './mocks/mock-detector.ts';
export type { SampleView } from './mocks/sample-view.ts';
export { type CameraSettings, simulatedCamera } from './mocks/simulated-camera.ts';
export { type SpectrometerSettings, simulatedSpectrometer } from './mocks/simulated-spectrometer.ts';
export { type OpticsBench, type OpticsBenchOptions, opticsBench } from './optics-bench.ts';
export { createRandom, type Random } from './physics/random.ts';
export { type CameraView, createSample, type Sample } from './physics/sample.ts';
export {
  atRest,
  type MotionLimits,
  type MotionProfile,
  type MotionState,
  moveProfile,
  stopProfile,
} from './physics/trapezoidal-profile.ts';
