export { type MemoryPort, type MemoryPortOptions, memoryPort } from './bench/memory-port.ts';
export { servePtyByName } from './bench/pty-by-name.ts';
export { servePty } from './bench/pty-port.ts';
export type { PluggedInstrument, ServedInstrument } from './bench/served-instrument.ts';
export { serveTcpByPort } from './bench/tcp-by-port.ts';
export { serveTcp, type TcpPortOptions } from './bench/tcp-port.ts';
export { mockDrivers } from './catalogue/mock-drivers.ts';
export { type Simulator, type SimulatorOptions, simulators } from './catalogue/simulators.ts';
export { type UsbSimulator, usbSimulators } from './catalogue/usb-simulators.ts';
export { faultsByTime, pullByTime, type ScheduledFaults } from './faults/fault-schedule.ts';
export { faultyInstrument } from './faults/faulty-instrument.ts';
export { type FaultyPort, faultyPort } from './faults/faulty-port.ts';
export type { WireFaults } from './faults/wire-faults.ts';
export type { AptStageOptions } from './instruments/apt-channel.ts';
export { type Esp301Options, type SimulatedEsp301, simulatedEsp301 } from './instruments/esp301.ts';
export type { Esp301StageOptions } from './instruments/esp301-axis.ts';
export { type FirmataOptions, type SimulatedFirmata, simulatedFirmata } from './instruments/firmata.ts';
export { type GrblOptions, type SimulatedGrbl, simulatedGrbl } from './instruments/grbl.ts';
export { type Hp34401aOptions, simulatedHp34401a } from './instruments/hp34401a.ts';
export { type Keithley2000Options, simulatedKeithley2000 } from './instruments/keithley2000.ts';
export {
  type Keithley2400Options,
  type SimulatedKeithley2400,
  simulatedKeithley2400,
} from './instruments/keithley2400.ts';
export {
  type LakeShore335Options,
  type SimulatedLakeShore335,
  simulatedLakeShore335,
} from './instruments/lake-shore-335.ts';
export type { LockInInput } from './instruments/lock-in-filter.ts';
export { type ModbusControllerOptions, simulatedModbusController } from './instruments/modbus-controller.ts';
export { type PrologixOptions, type SimulatedPrologix, simulatedPrologix } from './instruments/prologix.ts';
export { type RigolDs1000zOptions, simulatedRigolDs1000z } from './instruments/rigol-ds1000z.ts';
export type { ScopeSignal } from './instruments/rigol-scope.ts';
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
export { type SimulatedSmc100, type Smc100Options, simulatedSmc100 } from './instruments/smc100.ts';
export type { Smc100Stage } from './instruments/smc100-axis.ts';
export { type LockInOptions, type SimulatedLockIn, type Sr830Options, simulatedSr830 } from './instruments/sr830.ts';
export { simulatedSr860 } from './instruments/sr860.ts';
export {
  type SimulatedThorlabsApt,
  simulatedThorlabsApt,
  type ThorlabsAptOptions,
} from './instruments/thorlabs-apt.ts';
export { type SimulatedZaber, simulatedZaber, type ZaberOptions } from './instruments/zaber.ts';
export { mock0d } from './mocks/mock-0d.ts';
export { mock1d } from './mocks/mock-1d.ts';
export { mock2d } from './mocks/mock-2d.ts';
export { mockActuator } from './mocks/mock-actuator.ts';
export { mockAxis } from './mocks/mock-axis.ts';
export { mockDetector } from './mocks/mock-detector.ts';
export { mockNd } from './mocks/mock-nd.ts';
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
export { type ReplayOptions, replayedInstrument } from './replay/replayed-instrument.ts';
export { type MemoryUsbPort, memoryUsbPort } from './usb/memory-usb-port.ts';
export { type OceanUsb2000PlusOptions, simulatedOceanUsb2000Plus } from './usb/ocean-usb2000plus.ts';
export { SimulatedUsbDevice } from './usb/simulated-usb-device.ts';
export { type ServedUsb, serveUsbip } from './usb/usbip-server.ts';
export { type UsbIdentity, usbtmcInstrument } from './usb/usbtmc-instrument.ts';
export {
  type LinkLosses,
  type VirtualBench,
  type VirtualLab,
  type VirtualLabOptions,
  virtualLab,
} from './virtual-lab.ts';
