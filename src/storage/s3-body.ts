import { IncomingMessage } from 'node:http';
import { addAbortSignal, type Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { wordsOf } from '../errors.ts';
import { Interruption } from './retry.ts';

/**
 * The body of one answer to GetObject. It is given up when nothing has come of it for `stallTimeout` milliseconds
 * while somebody was waiting: the SDK's own timeouts either leave bodies out or end those that we have paused. Chunks
 * that come from something else than a connection of Node's are copied, as they may be somebody else's.
 * @param accept Looks at the answer before its body is read; what it throws is thrown.
 * @throws Interruption where the connection failed.
 */
export async function* s3Body(
  client: S3Client,
  input: GetObjectCommandInput,
  accept: (answer: GetObjectCommandOutput) => void,
  stallTimeout: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const attempt = new AbortController();
  const abort = () => attempt.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });

  const patiently = async <T>(waiting: Promise<T>): Promise<T> => {
    const stall = () => attempt.abort(new Interruption(`nothing came for ${stallTimeout} ms`));
    const timer = setTimeout(stall, stallTimeout);
    try {
      return await waiting;
    } catch (error) {
      throw attempt.signal.aborted ? attempt.signal.reason : error;
    } finally {
      clearTimeout(timer);
    }
  };

  let body: Readable | undefined;
  try {
    signal.throwIfAborted();
    const answer = await patiently(client.send(getObject(input), { abortSignal: attempt.signal }));
    // In Node the body is always a Readable; the SDK's type speaks for browsers as well.
    body = addAbortSignal(attempt.signal, answer.Body as Readable);
    accept(answer);
    const chunks = body[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await patiently(chunks.next()).catch((cause: unknown) => {
        throw cause instanceof Interruption ? cause : new Interruption(wordsOf(cause), { cause });
      });
      if (done) return;
      yield body instanceof IncomingMessage ? value : Buffer.from(value);
    }
  } finally {
    signal.removeEventListener('abort', abort);
    body?.destroy();
  }
}

/**
 * Asks for the object's checksum, but keeps the SDK from comparing it: that ends with the connection, while ours
 * goes on over all the answers that an object is read from.
 */
function getObject(input: GetObjectCommandInput): GetObjectCommand {
  const command = new GetObjectCommand({ ...input, ChecksumMode: 'ENABLED' });
  command.middlewareStack.add(
    (next) => (args) => {
      const { ChecksumMode: _, ...rest } = args.input;
      return next({ ...args, input: rest });
    },
    { step: 'build', name: 'leaveChecksumToUs' },
  );
  return command;
}
