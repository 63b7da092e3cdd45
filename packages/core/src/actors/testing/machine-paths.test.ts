import { expect, it } from 'vitest';
import { nameOf } from './machine-paths.ts';
import { moveTransitions } from './move-on-trial.ts';
import { viewerTransitions } from './viewer-on-trial.ts';

it('knows every transition that a DAQ_Move can make', () => {
  expect(moveTransitions(true).map(nameOf).sort()).toMatchSnapshot();
});

it('knows every transition that a DAQ_Viewer can make', () => {
  expect(viewerTransitions().map(nameOf).sort()).toMatchSnapshot();
});
