export { acmeMeter } from './acme-meter.ts';
