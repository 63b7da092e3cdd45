/** A copy of a file as failing disks, broken copies and people with editors leave it: some bytes are others. */
export function mutate(original: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(original);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let left = 1 + below(12); left > 0; left--) {
    const at = below(bytes.length);
    const length = 1 + below(random() < 0.2 ? 256 : 8);
    const end = Math.min(bytes.length, at + length);
    switch (below(5)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      case 1:
        bytes.fill(0, at, end);
        break;
      case 2:
        bytes.fill(0xff, at, end);
        break;
      case 3:
        for (let i = at; i < end; i++) bytes[i] = below(256);
        break;
      case 4:
        bytes.copyWithin(at, below(bytes.length), Math.min(bytes.length, below(bytes.length) + length));
        break;
    }
  }
  return random() < 0.1 ? bytes.subarray(0, below(bytes.length)) : bytes;
}
