import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DaqtorError } from '@daqtor/core';

/** Who holds a lock. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Tells two processes with the same number apart; '' where the system does not say. */
  readonly started: string;
}

/**
 * Makes sure that one writer at a time has a file: h5wasm locks nothing. The lock is a file beside it; that of a process
 * which no longer runs is taken over.
 *
 * @param path - the file to be written
 * @returns gives the lock back; idempotent
 * @throws DaqtorError `save.failed` if somebody else writes the file
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  const me: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid) };
  for (;;) {
    try {
      make(lock, me);
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      removeIfStale(path, lock, me);
    }
  }
}

/** A lock says from its beginning whose it is: of a process that is killed in here, nobody could tell that it is dead. */
function make(lock: string, me: Owner): void {
  const half = `${lock}.${me.pid}.new`;
  try {
    writeFileSync(half, JSON.stringify(me));
    linkSync(half, lock);
  } catch (error) {
    if (!NO_LINKS.some((code) => hasCode(error, code))) throw error;
    makeThere(lock, me);
  } finally {
    rmSync(half, { force: true });
  }
}

/** For disks without links, such as memory sticks. */
function makeThere(lock: string, me: Owner): void {
  try {
    writeFileSync(lock, JSON.stringify(me), { flag: 'wx' });
  } catch (error) {
    // On a full disk it is there, but empty: nobody would ever dare to take it over.
    if (hasCode(error, 'ENOSPC')) rmSync(lock, { force: true });
    throw error;
  }
}

const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

const hasCode = (error: unknown, code: string) => (error as NodeJS.ErrnoException).code === code;

function removeIfStale(path: string, lock: string, me: Owner): void {
  refuseIfAlive(path, lock, me);
  // Renaming first: of two writers that find the same stale lock, one gets it; the other looks again.
  const aside = `${lock}.${me.pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  try {
    refuseIfAlive(path, aside, me);
  } catch (error) {
    renameSync(aside, lock);
    throw error;
  }
  rmSync(aside, { force: true });
}

function refuseIfAlive(path: string, lock: string, me: Owner): void {
  const owner = ownerOf(lock);
  if (owner === 'gone') return;
  const here = owner !== 'unknown' && owner.host === me.host;
  if (here && !isAlive(owner)) return;
  const who = owner === 'unknown' ? 'another process' : `process ${owner.pid}${here ? '' : ` on ${owner.host}`}`;
  throw new DaqtorError('save.failed', {
    problem: `${path} is being written by ${who}`,
    advice: `Let it finish, or save to another file; if no such process runs, delete ${path}.lock`,
  });
}

function ownerOf(lock: string): Owner | 'gone' | 'unknown' {
  let text: string;
  try {
    text = readFileSync(lock, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'gone';
    throw error;
  }
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return 'unknown'; // Its writer is about to write it, or was killed before it could.
  }
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if (hasCode(error, 'ESRCH')) return false;
  }
  const now = startOf(pid);
  return now === '' || started === '' || now === started;
}

/** When a process began, in ticks since boot: field 22 of Linux's /proc/[pid]/stat (proc(5)). */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in parentheses, and may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return ''; // Not Linux, or it ended: the number alone has to do.
  }
}
