// The process in which drivers run that must not hold up the program. It ends when the program does.
import { realClock } from '@daqtor/core';
import type { HostReply, HostRequest } from './messages.ts';
import { serveDrivers } from './serve-drivers.ts';

/** A driver that cannot be let go must not keep the process. */
const LONGEST_CLOSE_MS = 3000;
const modules = JSON.parse(process.argv[2] ?? '[]') as readonly string[];
const send = (reply: HostReply) => {
  if (process.connected) process.send?.(reply);
};
const drivers = serveDrivers(modules, send);
process.on('message', (request: HostRequest) => drivers.handle(request));
const longest = realClock.sleep.bind(realClock, LONGEST_CLOSE_MS);
process.once('disconnect', () => void Promise.race([drivers.close(), longest()]).finally(() => process.exit(0)));
// Ctrl-C reaches the whole group: the program decides, and stops its motors through this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
