import type { Clock, DetectorSpec, PortSetting } from '@daqtor/core';
import { memoryPort } from './bench/memory-port.ts';
import { servePty } from './bench/pty-port.ts';
import { serveTcp } from './bench/tcp-port.ts';
import { simulatedEsp301 } from './instruments/esp301.ts';
import { simulatedKeithley2000 } from './instruments/keithley2000.ts';
import type { SimulatedInstrument } from './instruments/simulated-instrument.ts';
import type { SampleView } from './mocks/sample-view.ts';
import { type CameraSettings, simulatedCamera } from './mocks/simulated-camera.ts';
import { type SpectrometerSettings, simulatedSpectrometer } from './mocks/simulated-spectrometer.ts';
import { createSample } from './physics/sample.ts';

/** The photodiode's amplifier: volts in the dark, volts more at full light, noise over one line cycle. */
const DIODE = { darkV: 0.012, fullV: 4.2, noiseV: 0.004 } as const;
/** Of the stages, at speed 1: 0.1 mm takes about 100 ms. */
const STAGE = { velocityMmPerS: 4, accelerationMmPerS2: 40, settleMs: 8 } as const;

export interface OpticsBenchOptions {
  readonly clock: Clock;
  /** Seed of every noise on the bench; default 1. */
  readonly seed?: number;
  /** `real`: the stage on a pseudo-terminal, the meter on a TCP port; `memory`: both in this process. */
  readonly wire: 'real' | 'memory';
  /** How many times as fast as a real one the stage moves; default 1. */
  readonly speed?: number;
  readonly spectrometer?: SpectrometerSettings;
  readonly camera?: CameraSettings;
}

/** A laboratory on one sample. Everything looks at where the stages really are, not at what they report. */
export interface OpticsBench extends AsyncDisposable {
  /** A Newport ESP301: axis 1 moves the sample along x, axis 2 along y, ±5 mm. */
  readonly stagePort: PortSetting;
  /** A Keithley 2000 that reads a photodiode behind the sample, about 0.02 to 4.2 V. */
  readonly meterPort: PortSetting;
  readonly spectrometer: DetectorSpec;
  readonly camera: DetectorSpec;
  /** What the instruments look at, for those who want to know the truth. */
  readonly view: SampleView;
  /** Pulls the stage's cable. */
  unplugStage(): Promise<void>;
  /** Puts everything away. Idempotent; never rejects. */
  close(): Promise<void>;
}

/**
 * Sets up the simulated laboratory.
 *
 * @throws DaqtorError `instrument.connect` if a real wire cannot be had
 */
export async function opticsBench(options: OpticsBenchOptions): Promise<OpticsBench> {
  const { clock, seed = 1, wire, speed = 1 } = options;
  const stage = {
    velocityMmPerS: STAGE.velocityMmPerS * speed,
    accelerationMmPerS2: STAGE.accelerationMmPerS2 * speed ** 2,
    settleMs: STAGE.settleMs / speed,
  };
  const controller = simulatedEsp301({ clock, seed, stages: [stage, stage] });
  const view: SampleView = {
    sample: createSample(),
    positionMm: () => [controller.stagePosition(1), controller.stagePosition(2)],
  };
  const diode = () => DIODE.darkV + DIODE.fullV * view.sample.transmittedPower(...view.positionMm());
  const meter = simulatedKeithley2000({ clock, seed, input: diode, inputNoiseV: DIODE.noiseV });

  const { stagePort, meterPort, unplugStage, close } = await (wire === 'real'
    ? onRealWires(controller, meter)
    : inMemory(controller, meter, clock));
  return {
    stagePort,
    meterPort,
    spectrometer: simulatedSpectrometer(view)({ seed, ...options.spectrometer }),
    camera: simulatedCamera(view)({ seed, ...options.camera }),
    view,
    unplugStage,
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Wiring = Pick<OpticsBench, 'stagePort' | 'meterPort' | 'unplugStage' | 'close'>;

async function onRealWires(controller: SimulatedInstrument, meter: SimulatedInstrument): Promise<Wiring> {
  const onPty = await servePty(controller);
  try {
    const onTcp = await serveTcp(meter);
    return {
      stagePort: onPty.address,
      meterPort: onTcp.address,
      unplugStage: () => onPty.unplug(),
      close: async () => {
        await Promise.all([onPty.close(), onTcp.close()]);
      },
    };
  } catch (error) {
    await onPty.close();
    throw error;
  }
}

async function inMemory(controller: SimulatedInstrument, meter: SimulatedInstrument, clock: Clock): Promise<Wiring> {
  const stagePort = memoryPort('stage', controller, clock);
  const meterPort = memoryPort('meter', meter, clock);
  return {
    stagePort,
    meterPort,
    unplugStage: async () => stagePort.unplug(),
    close: async () => {
      stagePort.unplug();
      meterPort.unplug();
    },
  };
}
