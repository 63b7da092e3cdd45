// Starts h5-worker.ts when we run from source: a thread does not take over the loader that its parent runs TypeScript
// with. h5wasm comes first, since that loader would spend seconds on its 4 MB; what load-h5.ts catches as it is made is
// therefore caught here.
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...given) => {
  const result = await instantiate(...given);
  globalThis.h5wasmFunctions ??= (result.instance ?? result).exports.__indirect_function_table;
  return result;
};
const { ready } = await import('h5wasm/node');
await ready;
WebAssembly.instantiate = instantiate;

const { register } = await import('tsx/esm/api');
register();
await import('./h5-worker.ts');
