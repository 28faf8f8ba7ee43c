import type { Manifest } from '@assay/wire';
import { Tokenizer } from '@huggingface/tokenizers';
import { bundleJson } from './bundle-json.ts';
import { InferenceFault } from './inference-fault.ts';

/** The tokenizer of a Hugging Face style folder. Throws M600 where tokenizer.json is missing or not understood. */
export async function loadTokenizer(manifest: Manifest, directory: string): Promise<Tokenizer> {
  const tokenizer = await bundleJson(manifest, directory, 'tokenizer.json');
  if (!tokenizer)
    throw new InferenceFault('M600', { details: { reason: 'the bundle has no tokenizer.json' } });
  const config = await bundleJson(manifest, directory, 'tokenizer_config.json');
  try {
    return new Tokenizer(tokenizer, config ?? {});
  } catch (cause) {
    throw new InferenceFault('M600', {
      cause,
      details: { file: 'tokenizer.json', reason: 'not understood' },
    });
  }
}
