import { H5Thread } from '../h5/h5-thread.ts';

let thread: H5Thread | undefined;

/** The one thread that reads, started when it is first needed. It does not keep the process alive. */
export function readerThread(): H5Thread {
  thread ??= new H5Thread();
  return thread;
}
