import { AssayError } from '@assay/wire';

/**
 * A marketplace's blobs lie on its own host, on any port, so that no challenge makes this machine ask another one. Throws L700
 * for any other host, for less protection than the link has, and for addresses to which no hash can be appended.
 */
export function checkBlobUrl(linkUrl: string, blobUrl: string | undefined): void {
  if (blobUrl === undefined) return;
  const reason = faultOf(new URL(linkUrl), blobUrl);
  if (reason !== undefined) throw new AssayError('L700', { details: { reason, blobUrl } });
}

function faultOf(link: URL, blobUrl: string): string | undefined {
  if (!URL.canParse(blobUrl)) return 'blobUrl is not a URL';
  const { protocol, hostname, username, password } = new URL(blobUrl);
  const allowed = link.protocol === 'wss:' ? ['https:'] : ['http:', 'https:'];
  if (!allowed.includes(protocol)) return `blobUrl is not ${allowed.join(' or ')}`;
  if (hostname !== link.hostname) return 'blobUrl is on another host than the link';
  if (username !== '' || password !== '') return 'blobUrl has credentials';
  if (/[?#]/.test(blobUrl)) return 'blobUrl has a query or a fragment';
  return undefined;
}
