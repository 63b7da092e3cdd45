import {
  type ActuatorDriver,
  DaqtorError,
  type DataWithAxes,
  type DetectorDriver,
  type DriverPlugin,
  isDriverPlugin,
  realClock,
  SharedResources,
} from '@daqtor/core';
import { FrameWindow } from './frame-window.ts';
import {
  HOSTED_METHODS,
  type HostedEstimates,
  type HostedFacts,
  type HostedMethod,
  type HostReply,
  type HostRequest,
} from './messages.ts';
import { moveTableOf } from './move-table.ts';
import { sentError } from './sent-error.ts';

type AnyDriver = Partial<ActuatorDriver & DetectorDriver>;
type Call = (args: readonly unknown[], signal: AbortSignal, id: number) => Promise<unknown>;

export interface ServedDrivers {
  handle(request: HostRequest): void;
  /** Lets go of all drivers. Never rejects. */
  close(): Promise<void>;
}

/** Runs drivers for another process: each message is a call, each answer a message. */
export function serveDrivers(modules: readonly string[], send: (reply: HostReply) => void): ServedDrivers {
  const shared = new SharedResources();
  const drivers = new Map<number, AnyDriver>();
  const calls = new Map<number, AbortController>();
  const windows = new Map<number, FrameWindow<unknown>>();

  const connect = async (request: Extract<HostRequest, { type: 'connect' }>, signal: AbortSignal) => {
    const { driver: number, kind, settings, name, trace } = request;
    const spec = (await pluginOf(kind, modules))(settings as never);
    const driver: AnyDriver = await spec.connect({
      name,
      clock: realClock,
      signal,
      share: shared.share.bind(shared),
      trace: trace ? (line) => send({ type: 'trace', driver: number, line }) : undefined,
    });
    drivers.set(number, driver);
    return factsOf(driver);
  };
  const call = async ({ driver, method, args, id }: Extract<HostRequest, { type: 'call' }>, signal: AbortSignal) => {
    const one = drivers.get(driver);
    if (!one) return undefined; // closed already, which is harmless
    const run = callsOf(one, () => windowOf(id))[method];
    if (method === 'close') drivers.delete(driver);
    return await run?.(args, signal, id);
  };
  const windowOf = (id: number) => {
    const window = new FrameWindow<unknown>({
      send: (data) => send({ type: 'frame', id, data }),
      tellLost: (count) => send({ type: 'loss', id, count }),
      bytesOf,
    });
    windows.set(id, window);
    return window;
  };
  return {
    handle(request) {
      if (request.type === 'abort') return calls.get(request.id)?.abort(new Error('aborted'));
      if (request.type === 'taken') return windows.get(request.id)?.taken(request.what);
      const { id } = request;
      const abort = new AbortController();
      calls.set(id, abort);
      const work = request.type === 'connect' ? connect(request, abort.signal) : call(request, abort.signal);
      void work
        .then(
          (value) => send({ type: 'answer', id, value }),
          (error: unknown) => send({ type: 'failure', id, error: sentError(error) }),
        )
        .finally(() => {
          calls.delete(id);
          windows.delete(id);
        });
    },
    async close() {
      for (const abort of calls.values()) abort.abort(new Error('the program is gone'));
      const left = [...drivers.values()];
      drivers.clear();
      await Promise.allSettled(left.map(async (driver) => await driver.close?.()));
    },
  };
}

/** Calls of a driver by their names between processes. */
function callsOf(driver: AnyDriver, open: () => FrameWindow<unknown>): Partial<Record<HostedMethod, Call>> {
  const { adjust } = driver;
  return {
    readPosition: (_, signal) => Promise.resolve(driver.readPosition?.(signal)),
    startMove: ([target], signal) => Promise.resolve(driver.startMove?.(target as number, signal)),
    isMoving: (_, signal) => Promise.resolve(driver.isMoving?.(signal)),
    whenAtRest: (_, signal) => Promise.resolve(driver.whenAtRest?.(signal)),
    stop: (_, signal) => Promise.resolve(driver.stop?.(signal)),
    startHome: (_, signal) => Promise.resolve(driver.startHome?.(signal)),
    grab: (_, signal) => Promise.resolve(driver.grab?.(signal)),
    grabMean: ([count], signal) => Promise.resolve(driver.grabMean?.(count as number, signal)),
    live: (_, signal) => {
      const window = open();
      const deliver = (data: unknown) => window.put(data);
      return Promise.resolve(driver.live?.(deliver, signal, (count) => window.lose(count)));
    },
    close: () => Promise.resolve(driver.close?.()),
    applySettings: ([wanted, changed], signal) =>
      Promise.resolve(adjust?.apply(wanted as never, new Set(changed as string[]), signal)),
    readSettings: (_, signal) => Promise.resolve(adjust?.read?.(signal)),
    estimates: () => Promise.resolve(estimatesOf(driver)),
  };
}

function factsOf(driver: AnyDriver): HostedFacts {
  const { identity, units, limits, adjust } = driver;
  const has = (method: HostedMethod) => {
    if (method === 'applySettings') return adjust !== undefined;
    if (method === 'readSettings') return adjust?.read !== undefined;
    if (method === 'estimates') return driver.moveMs !== undefined || driver.grabMs !== undefined;
    return typeof driver[method] === 'function';
  };
  return {
    identity,
    units,
    limits,
    methods: HOSTED_METHODS.filter(has),
    adjusts: adjust?.names,
    estimates: estimatesOf(driver),
  };
}

function estimatesOf(driver: AnyDriver): HostedEstimates {
  const grabMs = driver.grabMs?.();
  const moves = driver.moveMs && moveTableOf(driver.moveMs.bind(driver));
  return { ...(grabMs !== undefined && { grabMs }), ...(moves && { moves }) };
}

/** What the arrays of a frame weigh. */
function bytesOf(frame: unknown): number {
  if (!Array.isArray(frame)) return 0;
  const arrays = (frame as readonly Partial<DataWithAxes>[]).flatMap(({ data = [], errors = [] }) => [
    ...data,
    ...errors,
  ]);
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** @throws DaqtorError `lab.settings` if no module has such a plugin */
async function pluginOf(kind: string, modules: readonly string[]): Promise<DriverPlugin> {
  for (const module of modules) {
    const exported = (await import(module)) as Readonly<Record<string, unknown>>;
    const found = Object.values(exported).find((one) => isDriverPlugin(one) && one.kind === kind);
    if (found) return found as DriverPlugin;
  }
  throw new DaqtorError('lab.settings', {
    problem: `there is no driver '${kind}' in ${modules.join(', ') || 'no module'}`,
    advice: "Name the module that exports it among 'driverModules'",
  });
}
