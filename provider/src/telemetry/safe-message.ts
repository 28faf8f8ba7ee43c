const MOST = 300;

/** An error's message, short and without what a log must not hold: content quoted by parsers, keys in addresses. */
export function safeMessage(error: unknown): string {
  if (error instanceof SyntaxError) return 'malformed text'; // JSON.parse quotes what it read: perhaps a prompt
  return ownWords(error)
    .replace(/\b(https?|wss?):\/\/[^\s"'`)]+/g, hostOnly)
    .replace(/(0x)?[0-9a-fA-F]{64,}/g, (hex) => `${hex.slice(0, 10)}…`)
    .slice(0, MOST);
}

/** ethers puts the whole request into the message; `shortMessage` is the sentence alone. */
function ownWords(error: unknown): string {
  if (typeof error === 'string') return error;
  const { shortMessage, message } = (error ?? {}) as { shortMessage?: unknown; message?: unknown };
  return String(shortMessage ?? message ?? error);
}

/** RPC addresses often carry a key in path or query. */
function hostOnly(url: string): string {
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).host}` : '(an address)';
}
