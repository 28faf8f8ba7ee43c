import { Agent, request } from 'node:http';

/** Who asks whom for what. */
export interface InferTarget {
  /** The gateway's origin. */
  readonly rest: string;
  readonly token: string;
  readonly model: string;
}

/** Open Inference Protocol with binary tensors on one kept-alive connection; each call returns its milliseconds. */
export function inferBinary({ rest, token, model }: InferTarget, bytes: Buffer) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const header = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [
        {
          name: 'audio',
          datatype: 'UINT8',
          shape: [bytes.length],
          parameters: { binary_data_size: bytes.length },
        },
      ],
    }),
  );
  const body = Buffer.concat([header, bytes]);
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/octet-stream',
    'content-length': body.byteLength,
    'inference-header-content-length': header.byteLength,
  };
  const url = `${rest}/v2/models/${model}/infer`;
  return {
    run: () =>
      new Promise<number>((resolve, reject) => {
        const startedAt = performance.now();
        const sent = request(url, { method: 'POST', headers, agent }, (response) => {
          response.resume();
          response.on('end', () => {
            if (response.statusCode === 200) resolve(performance.now() - startedAt);
            else reject(new Error(`infer answered ${response.statusCode}`));
          });
        });
        sent.on('error', reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}
