import type { Clock } from '@daqtor/core';
import { createRandom } from '../physics/random.ts';
import { FUNCTIONS, type Hp34401aFunction, Hp34401aMeter } from './hp34401a-meter.ts';
import { type ScpiCommand, ScpiDevice } from './scpi/scpi-device.ts';
import { ScpiError } from './scpi/scpi-error.ts';
import { scientific } from './scpi/scpi-format.ts';
import { scpiBoolean, scpiInteger, scpiNumber, scpiString, scpiWord } from './scpi/scpi-parameters.ts';
import type { SimulatedInstrument, SimulatedSession } from './simulated-instrument.ts';

export interface Hp34401aOptions {
  readonly clock: Clock;
  /** What is at the terminals at this moment: volts, amperes or ohms, as the chosen function asks. */
  readonly input: (quantity: 'V' | 'A' | 'ohm') => number;
  /** Where it is plugged in; default rs232. On GPIB the bus puts it into remote operation. */
  readonly interface?: 'rs232' | 'gpib';
  readonly seed?: number;
}

const IDENTITY = 'HEWLETT-PACKARD,34401A,0,10-5-2';
const CTRL_C = 0x03;

/**
 * An HP 34401A multimeter on its RS-232 or its GPIB interface.
 *
 * Source: HP 34401A User's Guide, 34401-90004, chapter 4. From memory: error 550 before SYSTem:REMote, which is an error
 * (514) on GPIB, ^C as device clear, the format of CONFigure?, and that no bit of the status
 * byte tells of errors in the queue. It comes up in local operation, where it answers questions about itself but does not
 * measure.
 */
export function simulatedHp34401a({
  clock,
  input,
  interface: plug = 'rs232',
  seed = 1,
}: Hp34401aOptions): SimulatedInstrument {
  const meter = new Hp34401aMeter(clock, createRandom(seed, 'hp34401a'), input);
  const device = new ScpiDevice(
    {
      identity: IDENTITY,
      errorQueueLength: 20,
      noError: '+0,"No error"',
      errorsInStatusByte: false,
      reset: () => meter.configure(FUNCTIONS[0] as Hp34401aFunction),
      idle: (signal) => meter.idle(signal),
    },
    commandsOf(meter, plug === 'gpib'),
  );
  return {
    title: 'HP 34401A',
    messages: device.status,
    connect(transmit) {
      let session: SimulatedSession = device.connect(transmit);
      return {
        receive(bytes) {
          const clear = bytes.lastIndexOf(CTRL_C);
          if (clear >= 0) {
            // Device clear: what is under way, half received or to be sent is forgotten.
            session.disconnect();
            meter.abort();
            session = device.connect(transmit);
          }
          session.receive(bytes.subarray(clear + 1));
        },
        disconnect: () => session.disconnect(),
      };
    },
  };
}

function commandsOf(meter: Hp34401aMeter, isOnGpib: boolean): ScpiCommand[] {
  let remote = isOnGpib;
  const operate = (remotely: boolean) => {
    if (isOnGpib) throw new ScpiError(514);
    remote = remotely;
  };
  const requireRemote = () => {
    if (!remote) throw new ScpiError(550);
  };
  const fetch = async (signal: AbortSignal) => {
    requireRemote();
    return (await meter.fetch(signal)).map((value) => scientific(value, 8)).join(',');
  };
  const read = (signal: AbortSignal) => {
    requireRemote();
    meter.abort();
    meter.initiate();
    return fetch(signal);
  };
  const configure = (chosen: Hp34401aFunction, range: string | undefined) => {
    requireRemote();
    const value = range === undefined || /^DEF/i.test(range) ? undefined : scpiNumber(range, rangeOf(chosen));
    meter.configure(chosen);
    if (value !== undefined) meter.expect(value);
  };
  return [
    ...FUNCTIONS.flatMap((one) => functionCommands(meter, one, configure, read)),
    {
      header: ':CONFigure',
      ask: () => `"${meter.function.name} ${scientific(meter.range, 6)},${scientific(meter.range * 1e-6, 6)}"`,
    },
    {
      header: '[:SENSe]:FUNCtion',
      parameters: [1, 1],
      set: (text) => {
        const name = scpiString(text).toUpperCase().replace(/:DC$/, '');
        const chosen = FUNCTIONS.find((one) => one.name === name);
        if (!chosen) throw new ScpiError(-224);
        meter.configure(chosen);
      },
      ask: () => `"${meter.function.name}"`,
    },
    { header: ':READ', ask: read },
    { header: ':FETCh', ask: fetch },
    {
      header: ':INITiate[:IMMediate]',
      set: () => {
        requireRemote();
        meter.initiate();
      },
    },
    {
      header: '[:SENSe]:DETector:BANDwidth',
      parameters: [1, 1],
      set: (text) => {
        const hz = scpiNumber(text, { minimum: 3, maximum: 300e3, default: 20 });
        meter.filterHz = hz < 20 ? 3 : hz < 200 ? 20 : 200;
      },
      ask: () => scientific(meter.filterHz, 8),
    },
    {
      header: ':SAMPle:COUNt',
      parameters: [1, 1],
      set: (text) => {
        meter.sampleCount = scpiInteger(text, { minimum: 1, maximum: 512, default: 1 });
      },
      ask: () => String(meter.sampleCount),
    },
    {
      header: ':TRIGger:SOURce',
      parameters: [1, 1],
      set: (text) => void scpiWord(text, ['IMMediate']),
      ask: () => 'IMM',
    },
    { header: ':SYSTem:REMote', set: () => operate(true) },
    { header: ':SYSTem:RWLock', set: () => operate(true) },
    { header: ':SYSTem:LOCal', set: () => operate(false) },
  ];
}

const rangeOf = ({ ranges }: Hp34401aFunction) => {
  const maximum = ranges.at(-1) ?? 1;
  return { minimum: -maximum, maximum, default: maximum };
};

function functionCommands(
  meter: Hp34401aMeter,
  one: Hp34401aFunction,
  configure: (one: Hp34401aFunction, range: string | undefined) => void,
  read: (signal: AbortSignal) => Promise<string>,
): ScpiCommand[] {
  const sense = `[:SENSe]:${one.header}`;
  const shared: ScpiCommand[] = [
    { header: `:CONFigure:${one.header}`, parameters: [0, 2], set: (range) => configure(one, range) },
    {
      header: `:MEASure:${one.header}`,
      queryParameters: 2,
      ask: (signal, range) => {
        configure(one, range);
        return read(signal);
      },
    },
    {
      header: `${sense}:RANGe`,
      parameters: [1, 1],
      set: (text) => meter.expect(scpiNumber(text, rangeOf(one))),
      ask: () => scientific(meter.range, 8),
    },
    {
      header: `${sense}:RANGe:AUTO`,
      parameters: [1, 1],
      set: (text) => {
        meter.autoRange = scpiBoolean(text);
      },
      ask: () => (meter.autoRange ? '1' : '0'),
    },
  ];
  const integration: ScpiCommand = {
    header: `${sense}:NPLCycles`,
    parameters: [1, 1],
    set: (text) => {
      meter.nplc = scpiNumber(text, { minimum: 0.02, maximum: 100, default: 10 });
    },
    ask: () => scientific(meter.nplc, 8),
  };
  return one.ac ? shared : [...shared, integration];
}
