import { createReadStream, createWriteStream } from 'node:fs';
import { link, realpath, rename, rm, stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MapRunResultsError, wordsOf } from '../errors.ts';
import type { FileLocation } from './location.ts';
import { partialOf } from './partial.ts';
import { destinationExists, NOT_FOUND, type Read, type Write } from './storage.ts';

/** Reads local files. */
export function fileSource(signal: AbortSignal): Read<FileLocation> {
  return async function* read({ path }, role) {
    let offset = 0;
    try {
      for await (const chunk of createReadStream(path, { signal })) {
        offset += chunk.length;
        yield chunk;
      }
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      if (isErrno(cause, 'ENOENT')) {
        const message = `there is no ${role} at ${path}: ${wordsOf(cause)}`;
        throw new MapRunResultsError(NOT_FOUND[role], message, { path, cause });
      }
      const message = `reading the ${role} ${path} failed at byte ${offset}: ${wordsOf(cause)}`;
      throw new MapRunResultsError('ReadFailed', message, { path, byteOffset: offset, cause });
    }
  };
}

/**
 * Writes a local file: beside its target first, renamed when complete and on the disk. A link is followed, and what is
 * no file, such as a pipe or a device, is written to as it is.
 */
export function fileSink(
  { path }: FileLocation,
  { overwrite }: { overwrite: boolean },
  signal: AbortSignal,
): Write {
  return async (document) => {
    const target = await realpath(path).catch(() => path);
    const there = await stat(target).catch(() => undefined);
    if (there?.isFile() && !overwrite) throw destinationExists({ path });
    if (there && !there.isFile()) return streamSink(createWriteStream(target), signal)(document);
    const partial = partialOf(target);
    try {
      await pipeline(document, createWriteStream(partial, { flags: 'wx', flush: true }), { signal });
      if (overwrite) await rename(partial, target);
      else {
        await link(partial, target); // Which, unlike renaming, fails where something is.
        await rm(partial);
      }
      return undefined;
    } catch (cause) {
      await rm(partial, { force: true });
      if (signal.aborted) throw signal.reason;
      if (isErrno(cause, 'EEXIST')) throw destinationExists({ path }, cause);
      throw new MapRunResultsError('WriteFailed', `writing ${path} failed: ${wordsOf(cause)}`, {
        path,
        cause,
      });
    }
  };
}

/**
 * Writes to a stream, which is ended when the document is complete (standard output never is) and destroyed when
 * it fails. What the stream has passed on by then cannot be taken back.
 */
export function streamSink(stream: Writable, signal: AbortSignal): Write {
  return async (document) => {
    try {
      if (stream.writableEnded) throw new Error('it has ended already');
      await pipeline(document, stream, { signal });
      return undefined;
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw new MapRunResultsError('WriteFailed', `writing to the stream failed: ${wordsOf(cause)}`, {
        cause,
      });
    }
  };
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
