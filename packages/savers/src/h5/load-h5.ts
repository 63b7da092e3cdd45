import { installDeflate } from './deflate-filter.ts';
import { adoptModule, type H5Module, useDeflate } from './h5-module.ts';
import { type FunctionTable, type WasmInstance, webAssembly } from './web-assembly.ts';

const STDERR = 2;
let loaded: Promise<H5Module> | undefined;

/** Loads h5wasm's build for Node once per thread. Takes about 200 ms. */
export function loadH5(): Promise<H5Module> {
  loaded ??= instantiated().then(([module, functions]) => {
    const h5 = adoptModule(module, ({ nfd }) => nfd === STDERR);
    useDeflate(installDeflate(h5, functions));
    return h5;
  });
  return loaded;
}

/** h5wasm does not give its table of functions away: it is caught as it is made. */
async function instantiated(): Promise<[module: object, FunctionTable]> {
  const { instantiate } = webAssembly;
  let table = (globalThis as { h5wasmFunctions?: unknown }).h5wasmFunctions; // See h5-worker-from-source.mjs.
  webAssembly.instantiate = async (...given) => {
    const result = await instantiate(...given);
    const { exports }: WasmInstance = 'instance' in result ? result.instance : result;
    table ??= exports.__indirect_function_table; // Loaders make instances too, without one.
    return result;
  };
  try {
    const { ready } = await import('h5wasm/node');
    const module = await ready;
    if (!table) throw new Error('this h5wasm is made in another way: use the release that is pinned');
    return [module, table as FunctionTable];
  } finally {
    webAssembly.instantiate = instantiate;
  }
}
