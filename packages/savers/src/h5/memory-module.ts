import { adoptModule, type H5Module } from './h5-module.ts';
import { catchModule } from './hdf5-functions.ts';
import { type MemoryFs, noteWrites } from './undo-log.ts';

/** h5wasm on a file system in memory. */
export interface MemoryModule extends H5Module {
  readonly FS: MemoryFs;
}

const STDERR = 2;
let loaded: Promise<MemoryModule> | undefined;

/** Loads h5wasm's build for browsers once per thread; it runs in Node as well. Takes about 200 ms. */
export function loadMemoryModule(): Promise<MemoryModule> {
  loaded ??= catchModule(() => import('h5wasm')).then((caught) => {
    const h5 = adoptModule(caught, ({ fd }) => fd === STDERR) as MemoryModule;
    noteWrites(h5.FS);
    return h5;
  });
  return loaded;
}
