import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The room on the disk of a path, in bytes; of the nearest folder above it that exists.
 *
 * @returns undefined where the system does not tell; never rejects
 */
export async function freeBytes(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    const above = dirname(path);
    return above === path ? undefined : await freeBytes(above);
  }
}
