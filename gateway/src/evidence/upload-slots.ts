import { type Address, AssayError } from '@assay/wire';

/** Who may be handing evidence over at the same time: nobody's slow upload keeps a party's out. */
export interface UploadSlots {
  /** Resolves what leaves the slot. Throws G801 where there is none. */
  enter(signer: Address, isParty: boolean): () => void;
}

const STRANGERS = 4;
const BUSY = { retryAfterMs: 5_000, hint: 'Evidence is being handed over: try again shortly.' };

/** One upload for each party, and a few for all strangers together. */
export function createUploadSlots(): UploadSlots {
  const parties = new Set<Address>();
  let strangers = 0;
  return {
    enter(signer, isParty) {
      if (isParty ? parties.has(signer) : strangers >= STRANGERS)
        throw new AssayError('G801', BUSY);
      if (isParty) parties.add(signer);
      else strangers += 1;
      return () => {
        if (isParty) parties.delete(signer);
        else strangers -= 1;
      };
    },
  };
}
