export { type ActuatorOnTrial, describeActuatorDriver } from './describe-actuator-driver.ts';
export { type DetectorOnTrial, describeDetectorDriver } from './describe-detector-driver.ts';
export { numbersGiven } from './numbers-given.ts';
export { scanKinds } from './scan-kinds.ts';
export { type StubActuator, stubActuator, stubDetector } from './stub-instruments.ts';
