import type { Esp301Axis } from './esp301-axis.ts';
import type { Esp301Controller } from './esp301-controller.ts';
import { type Esp301AxisError, Esp301Refusal } from './esp301-errors.ts';

const VERSION = 'ESP301 Version 3.0.1 06/01/13';
/** Highest code of the displacement units, see the manual's SN command. */
const LAST_UNIT = 11;

/** What a command does beyond changing the controller. */
interface Outcome {
  /** Sent to the host. */
  readonly answer?: string | undefined;
  /** Nothing else is executed for this host for that long. */
  readonly waitMs?: number;
}

/** A command as it stands on the line: axis, letters, parameter. */
interface Call {
  readonly controller: Esp301Controller;
  readonly axisNumber: number | undefined;
  readonly parameter: string;
}

type Command = (call: Call) => Outcome;

/**
 * Executes one command, e.g. `1PA0.5` or `2TP?`, without spaces.
 *
 * @throws Esp301Refusal if the controller would put an error into its queue
 */
export function runEsp301Command(controller: Esp301Controller, text: string): Outcome {
  const [, axis = '', name = '', parameter = ''] = /^(\d*)([A-Za-z]{2})(.*)$/.exec(text) ?? [];
  const command = COMMANDS[name.toUpperCase()];
  if (!command) throw Esp301Refusal.of('commandUnknown');
  const axisNumber = axis === '' ? undefined : Number(axis);
  return command({ controller, axisNumber, parameter });
}

const COMMANDS: Readonly<Record<string, Command>> = {
  // Who is there
  VE: () => ({ answer: VERSION }),
  ID: asking((axis) => `${axis.options.model}, ${axis.options.serialNumber}`),

  // Motor power
  MO: doing(
    (axis) => axis.enable(),
    (axis) => flag(axis.motorOn),
  ),
  MF: doing(
    (axis) => axis.disable(),
    (axis) => flag(axis.motorOn),
  ),

  // Motion
  PA: setting(
    (axis, value) => axis.moveTo(value),
    (axis) => length(axis, axis.target),
  ),
  PR: setting(
    (axis, value) => axis.moveTo(axis.target + value),
    (axis) => length(axis, axis.target),
  ),
  OR: (call) => {
    const mode = call.parameter === '' ? 0 : numberOf(call);
    const axis = axisOf(call);
    if (!Number.isInteger(mode) || mode < 0 || mode > 6) throw refusal(axis, 'parameterOutOfRange');
    axis.home();
    return {};
  },
  DH: (call) => {
    const axis = axisOf(call);
    axis.defineHome(call.parameter === '' ? 0 : numberOf(call));
    return {};
  },
  ST: (call) => {
    for (const axis of axesOf(call)) axis.stop();
    return {};
  },
  AB: ({ controller }) => {
    for (const axis of controller.axes) axis.emergencyStop();
    return {};
  },

  // Waiting
  WS: (call) => {
    const toDone = Math.max(...axesOf(call).map((axis) => axis.msToDone));
    return { waitMs: toDone + (call.parameter === '' ? 0 : numberOf(call)) };
  },
  WT: (call) => ({ waitMs: numberOf(call) }),

  // Where it is
  TP: asking((axis) => length(axis, axis.position)),
  DP: asking((axis) => length(axis, axis.target)),
  TV: asking((axis) => length(axis, axis.actualVelocity)),
  MD: asking((axis) => flag(!axis.moving)),
  TS: ({ controller: { axes } }) => {
    const moving = axes.reduce((bits, axis, i) => bits | (axis.moving ? 1 << i : 0), 0);
    return { answer: statusCharacter(moving | (axes.some((axis) => axis.motorOn) ? 0x10 : 0)) };
  },
  TX: ({ controller: { axes } }) => ({ answer: statusCharacter(axes.some((axis) => axis.moving) ? 0x10 : 0) }),

  // Trajectory
  VA: setting(
    (axis, value) => {
      axis.velocity = inRange(axis, value, axis.options.velocityMmPerS, 'maximumVelocity');
    },
    (axis) => length(axis, axis.velocity),
  ),
  AC: setting(
    (axis, value) => {
      axis.acceleration = inRange(axis, value, axis.options.accelerationMmPerS2, 'maximumAcceleration');
      axis.deceleration = axis.acceleration;
    },
    (axis) => length(axis, axis.acceleration),
  ),
  AG: setting(
    (axis, value) => {
      axis.deceleration = inRange(axis, value, axis.options.accelerationMmPerS2, 'maximumAcceleration');
    },
    (axis) => length(axis, axis.deceleration),
  ),
  VU: asking((axis) => length(axis, axis.options.velocityMmPerS)),
  AU: asking((axis) => length(axis, axis.options.accelerationMmPerS2)),

  // Limits and units
  SL: setting(
    (axis, value) => {
      if (value >= axis.rightLimit) throw refusal(axis, 'parameterOutOfRange');
      axis.leftLimit = value;
    },
    (axis) => length(axis, axis.leftLimit),
  ),
  SR: setting(
    (axis, value) => {
      if (value <= axis.leftLimit) throw refusal(axis, 'parameterOutOfRange');
      axis.rightLimit = value;
    },
    (axis) => length(axis, axis.rightLimit),
  ),
  SN: setting(
    (axis, value) => {
      if (!Number.isInteger(value) || value < 0 || value > LAST_UNIT) throw refusal(axis, 'parameterOutOfRange');
      axis.units = value;
    },
    (axis) => String(axis.units),
  ),
  // Nothing outlives the process, so there is nothing to save.
  SM: () => ({}),

  // Errors
  TE: ({ controller }) => ({ answer: String(controller.takeError().code) }),
  TB: ({ controller }) => {
    const { code, cycle, text } = controller.takeError();
    return { answer: `${code}, ${cycle}, ${text}` };
  },
};

/** A command that answers, with or without a question mark. */
function asking(answer: (axis: Esp301Axis) => string): Command {
  return (call) => ({ answer: answer(axisOf(call)) });
}

/** A command without a parameter, and its query. */
function doing(act: (axis: Esp301Axis) => void, answer: (axis: Esp301Axis) => string): Command {
  return (call) => {
    const axis = axisOf(call);
    if (call.parameter === '?') return { answer: answer(axis) };
    act(axis);
    return {};
  };
}

/** A command with a number, and its query. */
function setting(set: (axis: Esp301Axis, value: number) => void, answer: (axis: Esp301Axis) => string): Command {
  return (call) => {
    const axis = axisOf(call);
    if (call.parameter === '?') return { answer: answer(axis) };
    set(axis, numberOf(call));
    return {};
  };
}

function axisOf({ controller, axisNumber }: Call): Esp301Axis {
  if (axisNumber === undefined) throw Esp301Refusal.of('axisMissing');
  return controller.axis(axisNumber);
}

/** The axis that was named, or all. */
function axesOf(call: Call): readonly Esp301Axis[] {
  return call.axisNumber === undefined ? call.controller.axes : [axisOf(call)];
}

function numberOf({ parameter }: Call): number {
  if (parameter === '') throw Esp301Refusal.of('parameterMissing');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$/i.test(parameter)) throw Esp301Refusal.of('parameterOutOfRange');
  return Number(parameter);
}

function inRange(axis: Esp301Axis, value: number, maximum: number, tooLarge: Esp301AxisError): number {
  if (value <= 0) throw refusal(axis, 'parameterOutOfRange');
  if (value > maximum) throw refusal(axis, tooLarge);
  return value;
}

function refusal(axis: Esp301Axis, error: Esp301AxisError): Esp301Refusal {
  return Esp301Refusal.ofAxis(axis.number, error);
}

/** A length or velocity with as many decimals as the encoder resolves. */
function length(axis: Esp301Axis, value: number): string {
  const decimals = Math.max(0, Math.ceil(-Math.log10(axis.options.resolutionMm)));
  // Adding 0 turns a rounded -0 into 0.
  return (Number(value.toFixed(decimals)) + 0).toFixed(decimals);
}

function flag(value: boolean): string {
  return value ? '1' : '0';
}

/** A status byte as a character; its reserved bit 6 is always set. */
function statusCharacter(bits: number): string {
  return String.fromCharCode(0x40 | bits);
}
