import { parentPort } from 'node:worker_threads';
import { saveFailed } from './h5-errors.ts';
import type { H5Module } from './h5-module.ts';
import type { WorkerReply, WorkerRequest } from './h5-operation.ts';
import { describe, readArrays } from './h5-reader.ts';
import { H5Failure, H5Writer } from './h5-writer.ts';
import { loadH5 } from './load-h5.ts';

/** The thread that owns one file, or reads several: answers each request once, in order. */
let writer: H5Writer | undefined;

async function handle(h5: H5Module, request: WorkerRequest): Promise<WorkerReply> {
  const { id } = request;
  try {
    switch (request.do) {
      case 'open':
        writer = new H5Writer(h5, request.options);
        return { id };
      case 'transact':
        return {
          id,
          answer: { places: await open().transact(request.operations, request.blocks, request.commit) },
        };
      case 'undo':
        open().undo();
        return { id };
      case 'ask':
        return { id, answer: open().ask(request.question) };
      case 'close':
        open().close();
        writer = undefined;
        return { id };
      case 'wake':
        return { id };
      case 'describe':
        return { id, answer: describe(h5, request.path) };
      case 'read':
        return { id, answer: readArrays(h5, request.path, request.nodes) };
    }
  } catch (error) {
    if (error instanceof H5Failure) return { id, error: error.record };
    return { id, error: saveFailed(request.do, 'path' in request ? request.path : 'the file', error) };
  }
}

function open(): H5Writer {
  if (!writer) throw new Error('no file is open');
  return writer;
}

const port = parentPort;
if (!port) throw new Error('this module runs in a worker thread');
// The runtime of h5wasm warns here of texts in damaged files; errors come as events and answers. Not by the parent's
// option `stderr`: reading that stream would keep the process alive for as long as the thread waits for its next file.
process.stderr.write = () => true;
// Requests wait in the port until there is a listener.
const h5 = await loadH5();
let work: Promise<void> = Promise.resolve();
port.on('message', (request: WorkerRequest) => {
  work = work.then(async () => {
    port.postMessage(await handle(h5, request));
  });
});
