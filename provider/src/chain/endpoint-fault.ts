import { isError } from 'ethers';

const CODES = [
  'NETWORK_ERROR',
  'SERVER_ERROR',
  'TIMEOUT',
  'BAD_DATA',
  'UNKNOWN_ERROR',
  'UNSUPPORTED_OPERATION',
] as const;
const SOCKET = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'EAI_AGAIN', 'ETIMEDOUT'];
/** How nodes say that the call itself failed, where they give no data of it. */
const EXECUTED =
  /revert|out of gas|gas required exceeds|invalid (opcode|jump)|stack (under|over)flow/i;

/** The endpoint's fault, not the chain's answer: another endpoint may do better. */
export function isEndpointFault(error: unknown): boolean {
  if (CODES.some((code) => isError(error, code))) return true;
  if (SOCKET.includes(String((error as NodeJS.ErrnoException | undefined)?.code))) return true;
  return (
    isError(error, 'CALL_EXCEPTION') && error.data === null && !EXECUTED.test(rpcMessage(error))
  );
}

/** The node's own words, which ethers keeps behind its own. */
export function rpcMessage(error: unknown): string {
  const { info, error: inner } = (error ?? {}) as {
    info?: { error?: { message?: unknown } };
    error?: { message?: unknown };
  };
  return String(info?.error?.message ?? inner?.message ?? '');
}
