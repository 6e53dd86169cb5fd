import { isUtf8 } from 'node:buffer';

/** A chunk, and what has to be known of it before its elements are looked at. */
export class Source {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly isUtf8: boolean;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // Elements begin and end with ASCII, and what is not whole at the edges belongs to none that is.
    let [start, end] = [0, bytes.length];
    while (start < end && (bytes[start] as number) > 0x7f) start++;
    while (start < end && (bytes[end - 1] as number) > 0x7f) end--;
    this.isUtf8 = isUtf8(bytes.subarray(start, end));
  }
}
