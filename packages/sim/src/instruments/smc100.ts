import type { Clock } from '@daqtor/core';
import { lineInstrument } from './line-instrument.ts';
import type { SimulatedInstrument } from './simulated-instrument.ts';
import { ERRORS, Smc100Axis, Smc100Refusal, type Smc100Stage } from './smc100-axis.ts';

export interface Smc100Options {
  readonly clock: Clock;
  /** One entry per controller of the chain, addresses from 1; default one. */
  readonly stages?: readonly Smc100Stage[];
  /** Answer to VE, without its address. */
  readonly version?: string;
}

export interface SimulatedSmc100 extends SimulatedInstrument {
  /** Blocks the stage of the controller at an address, which ends its motion with a following error. */
  block(address: number): void;
}

/**
 * Newport SMC100CC controllers on one chain, or a CONEX-CC.
 *
 * Source: SMC100CC & SMC100PP user's manual, EDH0206En, 6.3 (syntax); public lists of states, error letters and bits of TS.
 * From memory: PA while it moves is refused with M, OR once it is referenced with K. It comes up not referenced, somewhere
 * in its travel; a stop while it searches its reference leaves it so.
 */
export function simulatedSmc100({ clock, stages = [{}], version = 'SMC_CC_3.0.2' }: Smc100Options): SimulatedSmc100 {
  const axes = stages.map((stage) => new Smc100Axis(clock, stage));
  const instrument = lineInstrument({
    title: `Newport SMC100, ${axes.length} on the chain`,
    terminator: '\n',
    answerEnd: '\r\n',
    execute(line) {
      const [, address = '', name = '', parameter = ''] =
        /^(\d*)([A-Z]{2})(.*)$/.exec(line.replace(/\s/g, '').toUpperCase()) ?? [];
      // What is not addressed to one of these is none of their business.
      const axis = axes[Number(address) - 1];
      if (!axis) return undefined;
      try {
        const answer = execute(axis, name, parameter, version);
        return answer === undefined ? undefined : `${address}${name}${answer}`;
      } catch (error) {
        if (!(error instanceof Smc100Refusal)) throw error;
        axis.refuse(error.letter);
        return undefined;
      }
    },
  });
  return Object.assign(instrument, { block: (address: number) => axes[address - 1]?.block() });
}

/** What a command answers after its address and name; undefined for silence. */
function execute(axis: Smc100Axis, name: string, parameter: string, version: string): string | undefined {
  const asked = parameter === '?';
  switch (name) {
    case 'VE':
      return ` ${version}`;
    case 'TP':
      return String(axis.position);
    case 'TS':
      return hex(axis.takePositionerError(), 4) + hex(axis.state, 2);
    case 'TE':
      return axis.takeError() ?? '@';
    case 'TB': {
      const letter = axis.takeError();
      return letter ? ` ${letter} ${ERRORS[letter]}` : ' @ No error';
    }
    case 'SL':
      if (asked) return String(axis.lowerLimit);
      axis.lowerLimit = numberOf(parameter);
      return undefined;
    case 'SR':
      if (asked) return String(axis.upperLimit);
      axis.upperLimit = numberOf(parameter);
      return undefined;
    case 'VA':
      if (asked) return String(axis.velocity);
      axis.velocity = numberOf(parameter);
      return undefined;
    case 'AC':
      if (!asked) throw new Smc100Refusal('C');
      return String(axis.acceleration);
    case 'PA':
      axis.moveTo(numberOf(parameter));
      return undefined;
    case 'PR':
      axis.moveTo(axis.position + numberOf(parameter));
      return undefined;
    case 'OR':
      axis.home();
      return undefined;
    case 'ST':
      axis.stop();
      return undefined;
    case 'MM':
      if (parameter !== '0' && parameter !== '1') throw new Smc100Refusal('C');
      axis.enable(parameter === '1');
      return undefined;
    default:
      throw new Smc100Refusal('A');
  }
}

function numberOf(parameter: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?$/i.test(parameter)) throw new Smc100Refusal('C');
  return Number(parameter);
}

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
