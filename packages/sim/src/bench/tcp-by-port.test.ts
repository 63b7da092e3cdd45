import { once } from 'node:events';
import { connect } from 'node:net';
import { VirtualClock } from '@daqtor/core';
import { expect, it, vi } from 'vitest';
import { pullByTime } from '../faults/fault-schedule.ts';
import { echoInstrument } from '../testing/echo-instrument.ts';
import { serveTcpByPort } from './tcp-by-port.ts';

const SCHEDULE = [
  { fromMs: 1000, faults: { latencyMs: 10 } },
  { fromMs: 2000, faults: { pulled: true } },
  { fromMs: 3000, faults: {} },
];

it('is pulled and plugged in again by the time, at the address it had', async () => {
  const clock = new VirtualClock();
  const served = await serveTcpByPort(echoInstrument());
  const { hostname, port } = new URL(served.address);
  const failures: unknown[] = [];
  const end = pullByTime(served, SCHEDULE, clock, (error) => failures.push(error));
  const connected = async () => {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return socket;
  };
  const first = await clock.outside(connected());
  const echoed = once(first, 'data');
  first.write('x'); // Whom the server has not met yet cannot be cut off.
  await clock.outside(echoed);
  const cut = once(first, 'error');
  await clock.sleep(2500);
  await clock.outside(
    (async () => {
      expect((await cut)[0]).toMatchObject({ code: 'ECONNRESET' });
      await served.unplug(); // Ends with the one by the time.
      await expect(connected()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    })(),
  );
  await clock.sleep(1000);
  await clock.outside(vi.waitFor(async () => (await connected()).destroy()));
  end();
  await served.close();
  expect(failures).toEqual([]);
});
