import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Whether this process still has a file open. */
export function isOpen(file: string): boolean {
  const here = '/proc/self/fd';
  if (!existsSync(here)) return false; // only Linux tells
  return readdirSync(here).some((fd) => {
    try {
      return readlinkSync(join(here, fd)) === file;
    } catch {
      // It was closed since it was listed.
      return false;
    }
  });
}
