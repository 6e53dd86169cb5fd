import type { ServerResponse } from 'node:http';

export function xml(response: ServerResponse, name: string, members: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${members}</${name}>`);
}

export function fail(response: ServerResponse, status: number, code: string): void {
  xml(response, 'Error', `<Code>${code}</Code><Message>${code}</Message>`, status);
}
