import { randomUUID } from 'node:crypto';
import type { ModuleRecord } from '@daqtor/core';
import { descriptorOf, type Entry, type EventModelDocument, eventOf, type Stream } from './event-model.ts';

export interface DocumentStreamOptions {
  /** Identity of the run. */
  readonly start: string;
  readonly name: Stream;
  readonly modules: readonly ModuleRecord[];
  /** When the settings of the modules were read, in milliseconds since 1970. */
  readonly configuredEpochMs: number;
}

/** One stream of a run's events: a descriptor, then its events, numbered from 1. */
export class DocumentStream {
  #options: DocumentStreamOptions;
  #descriptor: string | undefined;
  #keys = '';
  #events = 0;

  constructor(options: DocumentStreamOptions) {
    this.#options = options;
  }

  /** How many events it has. */
  get events(): number {
    return this.#events;
  }

  /** The settings of the modules are others: the next event gets a descriptor that says so. */
  configure(modules: readonly ModuleRecord[], configuredEpochMs: number): void {
    this.#options = { ...this.#options, modules, configuredEpochMs };
    this.#descriptor = undefined;
  }

  /** Whether an event with these values can follow those before under one descriptor. */
  fits(entries: readonly Entry[]): boolean {
    return this.#descriptor === undefined || keysOf(entries) === this.#keys;
  }

  /** The documents of the next event; the descriptor that it needs comes before it. */
  add(entries: readonly Entry[], atEpochMs: number): EventModelDocument[] {
    const documents: EventModelDocument[] = [];
    if (this.#descriptor === undefined || !this.fits(entries)) {
      this.#descriptor = randomUUID();
      this.#keys = keysOf(entries);
      documents.push(descriptorOf(entries, { ...this.#options, uid: this.#descriptor, atEpochMs }));
    }
    const facts = { uid: randomUUID(), descriptor: this.#descriptor, number: ++this.#events, atEpochMs };
    return [...documents, eventOf(entries, facts)];
  }
}

const keysOf = (entries: readonly Entry[]): string => JSON.stringify(entries.map(({ key, about }) => [key, about]));
