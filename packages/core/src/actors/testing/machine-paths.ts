import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { type AdjacencyValue, getAdjacencyMap, getShortestPaths } from 'xstate/graph';

/** An event of a machine, with the identity of its command. */
export interface PathEvent {
  readonly type: string;
  readonly id?: number;
  readonly error?: { readonly code: string };
}

/** One transition of a machine, and how to get there. */
export interface Transition {
  readonly from: string;
  readonly event: PathEvent;
  readonly to: string;
  /** From the machine's first state to `from`: each event, and the state that it leads to. */
  readonly way: readonly { readonly event: PathEvent; readonly to: string }[];
}

/**
 * Every transition of a module's machine, with a shortest way to it.
 *
 * @param eventsIn - the events that can happen in a state, given the identity of the command under way
 */
export function transitionsOf(
  machine: AnyStateMachine,
  eventsIn: (state: string, id: number) => readonly PathEvent[],
): readonly Transition[] {
  const options = {
    input: { begin: () => {} },
    events: (state: AnyMachineSnapshot) => {
      const possible = eventsIn(String(state.value), (state.context as { id: number }).id);
      return possible.filter((event) => state.can(event));
    },
    serializeState: ({ value }: AnyMachineSnapshot) => String(value),
    serializeEvent: ({ type, error }: PathEvent) => `${type} ${error?.code ?? ''}`,
  };
  const ways = new Map(
    getShortestPaths(machine, options as never).map(({ state, steps }) => [
      String((state as AnyMachineSnapshot).value),
      steps
        .filter(({ event }) => event.type !== 'xstate.init')
        .map((step) => ({ event: step.event as PathEvent, to: String((step.state as AnyMachineSnapshot).value) })),
    ]),
  );
  const map = getAdjacencyMap(machine, options as never) as Readonly<
    Record<string, AdjacencyValue<AnyMachineSnapshot, PathEvent>>
  >;
  return Object.entries(map).flatMap(([from, { transitions }]) =>
    Object.values(transitions).map(({ event, state }) => ({
      from,
      event,
      to: String(state.value),
      way: ways.get(from) ?? [],
    })),
  );
}

/** For people: `moving --failed instrument.gone--> faulted`. */
export function nameOf({ from, event, to }: Transition): string {
  return `${from} --${event.type}${event.error ? ` ${event.error.code}` : ''}--> ${to}`;
}
