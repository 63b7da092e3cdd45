import { type Clock, DaqtorError } from '@daqtor/core';
import type { Esp301StageOptions } from './esp301-axis.ts';
import { runEsp301Command } from './esp301-commands.ts';
import { Esp301Controller } from './esp301-controller.ts';
import { Esp301Refusal } from './esp301-errors.ts';
import { LineSplitter, textBytes } from './line-splitter.ts';
import type { SimulatedInstrument, SimulatedSession } from './simulated-instrument.ts';

export interface Esp301Options {
  readonly clock: Clock;
  /** One entry per axis, 1 to 3; default two alike. */
  readonly stages?: readonly Esp301StageOptions[];
  /** Seed of the stages' rest errors. */
  readonly seed?: number;
}

export interface SimulatedEsp301 extends SimulatedInstrument {
  /**
   * Where a stage really is, whatever the controller says, in mm from the middle of its travel.
   *
   * @param axis - number of the axis, from 1
   */
  stagePosition(axis: number): number;
}

/**
 * A Newport ESP301 motion controller with linear stages.
 *
 * Source: pages of Newport's ESP300 user's manual (syntax, ID, TS, TX), a digest of the ESP302's commands and public lists of
 * error texts. From memory: SN as a label only, time stamps of 400 µs, AB cutting the motors. A command is `xxAAnn`:
 * axis, two letters, parameter; spaces do not count, case does not matter, `;` separates commands, CR ends the line. Only
 * queries answer, ending CR LF. Errors go into a queue that TE? and TB? empty.
 *
 * @throws DaqtorError `lab.settings` if there are not 1 to 3 stages
 */
export function simulatedEsp301({ clock, stages = [{}, {}], seed = 1 }: Esp301Options): SimulatedEsp301 {
  if (stages.length < 1 || stages.length > 3) {
    throw new DaqtorError('lab.settings', {
      problem: `an ESP301 has 1 to 3 axes, not ${stages.length}`,
      advice: 'Give one entry in stages per axis',
    });
  }
  const controller = new Esp301Controller(clock, stages, seed);
  return {
    title: `Newport ESP301, ${stages.length} ${stages.length === 1 ? 'axis' : 'axes'}`,
    stagePosition: (axis) => controller.axis(axis).stagePosition,
    connect: (transmit) => connectHost(controller, transmit),
  };
}

/** Reads lines and runs their commands one after the other; a wait command (WS, WT) holds up all that follow. */
function connectHost(controller: Esp301Controller, transmit: (bytes: Uint8Array) => void): SimulatedSession {
  const { clock } = controller;
  const lines = new LineSplitter('\r');
  const waiting: string[] = [];
  let heldUntilMs = 0;
  let connected = true;

  const run = () => {
    for (;;) {
      const leftMs = heldUntilMs - clock.now();
      // Comes back here, since a real timer may fire a fraction of a millisecond early.
      if (leftMs > 0) return void clock.setTimeout(run, leftMs);
      const command = waiting.shift();
      if (command === undefined) return;
      try {
        const { answer, waitMs = 0 } = runEsp301Command(controller, command);
        if (answer !== undefined && connected) transmit(textBytes(`${answer}\r\n`));
        heldUntilMs = clock.now() + waitMs;
      } catch (error) {
        if (!(error instanceof Esp301Refusal)) throw error;
        controller.report(error);
      }
    }
  };

  return {
    receive(bytes) {
      for (const line of lines.push(bytes)) {
        const commands = line.replace(/\s/g, '').split(';');
        waiting.push(...commands.filter((command) => command !== ''));
      }
      run();
    },
    disconnect() {
      connected = false;
    },
  };
}
