import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { GatewayConfig } from './config.ts';

/** Where the gateway will listen and how others reach it: providers hear of it before it listens. */
export async function chooseAddress(
  config: Pick<GatewayConfig, 'HOST' | 'PORT' | 'ASSAY_PUBLIC_URL'>,
): Promise<{ port: number; publicUrl: string }> {
  const port = config.PORT === 0 ? await freePort(config.HOST) : config.PORT;
  return { port, publicUrl: config.ASSAY_PUBLIC_URL ?? `http://${config.HOST}:${port}` };
}

async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
