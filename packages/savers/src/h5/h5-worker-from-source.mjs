// Starts h5-worker.ts when we run from source: a thread does not take over the loader that its parent runs TypeScript
// with. h5wasm comes first, since that loader would spend seconds on its 4 MB.
import 'h5wasm/node';
import { register } from 'tsx/esm/api';

register();
await import('./h5-worker.ts');
