import type { Clock } from '@daqtor/core';
import { modbusDevice } from './modbus-device.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';

export interface ModbusControllerOptions {
  readonly clock: Clock;
  /** How it speaks; default rtu. */
  readonly framing?: 'rtu' | 'tcp';
  readonly unit?: number;
  readonly timeConstantS?: number;
}

const ROOM_C = 20;
const MOST_C = 400;

/**
 * A temperature controller of no maker in particular, with an oven that follows its setpoint:
 *
 * | table | address | what |
 * |---|---|---|
 * | input | 0 | temperature, int16, 0.1 degC |
 * | input | 1, 2 | temperature, float32, degC, high word first |
 * | holding | 0 | setpoint, int16, 0.1 degC, 0 to 400 degC |
 * | holding | 1, 2 | the same as float32, high word first |
 * | coil | 0 | heater on |
 * | discrete | 0 | whether the temperature is within 1 degC of the setpoint |
 */
export function simulatedModbusController(options: ModbusControllerOptions): SimulatedInstrument {
  const { clock, framing = 'rtu', unit = 1, timeConstantS = 5 } = options;
  let [setpoint, heater] = [ROOM_C, 1];
  let course = { fromC: ROOM_C, sinceMs: clock.now() };
  const goal = () => (heater ? setpoint : ROOM_C);
  const temperature = () =>
    goal() + (course.fromC - goal()) * Math.exp(-(clock.now() - course.sinceMs) / 1000 / timeConstantS);
  const change = (apply: () => void) => {
    course = { fromC: temperature(), sinceMs: clock.now() };
    apply();
  };
  const setSetpoint = (celsius: number) => {
    if (!(celsius >= 0 && celsius <= MOST_C)) return 'value' as const;
    change(() => {
      setpoint = celsius;
    });
    return undefined;
  };
  /** The two registers of a float32, of which the first that is written waits for the second. */
  const half = new DataView(new ArrayBuffer(4));
  const words = (value: number, at: number) => {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    return view.getUint16(2 * at);
  };
  return modbusDevice({
    clock,
    title: 'Temperature controller',
    framing,
    unit,
    memory: {
      read(table, address) {
        if (table === 'coil') return address === 0 ? heater : undefined;
        if (table === 'discrete') return address === 0 ? Number(Math.abs(temperature() - setpoint) < 1) : undefined;
        const value = table === 'input' ? temperature() : setpoint;
        if (address === 0) return Math.round(10 * value) & 0xffff;
        return address === 1 || address === 2 ? words(value, address - 1) : undefined;
      },
      write(table, address, value) {
        if (table === 'coil') {
          if (address !== 0) return 'address';
          change(() => {
            heater = value;
          });
          return undefined;
        }
        if (address === 0) return setSetpoint(value / 10);
        if (address !== 1 && address !== 2) return 'address';
        half.setUint16(2 * (address - 1), value);
        return address === 2 ? setSetpoint(half.getFloat32(0)) : undefined;
      },
    },
  });
}
