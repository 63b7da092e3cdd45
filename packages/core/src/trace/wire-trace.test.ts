import { describe, expect, it } from 'vitest';
import { exchangesOf } from './exchanges-of.ts';
import { formatTrace, parseTrace, type TracePiece } from './wire-trace.ts';

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const piece = (atMs: number, direction: TracePiece['direction'], text: string): TracePiece => ({
  atMs,
  direction,
  bytes: bytesOf(text),
});
const HEAD = '# daqtor wire trace, version 1\n';

describe('a trace of a wire', () => {
  it('is text that people can read', () => {
    const text = formatTrace({
      about: { driver: 'keithley2000', identity: 'Keithley\nMODEL 2000' },
      pieces: [piece(0, 'sent', '*IDN?\n'), piece(4.125, 'received', 'C:\\ \x02µ \r\n'), piece(5, 'sent', 'end ')],
    });
    expect(text.split('\n').slice(2)).toEqual([
      '# driver: keithley2000',
      '# identity: Keithley MODEL 2000',
      '0.000 > *IDN?\\n',
      '4.125 < C:\\\\ \\x02\\xB5 \\r\\n',
      '5.000 > end\\x20',
      '',
    ]);
  });

  it('comes back byte for byte, in the same pieces', () => {
    const every = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    const trace = {
      about: { driver: 'a: b', settings: '{"port":"tcp://a:1"}' },
      pieces: [
        piece(0, 'sent', every),
        piece(0, 'sent', ''),
        piece(1.5, 'received', '# no comment'),
        piece(1.5, 'sent', ' '),
      ],
    };
    expect(parseTrace(formatTrace(trace))).toEqual(trace);
    expect(parseTrace(formatTrace(trace).replaceAll('\n', '\r\n'))).toEqual(trace);
  });

  it('may be written by hand, with comments', () => {
    const { pieces } = parseTrace(`${HEAD}# from the manual, page 4\n\n0 > A\\x41\n# then\n1 < B\n`);
    expect(pieces).toEqual([piece(0, 'sent', 'AA'), piece(1, 'received', 'B')]);
  });

  it.each([
    ['0 > A', 'line 1: it does not begin'],
    [`${HEAD}0 > A\n1 = B`, 'line 3: it does not read'],
    [`${HEAD}0 > \\q`, 'line 2'],
    [`${HEAD}0 > \\x4`, 'line 2'],
    [`${HEAD}0 > Ω`, 'line 2'],
    [`${HEAD}+ A`, 'line 2'],
    ['', 'line 1'],
  ])('is refused where it is none: %j', (text, says) => {
    expect(() => parseTrace(text)).toThrow(
      expect.objectContaining({ code: 'load.failed', problem: expect.stringContaining(says) }),
    );
  });

  it('is exchanges: what was written at once, and what came until the next writing', () => {
    const pieces = [
      piece(0, 'received', 'boot'),
      piece(1, 'sent', 'A'),
      piece(2, 'sent', 'B'),
      piece(5, 'received', '1'),
      piece(7, 'received', '2'),
    ];
    expect(exchangesOf({ about: {}, pieces })).toEqual([
      { sent: bytesOf('A'), answers: [] },
      {
        sent: bytesOf('B'),
        answers: [
          { afterMs: 3, bytes: bytesOf('1') },
          { afterMs: 5, bytes: bytesOf('2') },
        ],
      },
    ]);
  });
});
