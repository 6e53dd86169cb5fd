/** Cuts bytes into chunks of `size`; at `size` 1 every boundary there is. */
export async function* chunked(
  bytes: Uint8Array | string,
  size = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer> {
  const buffer = Buffer.from(bytes);
  if (size >= buffer.length) {
    yield buffer;
    return;
  }
  for (let at = 0; at < buffer.length; at += size) yield buffer.subarray(at, at + size);
}

/** Everything that an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await collect(chunks)).toString();
}

/** A promise and the means to settle it. */
export function deferred<T = void>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Lets everything go on that can go on without waiting for anything outside. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
}
