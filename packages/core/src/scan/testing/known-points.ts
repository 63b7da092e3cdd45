import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A scan of PyMoDAQ's with what its own code made of it. */
export interface PymodaqCase {
  readonly title: string;
  readonly type: string;
  readonly subtype: string;
  readonly nAxes: number;
  readonly settings: { readonly parsed_string?: string; readonly [name: string]: unknown };
  readonly seed?: number;
  readonly positions?: readonly (readonly number[])[];
  readonly indexes?: readonly (readonly number[])[];
  readonly shape?: readonly number[];
  readonly distribution?: string;
  readonly navAxes?: readonly {
    readonly index: number;
    readonly spreadOrder: number;
    readonly data: readonly number[];
  }[];
  readonly error?: string;
}

type PeerCase = { readonly points: readonly Readonly<Record<string, number>>[] };
type PeerPoints = Readonly<Record<string, PeerCase>> & { readonly scanspec_ellipse?: PeerCase };

/** What the scanners of PyMoDAQ 4.4 gave when they were run. */
export function pymodaqCases(): readonly PymodaqCase[] {
  return (read('pymodaq-points') as { readonly cases: readonly PymodaqCase[] }).cases;
}

/** What bluesky, scanspec and useq gave when they were run: points by axis, by the name of the case. */
export function peerPoints(): PeerPoints {
  return read('peer-points') as PeerPoints;
}

function read(name: string): unknown {
  const file = new URL(`../../../fixtures/scan/${name}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString());
}
