import {
  type Clock,
  type ConnectContext,
  SharedResources,
  type TraceLine,
  type WireEvents,
  type WirePort,
} from '@daqtor/core';
import { toText } from '../transports/bytes.ts';

/** A port in memory whose other end the test plays by hand. */
export interface ScriptedPort extends WirePort {
  /** All that was sent, since the first opening. */
  readonly sent: string[];
  /** How often the port was opened. */
  readonly opened: number;
  readonly isOpen: boolean;
  /** Sends to the program, all at once. */
  say(text: string): void;
  unplug(): void;
  /** Called for each write; what it returns is sent back at once. */
  answer: (text: string) => string | undefined;
  /** Makes `send` wait for ever. */
  blocked: boolean;
  /** Makes `send` fail. */
  broken: boolean;
}

export function scriptedPort(answer: (text: string) => string | undefined = () => undefined): ScriptedPort {
  let events: WireEvents | undefined;
  const port = {
    address: 'memory:scripted',
    sent: [] as string[],
    opened: 0,
    isOpen: false,
    blocked: false,
    broken: false,
    answer,
    say: (text: string) => events?.received(Uint8Array.from(text, (char) => char.charCodeAt(0))),
    unplug: () => {
      const gone = events?.gone;
      events = undefined;
      port.isOpen = false;
      gone?.(new Error('unplugged'));
    },
    open: async (given: WireEvents, signal: AbortSignal) => {
      signal.throwIfAborted();
      events = given;
      port.opened++;
      port.isOpen = true;
      return {
        send: async (bytes: Uint8Array) => {
          if (events !== given) throw new Error('the wire is dead');
          if (port.broken) throw new Error('EIO');
          if (port.blocked) await new Promise(() => {});
          const text = toText(bytes);
          port.sent.push(text);
          const reply = port.answer(text);
          if (reply !== undefined) port.say(reply);
        },
        close: async () => {
          if (events !== given) return;
          events = undefined;
          port.isOpen = false;
        },
      };
    },
  };
  return port;
}

/** What the lab gives drivers. `held` are the shared things that somebody has not let go of. */
export function testContext(clock: Clock, signal: AbortSignal = new AbortController().signal) {
  const resources = new SharedResources();
  const held = new Set<object>();
  const lines: TraceLine[] = [];
  const context: ConnectContext = {
    name: 'test',
    clock,
    signal,
    trace: (line) => lines.push(line),
    async share(key, open) {
      const shared = await resources.share(key, open);
      held.add(shared);
      const release = async () => {
        held.delete(shared);
        await shared.release();
      };
      return { value: shared.value, release };
    },
  };
  return { context, lines, held };
}
