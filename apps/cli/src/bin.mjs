#!/usr/bin/env node
// The packages are TypeScript, which Node does not read by itself.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
