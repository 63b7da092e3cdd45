import { createInterface } from 'node:readline';

/** What comes in while a command runs: from a person, or from another program. */
export interface Input {
  /** Whether it is a keyboard, whose keys come one by one; else whole lines come. */
  readonly isKeyboard: boolean;
  /**
   * @param told - gets each key or line, undefined at the end of the input
   * @returns ends listening
   */
  listen(told: (text: string | undefined) => void): () => void;
}

export function inputFrom(stdin: NodeJS.ReadStream): Input {
  const isKeyboard = stdin.isTTY === true;
  return { isKeyboard, listen: (told) => (isKeyboard ? keysOf(stdin, told) : linesOf(stdin, told)) };
}

function keysOf(stdin: NodeJS.ReadStream, told: (key: string | undefined) => void): () => void {
  const onData = (chunk: Buffer) => {
    for (const key of chunk.toString()) told(key);
  };
  const onEnd = () => told(undefined);
  stdin.setRawMode(true).on('data', onData).on('end', onEnd).resume();
  return () => {
    stdin.off('data', onData).off('end', onEnd).setRawMode(false).pause();
  };
}

function linesOf(stdin: NodeJS.ReadStream, told: (line: string | undefined) => void): () => void {
  const lines = createInterface({ input: stdin });
  lines.on('line', told).on('close', () => told(undefined));
  return () => lines.removeAllListeners().close();
}
