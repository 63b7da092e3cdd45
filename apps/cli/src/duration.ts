import { Misuse } from './misuse.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000 };

/**
 * A span of time as people write it, in milliseconds: `90` (seconds), `1.5min`, `1h30min`, `250ms`, `1:30`, `1:02:03.5`.
 *
 * @throws Misuse for any other text, and for no time at all
 */
export function parseDuration(text: string): number {
  const ms = /^\d+(:[0-5]\d){1,2}(\.\d+)?$/.test(text)
    ? 1000 * text.split(':').reduce((sum, part) => 60 * sum + Number(part), 0)
    : /^((\d+\.?\d*|\.\d+)(ms|min|s|m|h))+$/.test(text)
      ? [...text.matchAll(/([\d.]+)([a-z]+)/g)].reduce(
          (sum, [, number, unit = '']) => sum + Number(number) * (UNITS_MS[unit] ?? Number.NaN),
          0,
        )
      : 1000 * (/^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN);
  if (ms > 0) return ms;
  throw new Misuse(`'${text}' is no time to count down: write 90, 1.5min, 1h30min or 1:30`);
}

/** Minutes, seconds and their decimals, hours where there are any: `1:02.345`, `1:00:00.000`. */
export function formatDuration(ms: number, decimals: 1 | 3 = 3): string {
  const step = 10 ** (3 - decimals);
  const whole = Math.round(ms / step) * step;
  const [minutes, hours] = [Math.floor(whole / 60_000), Math.floor(whole / 3_600_000)];
  const seconds = ((whole % 60_000) / 1000).toFixed(decimals).padStart(3 + decimals, '0');
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes % 60).padStart(2, '0')}:${seconds}`;
}
