import { type Exchange, exchangesOf, type WireTrace } from '@daqtor/core';
import type { SessionStep } from './recorded-session.ts';

export interface RecordedTest {
  readonly kind: string;
  /** What to import the driver from. */
  readonly from: string;
  /** As they were given, without the port. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly trace: WireTrace;
  readonly steps: readonly SessionStep[];
}

/** The source of a test that has the driver say and make of the answers what it did in the recorded session. */
export function protocolTestSource({ kind, from, settings, trace, steps }: RecordedTest): string {
  const name = camelCase(kind);
  const given = Object.entries(settings).map(([key, value]) => `, ${key}: ${JSON.stringify(value)}`);
  const exchanges = exchangesOf(trace).map((one) => `      [${exchangeSource(one)}],`);
  return `import { ${name} } from '${from}';
import { expectedProtocol } from '@daqtor/drivers/testing';
import { expect, it } from 'vitest';

const { signal } = new AbortController();

it(${quoted(`says, and makes of the answers, what it did to ${trace.about.identity ?? kind} on ${trace.about.recorded ?? 'a day'}`)}, () =>
  expectedProtocol(
    (port) => ${name}({ port${given.join('')} }),
    [
${exchanges.join('\n')}
    ],
    async (driver) => {
${steps
  .flatMap(stepSource)
  .map((line) => `      ${line}`)
  .join('\n')}
    },
  ));
`;
}

/** `keithley2400-source` is exported as `keithley2400Source`. */
export const camelCase = (kind: string): string =>
  kind.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

function exchangeSource({ sent, answers }: Exchange): string {
  const received = answers.map(({ bytes }) => latin1(bytes)).join('');
  return [latin1(sent), ...(received === '' ? [] : [received])].map(quoted).join(', ');
}

function stepSource(step: SessionStep): string[] {
  if (step.did === 'read') return [`expect(await driver.readPosition(signal)).toBe(${step.position});`];
  if (step.did === 'move') {
    return [
      `await driver.startMove(${step.target}, signal);`,
      `for (let i = 0; i < ${step.polls}; i++) expect(await driver.isMoving(signal)).toBe(true);`,
      'expect(await driver.isMoving(signal)).toBe(false);',
    ];
  }
  const expected = step.data.map(({ name, units, shape, values }) => {
    const data = values && `, data: [${values.map((array) => `[${array.map(numberSource).join(', ')}]`).join(', ')}]`;
    return `{ name: ${quoted(name)}, units: ${quoted(units)}, shape: [${shape.join(', ')}]${data ?? ''} }`;
  });
  return [
    'expect(',
    '  (await driver.grab(signal)).map(({ name, units, shape, data }) => ({ name, units, shape: [...shape], data: data.map((one) => Array.from(one, Number)) })),',
    `).toMatchObject([${expected.join(', ')}]);`,
  ];
}

/** JSON has no word for these. */
const numberSource = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** A string as the formatter would write it, each byte that is not readable as an escape. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/[^ -~]|[\\']/g, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\\' || char === "'") return `\\${char}`;
    const code = char.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
  return `'${escaped}'`;
}
