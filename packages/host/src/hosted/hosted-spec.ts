import { createRequire } from 'node:module';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type ActuatorDriver,
  type ActuatorSpec,
  type ConnectContext,
  DaqtorError,
  type DetectorDriver,
  type DetectorSpec,
} from '@daqtor/core';
import { DriverHost } from './driver-host.ts';
import type { DriverProcess, FrameTaker } from './driver-process.ts';
import type { HostedEstimates, HostedFacts, HostedMethod } from './messages.ts';
import { type MoveTable, msIn } from './move-table.ts';
import { receivedData } from './received-data.ts';

type AnySettings = Readonly<Record<string, unknown>>;

export interface HostedOptions {
  /**
   * Modules that export the drivers: names of packages, paths, or URLs; relative to the current folder. The other process
   * imports them.
   */
  readonly driverModules: readonly string[];
  /** How long a driver may take to end what was aborted, before its process is killed; default 2000. */
  readonly graceMs?: number;
}

/**
 * The same instrument, whose driver runs in a process of its own: what blocks there holds up nobody here. Instruments
 * with one port share a process, as they share the port.
 *
 * The driver has the real time. Frames of one that is live are lost, and told to be, when the program does not take them in
 * time. Its estimates are those of its settings: of moves a table by distance, within 1 %, or none if they depend on more.
 */
export function hostedSpec<Spec extends ActuatorSpec | DetectorSpec>(spec: Spec, options: HostedOptions): Spec {
  const modules = options.driverModules.map(urlOf);
  const connect = async (context: ConnectContext, settings: AnySettings = spec.settings) => {
    refusePorts(settings);
    const key = `process of ${typeof settings.port === 'string' ? settings.port : context.name}`;
    const { clock, signal, name, trace } = context;
    const open = async () => new DriverHost({ modules, clock, graceMs: options.graceMs ?? 2000 });
    const { value: host, release } = await context.share(key, open);
    try {
      const process = await host.process();
      const driver = process.next(trace);
      const { kind } = spec;
      const request = { type: 'connect', driver, kind, settings, name, trace: trace !== undefined } as const;
      const facts = (await process.ask(request, signal)) as HostedFacts;
      return spec.role === 'actuator'
        ? hostedActuator(process, driver, facts, release)
        : hostedDetector(process, driver, facts, release);
    } catch (error) {
      await release();
      throw error;
    }
  };
  return { ...spec, connect } as Spec;
}

type Release = () => Promise<void>;

function hostedActuator(process: DriverProcess, driver: number, facts: HostedFacts, release: Release): ActuatorDriver {
  const ask = caller(process, driver);
  const estimates = { ...facts.estimates };
  const has = (method: HostedMethod) => facts.methods.includes(method);
  return {
    units: facts.units ?? '',
    limits: facts.limits,
    identity: facts.identity,
    readPosition: (signal) => ask('readPosition', [], signal) as Promise<number>,
    startMove: (target, signal) => ask('startMove', [target], signal) as Promise<void>,
    isMoving: (signal) => ask('isMoving', [], signal) as Promise<boolean>,
    stop: (signal) => ask('stop', [], signal) as Promise<void>,
    ...(has('whenAtRest') && { whenAtRest: (signal) => ask('whenAtRest', [], signal) as Promise<void> }),
    ...(has('startHome') && { startHome: (signal) => ask('startHome', [], signal) as Promise<void> }),
    ...(estimates.moves && { moveMs: (from, to) => msIn(estimates.moves as MoveTable, Math.abs(to - from)) }),
    ...adjustOf(facts, ask, estimates),
    close: closer(process, driver, release),
  };
}

function hostedDetector(process: DriverProcess, driver: number, facts: HostedFacts, release: Release): DetectorDriver {
  const ask = caller(process, driver);
  const estimates = { ...facts.estimates };
  const has = (method: HostedMethod) => facts.methods.includes(method);
  return {
    identity: facts.identity,
    grab: async (signal) => receivedData(await ask('grab', [], signal)),
    ...(has('grabMean') && {
      grabMean: async (count, signal) => receivedData(await ask('grabMean', [count], signal)),
    }),
    ...(has('live') && {
      live: async (deliver, signal, lost) => {
        await ask('live', [], signal, {
          frame: (data) => signal.aborted || deliver(receivedData(data)),
          lost: (count) => signal.aborted || lost(count),
        });
      },
    }),
    ...(estimates.grabMs !== undefined && { grabMs: () => estimates.grabMs as number }),
    ...adjustOf(facts, ask, estimates),
    close: closer(process, driver, release),
  };
}

type Ask = ReturnType<typeof caller>;

const caller =
  (process: DriverProcess, driver: number) =>
  (method: HostedMethod, args: readonly unknown[], signal: AbortSignal, stream?: FrameTaker) =>
    process.ask({ type: 'call', driver, method, args }, signal, stream);

/** @param estimates - brought up to date with each change */
function adjustOf(
  { adjusts, methods }: HostedFacts,
  ask: Ask,
  estimates: HostedEstimates,
): Pick<DetectorDriver, 'adjust'> {
  if (!adjusts) return {};
  const estimate = async (signal: AbortSignal) => {
    if (methods.includes('estimates')) Object.assign(estimates, await ask('estimates', [], signal));
  };
  return {
    adjust: {
      names: adjusts,
      apply: async (wanted, changed, signal) => {
        await ask('applySettings', [wanted, [...changed]], signal);
        await estimate(signal);
      },
      ...(methods.includes('readSettings') && {
        read: async (signal: AbortSignal) => {
          const held = (await ask('readSettings', [], signal)) as AnySettings;
          await estimate(signal);
          return held;
        },
      }),
    },
  };
}

function closer(process: DriverProcess, driver: number, release: Release): () => Promise<void> {
  let closed: Promise<void> | undefined;
  const close = async () => {
    await process.askBriefly({ type: 'call', driver, method: 'close', args: [] });
    await release();
  };
  return () => {
    closed ??= close();
    return closed;
  };
}

/** @throws DaqtorError `lab.settings` for what cannot be given to another process */
function refusePorts(settings: AnySettings): void {
  const strange = Object.keys(settings).filter((name) => {
    try {
      structuredClone(settings[name]);
      return false;
    } catch {
      return true;
    }
  });
  if (strange.length === 0) return;
  throw new DaqtorError('lab.settings', {
    problem: `a driver in a process of its own cannot be given ${strange.map((name) => `'${name}'`).join(', ')}, which is no plain data`,
    advice: 'Give an address for a port',
  });
}

/** Where a module is, as a URL that another process can import. */
function urlOf(module: string): string {
  if (/^(file|node|data):/.test(module)) return module;
  if (isAbsolute(module) || module.startsWith('.')) return pathToFileURL(resolve(module)).href;
  try {
    return pathToFileURL(createRequire(join(resolve('.'), 'package.json')).resolve(module)).href;
  } catch (cause) {
    throw new DaqtorError('lab.settings', {
      problem: `the module '${module}' of drivers is not found from ${resolve('.')}`,
      advice: 'Give its path, or a URL (import.meta.resolve)',
      cause,
    });
  }
}
