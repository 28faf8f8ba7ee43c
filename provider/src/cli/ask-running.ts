import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { AssayError } from '@assay/wire';
import { controlSocket } from '../supervisor/serve-control.ts';

/** Asks the running provider over its control socket. Undefined: none runs on this data directory. */
export async function askRunning(
  dataDir: string,
  method: 'GET' | 'POST',
  path: string,
): Promise<unknown | undefined> {
  const socketPath = controlSocket(dataDir);
  if (!existsSync(socketPath)) return undefined;
  const answer = await exchange(socketPath, method, path);
  if (answer === undefined) return undefined;
  const body = JSON.parse(answer.body) as { code?: string; hint?: string };
  if (answer.status < 400) return body;
  throw new AssayError('P300', { details: { path, ...body } });
}

function exchange(
  socketPath: string,
  method: string,
  path: string,
): Promise<{ status: number; body: string } | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path }, (response) => {
      let body = '';
      response.on('data', (part) => {
        body += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 500, body }));
    });
    // A socket file left behind by a killed provider answers nothing.
    sent.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? resolve(undefined) : reject(error),
    );
    sent.end();
  });
}
