/** A table of functions that WebAssembly calls by number. */
export interface FunctionTable {
  get(index: number): unknown;
  set(index: number, value: unknown): void;
  /** @returns the number of the first new place */
  grow(by: number): number;
}
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** What we use of the engine's `WebAssembly`, which the types of Node.js 20 leave out. */
export const webAssembly = (
  globalThis as unknown as {
    WebAssembly: {
      instantiate(...given: readonly unknown[]): Promise<WasmInstance | { readonly instance: WasmInstance }>;
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object, imports: object) => WasmInstance;
    };
  }
).WebAssembly;
