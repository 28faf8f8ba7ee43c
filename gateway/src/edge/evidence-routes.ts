import { pipeline } from 'node:stream/promises';
import {
  type Address,
  AssayError,
  type Domain,
  decodeEvidence,
  EVIDENCE_HEADERS,
  EVIDENCE_REQUEST_SECONDS,
  type Evidence,
  type EvidenceMethod,
  evidenceFault,
  evidenceRequestSigner,
  evidenceRequestText,
  type Hex,
} from '@assay/wire';
import type { DisputeReader } from '../evidence/dispute-reader.ts';
import type { EvidenceShelf } from '../evidence/evidence-shelf.ts';
import type { OpenDispute } from '../evidence/open-dispute.ts';
import { createUploadSlots } from '../evidence/upload-slots.ts';
import type { RateLimit } from '../federation/rate-limit.ts';
import type { Exchange, Route } from './exchange.ts';
import { sendJson } from './send.ts';

export interface EvidenceDoor {
  readonly disputes: DisputeReader;
  readonly shelf: EvidenceShelf;
  /** Of receipts. */
  readonly domain: Domain;
  /** How the parties reach this gateway; part of what they sign. */
  readonly publicUrl: string;
  readonly maxBytes: number;
  /** Tighter than the other doors': each new ticket costs questions to the chain. */
  readonly rate: RateLimit;
  readonly now?: () => number;
}

const PATH = /^\/v2\/evidence\/(?<ticket>[^/]+)$/;

/**
 * Input and output of disputed jobs, no longer than their dispute is open. Its parties read; whoever holds what the roots on
 * chain name hands it over, party or not.
 */
export function evidenceRoutes(door: EvidenceDoor): Route[] {
  const slots = createUploadSlots();
  const route = (method: string, handle: (exchange: Exchange) => Promise<void>): Route => ({
    name: 'evidence',
    method,
    path: PATH,
    handle,
  });
  return [
    route('PUT', async (exchange) => {
      const admitted = await admit(exchange, 'PUT', door);
      const { ticket, dispute, signer } = admitted;
      const leave = slots.enter(signer, dispute.parties.has(signer));
      try {
        if ((await door.shelf.find(ticket)) === undefined) await take(exchange, admitted, door);
      } finally {
        leave();
      }
      sendJson(exchange.response, 201, { ticket, until: isoTime(dispute.endsAt) });
    }),
    route('GET', async (exchange) => {
      const { ticket, dispute, signer } = await admit(exchange, 'GET', door);
      if (!dispute.parties.has(signer))
        throw new AssayError('G812', { details: { ticket, signer } });
      await give(exchange, ticket, door);
    }),
  ];
}

interface Admitted {
  readonly ticket: Hex;
  readonly dispute: OpenDispute;
  readonly signer: Address;
}

/** Who asks is known before the chain is asked, and that there is a dispute before a body is read. */
async function admit(
  { request, params, context }: Exchange,
  method: EvidenceMethod,
  door: EvidenceDoor,
): Promise<Admitted> {
  door.rate.take(`evidence:${context.peer}`);
  const ticket = parseTicket(params.ticket ?? '');
  const signer = signerOf(request.headers, { method, ticket }, door);
  const dispute = await door.disputes.open(ticket);
  if (dispute === undefined) {
    await door.shelf.remove(ticket);
    throw new AssayError('G810', { details: { ticket } });
  }
  return { ticket, dispute, signer };
}

function signerOf(
  headers: Exchange['request']['headers'],
  { method, ticket }: { readonly method: EvidenceMethod; readonly ticket: Hex },
  door: EvidenceDoor,
) {
  const url = `${door.publicUrl.replace(/\/+$/, '')}/v2/evidence/${ticket}`;
  const now = Math.floor((door.now ?? Date.now)() / 1000);
  const time = Number(headers[EVIDENCE_HEADERS.time]);
  const signature = String(headers[EVIDENCE_HEADERS.signature] ?? '');
  const onTime = Math.abs(now - time) <= EVIDENCE_REQUEST_SECONDS;
  const signer = onTime ? evidenceRequestSigner({ method, url, time }, signature) : undefined;
  if (signer !== undefined) return signer;
  const sign = evidenceRequestText({ method, url, time: now });
  throw new AssayError('G811', { details: { sign, headers: Object.values(EVIDENCE_HEADERS) } });
}

async function take(
  { request }: Exchange,
  { ticket, dispute }: Admitted,
  door: EvidenceDoor,
): Promise<void> {
  const { maxBytes } = door;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes)
    throw new AssayError('G802', { details: { allowed: maxBytes } });
  await door.shelf.take(ticket, request as AsyncIterable<Uint8Array>, {
    maxBytes,
    endsAt: dispute.endsAt,
    check(bytes) {
      const fault = evidenceFault(readEvidence(bytes), dispute.terms, door.domain);
      if (fault !== undefined) throw notOfThis(ticket, fault);
    },
  });
}

function readEvidence(body: Uint8Array): Evidence {
  try {
    return decodeEvidence(body);
  } catch (cause) {
    throw new AssayError('G813', { cause, details: { reason: 'not evidence of a job' } });
  }
}

const notOfThis = (ticket: Hex, reason: string): AssayError =>
  new AssayError('G813', { details: { ticket, reason } });

async function give(
  { response, signal }: Exchange,
  ticket: Hex,
  { shelf }: EvidenceDoor,
): Promise<void> {
  const found = await shelf.find(ticket);
  if (found === undefined) throw new AssayError('G814', { details: { ticket } });
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': found.bytes,
    'cache-control': 'no-store',
  });
  await pipeline(found.stream(), response, { signal });
}

function parseTicket(text: string): Hex {
  if (/^0x[0-9a-f]{64}$/.test(text)) return text as Hex;
  throw new AssayError('I100', {
    details: { field: 'ticket', reason: 'not 32 bytes of lower-case 0x hex' },
  });
}

const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString();
