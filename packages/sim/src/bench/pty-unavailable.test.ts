import { expect, it, vi } from 'vitest';
import { echoInstrument } from '../testing/echo-instrument.ts';
import { servePty } from './pty-port.ts';

const cause = new Error('no /dev/ptmx');
vi.mock('./pty-pair.ts', () => ({ openPtyPair: () => Promise.reject(cause) }));

it('says what to do where there are no pseudo-terminals, and lets no host in', async () => {
  const echo = echoInstrument();
  await expect(servePty(echo)).rejects.toMatchObject({
    code: 'instrument.connect',
    message: expect.stringMatching(/echo could not get a pseudo-terminal .*--in-process/),
    cause,
  });
  expect(echo.hosts).toBe(0);
});
