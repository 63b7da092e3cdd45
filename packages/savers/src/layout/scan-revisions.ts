import { type ScanRevision, scanRevision } from '@daqtor/core';
import { z } from 'zod';
import type { H5Operation } from '../h5/h5-operation.ts';
import { asStr } from './envelope.ts';

const NAME = 'scan_revisions';

/** Reads from the attributes of a scan's group how it was changed. @returns none where it is not told, or not as we tell it */
export function revisionsIn(attributes: Readonly<Record<string, unknown>>): readonly ScanRevision[] {
  const text = attributes[NAME];
  if (typeof text !== 'string') return [];
  try {
    return z.array(scanRevision).safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return []; // Somebody else's attribute of this name.
  }
}

/** Says how a scan was changed. @param group - path of its group @param revisions - all of them, in their order */
export function revisionsNode(group: string, revisions: readonly ScanRevision[]): H5Operation {
  return { op: 'attribute', path: group, name: NAME, value: asStr(JSON.stringify(revisions)) };
}
