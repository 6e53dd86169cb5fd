import { crc32 } from 'node:zlib';
import type { Edit, Exchange } from './fault-exchange.ts';
import type { Answer } from './fault-ledger.ts';

/** What the proxy does about a request. It ends when nothing more is to be done for it. */
export type Action = (exchange: Exchange) => Promise<void>;

/** Passes the request on, and the answer back. */
export const pass: Action = async (exchange) => exchange.send(await exchange.forward());

/** Breaks the connection after so many bytes of the answer's body. */
export function resetAfter(bytes: number): Action {
  return async (exchange) => {
    await exchange.write(await exchange.forward(), 0, bytes);
    exchange.reset();
  };
}

/** Breaks the connection before the request has reached the server. */
export const resetUnheard: Action = async (exchange) => exchange.reset();

/** Breaks the connection once the server has done what was asked. */
export const loseAnswer: Action = async (exchange) => {
  await exchange.forward();
  exchange.reset();
};

/** Says nothing more after so many bytes of the answer's body, until it is released, or the client goes away. */
export function stallAfter(bytes: number, released: Promise<unknown> = new Promise(() => {})): Action {
  return async (exchange) => {
    const answer = await exchange.forward();
    await exchange.write(answer, 0, bytes);
    await Promise.race([released, exchange.over]);
    await exchange.write(answer, bytes);
    exchange.end();
  };
}

/** Never answers, and does nothing. */
export const keepSilent: Action = (exchange) => exchange.over;

/**
 * Ends the answer cleanly after so many bytes of its body.
 * @param announced `nothing`, by chunked encoding; or the length that it then has; or the length it should have had, so
 *   that the connection is closed too early, though not broken.
 */
export function endAfter(bytes: number, announced: 'nothing' | 'that' | 'all'): Action {
  return async (exchange) => {
    const { status, headers, body } = await exchange.forward();
    const lengths = { nothing: undefined, that: `${bytes}`, all: headers['content-length'] };
    const announcing = { ...headers, 'content-length': lengths[announced] };
    await exchange.write({ status, headers: announcing, body }, 0, bytes);
    if (announced === 'all') exchange.hangUp();
    else exchange.end();
  };
}

/** Refuses in the server's place. */
export function refuse(status: number, code: string): Action {
  return (exchange) => exchange.send(errorAnswer(status, code, exchange.request.key));
}

/** Says 200 and then, in the body, that it did not work: S3 does when it has begun to answer before it is done. */
export function failLate(code: string, after = ''): Action {
  return (exchange) => exchange.send(errorAnswer(200, code, exchange.request.key, after));
}

/** Does something first, and waits for it: holds the request, changes an object, aborts the job. */
export function afterDoing(hook: (exchange: Exchange) => unknown, then: Action = pass): Action {
  return async (exchange) => {
    await hook(exchange);
    await then(exchange);
  };
}

/** Does something once the server has done what was asked, before the client is told. */
export function beforeAnswering(hook: () => unknown): Action {
  return async (exchange) => {
    const answer = await exchange.forward();
    await hook();
    await exchange.send(answer);
  };
}

/** Changes the answer. */
export function edited(edit: Edit, then: Action = pass): Action {
  return afterDoing((exchange) => exchange.edit(edit), then);
}

/** Answers with the whole object though a range of it was asked for. */
export const ignoreRange: Action = afterDoing(({ request }) => {
  delete request.headers.range;
});

/** Changes one bit of the body. */
export function flipByte(index: number): Edit {
  return (answer) => {
    const body = Buffer.from(answer.body);
    body.writeUInt8(body.readUInt8(index) ^ 1, index);
    return { ...answer, body };
  };
}

/** Adds the checksum of the whole object, as S3 does where it has one. */
export const withChecksum: Edit = (answer) => {
  if (answer.status !== 200) return answer;
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(answer.body));
  const checksum = {
    'x-amz-checksum-crc32': value.toString('base64'),
    'x-amz-checksum-type': 'FULL_OBJECT',
  };
  return { ...answer, headers: { ...answer.headers, ...checksum } };
};

/** An error as S3 puts it. */
export function errorAnswer(status: number, code: string, resource: string, after = ''): Answer {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>made up by a test</Message><Resource>${escapeXml(resource)}</Resource><RequestId>0</RequestId></Error>${after}`;
  return xmlAnswer(status, xml);
}

export function xmlAnswer(status: number, xml: string): Answer {
  const body = Buffer.from(xml);
  const headers = { 'content-type': 'application/xml', 'content-length': `${body.length}` };
  return { status, headers, body };
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
}
