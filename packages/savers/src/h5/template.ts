import { inflateSync } from 'node:zlib';

/** Written by scripts/make-template.py; zlib, base64. */
const PACKED = [
  'eNrr9HBx4+WS4mIAAQ4OBhYGAQZk8B8KGjhR+TD5BCjNCKU7oPQKJpg4I1hOAiouCDUfXV1IkKsrSPV/NACz5wErhOZgGAUjEXi4OgaA6AgoH5',
  'ZKTzChqgtKLHdJLEmEp0cPCu3FlX49mCH8DFbi0q8Fx2j6HU2/mOm3gxVVnU9+enpqEQPV0m+wn78LKAXD0p0CM2p5jZ6ORwGucoAVEmaMMD6k',
  'RGBkZMRaXzID5UEyktC4FoBrhcQEK5AG8ZmYIcIcUPOYmZjgRQcLA3Jl3DGowgM9XWmwj6YRcgAAVz5YaQ==',
].join('');

/**
 * The bytes of the file that every dataset starts from: superblock 0, `/RawData`, and in it an empty `Logger` of type
 * vlen<uint8>, which h5wasm can fill but not create.
 */
export function templateBytes(): Uint8Array {
  return inflateSync(Buffer.from(PACKED, 'base64'));
}
