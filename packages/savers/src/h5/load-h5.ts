import { installDeflate } from './deflate-filter.ts';
import { adoptModule, type H5Module, useDeflate } from './h5-module.ts';
import { type CaughtModule, catchModule } from './hdf5-functions.ts';

const STDERR = 2;
let loaded: Promise<H5Module> | undefined;

/** Loads h5wasm's build for Node once per thread. Takes about 200 ms. */
export function loadH5(): Promise<H5Module> {
  loaded ??= (caughtFromSource ?? catchModule(() => import('h5wasm/node'))).then((caught) => {
    const h5 = adoptModule(caught, ({ nfd }) => nfd === STDERR);
    useDeflate(installDeflate(h5, caught.exports.__indirect_function_table));
    return h5;
  });
  return loaded;
}

/** See h5-worker-from-source.mjs. */
const { caughtFromSource } = globalThis as { caughtFromSource?: Promise<CaughtModule> };
