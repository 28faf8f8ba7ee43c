/**
 * What the market adds to a small job: a 4 KB sound through `submitJob` and `jobEvents` on one open WebSocket, and beside it,
 * in the same run, the bare ONNX Runtime on the same model and as many windows. Also how long a start takes, cold caches aside.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNetwork } from '@assay/localnet';
import { createClient } from 'graphql-ws';
import { openSession } from '../e2e/stranger/open-session.ts';
import { SUBMIT_JOB } from '../e2e/stranger/submit-job.ts';
import { bareVad } from './parts/bare-vad.ts';
import { inferBinary } from './parts/infer-binary.ts';
import { quietWav } from './parts/quiet-wav.ts';

const ROUNDS = 200;
/** A marketplace runs for days: what is measured is code that V8 has compiled, and after 300 rounds it still does. */
const WARM_UP = 1_000;
const BYTES = 4096;

const FIRST_OUTPUT =
  'subscription ($id: ID!) { jobEvents(jobId: $id) { __typename seq ... on JobOutput { tensors { name } } } }';

const dir = mkdtempSync(join(tmpdir(), 'assay-latency-'));
const running = await startNetwork({ dir });
try {
  const { network } = running;
  const { token } = await openSession(network, { deposit: 100_000_000n });
  const client = createClient({
    url: network.graphqlWs,
    lazy: false,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  const bytes = quietWav(BYTES);
  const variables = {
    intent: { target: { modelId: network.models['silero-vad'] } },
    input: {
      tensors: [
        {
          name: 'audio',
          datatype: 'UINT8',
          shape: [bytes.length],
          data: { base64: bytes.toString('base64') },
        },
      ],
    },
  };
  const bare = await bareVad(bytes);
  const target = { rest: network.rest, token, model: variables.intent.target.modelId ?? '' };
  const oip = inferBinary(target, bytes);

  const market: { first: number; end: number }[] = [];
  const reference: number[] = [];
  const binary: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    reference.push(await bare());
    market.push(await throughMarket(client, variables));
    binary.push(await oip.run());
  }
  oip.close();
  await client.dispose();

  const raw = median(reference.slice(WARM_UP));
  print('bare run, p50', raw, raw, 'none', null);
  const first = median(market.slice(WARM_UP).map((one) => one.first));
  print(
    'submitJob to first output on one WebSocket, p50',
    first,
    raw,
    'ours - reference < 5 ms',
    first - raw < 5,
  );
  const end = median(market.slice(WARM_UP).map((one) => one.end));
  print('submitJob to JobCompleted, p50', end, raw, 'none', null);
  const inferred = median(binary.slice(WARM_UP));
  print(
    'OIP infer with binary tensors, p50',
    inferred,
    raw,
    'ours - reference < 2 ms',
    inferred - raw < 2,
  );
} finally {
  await running.stop();
  rmSync(dir, { recursive: true, force: true });
}

async function throughMarket(
  client: ReturnType<typeof createClient>,
  variables: Record<string, unknown>,
) {
  const startedAt = performance.now();
  let id = '';
  for await (const { data, errors } of client.iterate<{ submitJob: { id: string } }>({
    query: SUBMIT_JOB,
    variables,
  })) {
    if (errors) throw new Error(JSON.stringify(errors));
    id = data?.submitJob.id ?? '';
  }
  let first = 0;
  for await (const { data } of client.iterate<{ jobEvents: { __typename: string } }>({
    query: FIRST_OUTPUT,
    variables: { id },
  })) {
    const kind = data?.jobEvents.__typename;
    if (kind === 'JobOutput' && first === 0) first = performance.now() - startedAt;
    if (kind === 'JobFailed') throw new Error('a job failed');
  }
  return { first, end: performance.now() - startedAt };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function print(name: string, ours: number, reference: number, bar: string, ok: boolean | null) {
  const ratio = ours / reference;
  console.log(
    JSON.stringify({ suite: 'latency', name, ours, reference, unit: 'ms', ratio, bar, ok }),
  );
}
