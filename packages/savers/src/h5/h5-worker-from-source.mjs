// Starts h5-worker.ts when we run from source: a thread does not take over the loader that its parent runs TypeScript
// with. h5wasm comes first, since that loader would spend seconds on its 4 MB.
import { register, tsImport } from 'tsx/esm/api';

const { catchModule } = await tsImport('./hdf5-functions.ts', import.meta.url);
globalThis.caughtFromSource = catchModule(() => import('h5wasm/node'));
await globalThis.caughtFromSource;
register();
await import('./h5-worker.ts');
