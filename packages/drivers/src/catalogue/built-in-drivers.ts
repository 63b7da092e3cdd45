import { type DriverPlugin, type KnownDriver, knownDriver } from '@daqtor/core';
import { esp301 } from '../instruments/esp301.ts';
import { firmataInputs } from '../instruments/firmata-inputs.ts';
import { firmataOutput } from '../instruments/firmata-output.ts';
import { grbl } from '../instruments/grbl.ts';
import { hp34401a } from '../instruments/hp34401a.ts';
import { keithley2000 } from '../instruments/keithley2000.ts';
import { keithley2400Meter } from '../instruments/keithley2400-meter.ts';
import { keithley2400Source } from '../instruments/keithley2400-source.ts';
import { keithley2400Sweep } from '../instruments/keithley2400-sweep.ts';
import { lakeShore33xInputs } from '../instruments/lake-shore-33x-inputs.ts';
import { lakeShore33xLoop } from '../instruments/lake-shore-33x-loop.ts';
import { modbusRegisters } from '../instruments/modbus-registers.ts';
import { modbusSetpoint } from '../instruments/modbus-setpoint.ts';
import { oceanUsb2000plus } from '../instruments/ocean-usb2000plus.ts';
import { rigolDs1000z } from '../instruments/rigol-ds1000z.ts';
import { smc100 } from '../instruments/smc100.ts';
import { sr830 } from '../instruments/sr830.ts';
import { sr830Recorder } from '../instruments/sr830-recorder.ts';
import { sr860 } from '../instruments/sr860.ts';
import { sr860Recorder } from '../instruments/sr860-recorder.ts';
import { thorlabsApt } from '../instruments/thorlabs-apt.ts';
import { zaber } from '../instruments/zaber.ts';

type Facts = NonNullable<Parameters<typeof knownDriver>[2]>;

const ours = (plugin: DriverPlugin, facts: Facts) => knownDriver('@daqtor/drivers', plugin, facts);

/** An instrument with a serial port, which a device server puts on TCP. */
const onSerial = (serial: string, facts: Facts): Facts => ({ wires: ['serial', 'tcp'], serial, ...facts });

/** An instrument that has GPIB as well. */
const onGpib = (serial: string, facts: Facts): Facts => ({
  ...onSerial(serial, facts),
  wires: ['serial', 'tcp', 'gpib'],
});

/** USB ids of the Arduino Uno, on which GRBL mostly runs, and of the converter on its copies. */
const ARDUINO = ['2341:0043', '2341:0001', '1a86:7523'];

/**
 * The drivers of this package.
 *
 * Sources of the USB ids: the tables of Linux' drivers cp210x (Lake Shore) and ftdi_sio (Newport), public scripts for the
 * Rigol and the SR860; from memory: Arduino's and Thorlabs'.
 */
export const builtInDrivers: readonly KnownDriver[] = [
  ours(esp301, onSerial('baud=19200&flow=rtscts', { can: ['home', 'limits', 'settings'], simulator: 'esp301' })),
  ours(firmataInputs, onSerial('baud=57600', { simulator: 'firmata', usbIds: ARDUINO })),
  ours(firmataOutput, onSerial('baud=57600', { can: ['limits', 'settings'], simulator: 'firmata', usbIds: ARDUINO })),
  ours(grbl, onSerial('baud=115200', { can: ['home', 'limits', 'settings'], simulator: 'grbl', usbIds: ARDUINO })),
  ours(hp34401a, onGpib('baud=9600&bits=7&parity=even&stop=2', { can: ['settings'], simulator: 'hp34401a' })),
  ours(keithley2000, onGpib('baud=4800', { can: ['settings'], simulator: 'keithley2000' })),
  ours(keithley2400Meter, onGpib('baud=9600', { can: ['settings'], simulator: 'keithley2400' })),
  ours(keithley2400Source, onGpib('baud=9600', { can: ['limits', 'settings'], simulator: 'keithley2400' })),
  ours(keithley2400Sweep, onGpib('baud=9600', { can: ['settings'], simulator: 'keithley2400' })),
  ours(
    lakeShore33xInputs,
    onSerial('baud=57600&bits=7&parity=odd', { simulator: 'lake-shore-335', usbIds: ['1fb9:0300', '1fb9:0301'] }),
  ),
  ours(
    lakeShore33xLoop,
    onSerial('baud=57600&bits=7&parity=odd', {
      can: ['settings'],
      simulator: 'lake-shore-335',
      usbIds: ['1fb9:0300', '1fb9:0301'],
    }),
  ),
  ours(modbusRegisters, onSerial('baud=9600', { simulator: 'modbus-rtu' })),
  ours(modbusSetpoint, onSerial('baud=9600', { can: ['settings'], simulator: 'modbus-rtu' })),
  ours(oceanUsb2000plus, { wires: ['usb'], can: ['settings'], simulator: 'ocean-usb2000plus', usbIds: ['2457:101e'] }),
  ours(rigolDs1000z, { wires: ['tcp', 'usb'], can: ['settings'], simulator: 'rigol-ds1000z', usbIds: ['1ab1:04ce'] }),
  ours(
    smc100,
    onSerial('baud=57600&flow=xonxoff', {
      can: ['home', 'limits', 'settings'],
      simulator: 'smc100',
      usbIds: ['104d:3002'],
    }),
  ),
  ours(sr830, onGpib('baud=9600', { can: ['settings'], simulator: 'sr830' })),
  ours(sr830Recorder, onGpib('baud=9600', { can: ['settings'], simulator: 'sr830' })),
  ...[sr860, sr860Recorder].map((plugin) =>
    ours(
      plugin,
      onSerial('baud=115200', {
        wires: ['serial', 'tcp', 'usb'],
        can: ['settings'],
        simulator: 'sr860',
        usbIds: ['b506:2000'],
      }),
    ),
  ),
  ours(
    thorlabsApt,
    onSerial('baud=115200&flow=rtscts', {
      can: ['home', 'settings'],
      simulator: 'thorlabs-apt',
      usbIds: ['0403:faf0'],
    }),
  ),
  ours(zaber, onSerial('baud=115200', { can: ['home', 'limits', 'settings'], simulator: 'zaber' })),
];
