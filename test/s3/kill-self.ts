/**
 * Loaded into a process before its own script, to end it as SIGKILL does once it has exchanged as many bytes over HTTP
 * as KILL_AFTER_BYTES says, or else when it ends by itself. Without that variable it says how many there are in all.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const limit = process.env.KILL_AFTER_BYTES;
const sockets = new Set<Socket>();

subscribe('http.client.request.start', (message) => {
  const { request } = message as { request: ClientRequest };
  if (request.socket) sockets.add(request.socket);
  else request.once('socket', (socket) => sockets.add(socket));
});

// Worker threads load this as well; all requests are the main thread's.
if (isMainThread) {
  if (limit !== undefined)
    setInterval(() => {
      if (exchanged() >= Number(limit)) die();
    }, 1).unref();
  process.once('exit', () => {
    if (limit !== undefined) die();
    process.stderr.write(`exchanged ${exchanged()} bytes\n`);
  });
}

function exchanged(): number {
  return [...sockets].reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0);
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}
