/**
 * Builds a small decoder exactly as people have them: config.json, tokenizer.json, onnx/model.onnx with `input_ids`,
 * `attention_mask`, `position_ids` and `past_key_values.N.key|value`. Its weights are random: it proves the wiring, not
 * a skill. `node build.ts DIRECTORY`
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeModel } from '../../src/bundle/onnx/write-model.ts';
import { byteTokenizer, END } from './byte-tokenizer.ts';
import { DECODER, decoderGraph } from './decoder-graph.ts';

export async function buildTinyDecoder(directory: string): Promise<void> {
  await mkdir(join(directory, 'onnx'), { recursive: true });
  const config = {
    model_type: 'gpt2',
    num_hidden_layers: DECODER.layers,
    num_attention_heads: DECODER.heads,
    hidden_size: DECODER.width,
    max_position_embeddings: DECODER.context,
    vocab_size: DECODER.vocabulary,
    eos_token_id: END,
  };
  await writeFile(join(directory, 'config.json'), JSON.stringify(config));
  await writeFile(join(directory, 'tokenizer.json'), JSON.stringify(byteTokenizer()));
  await writeFile(
    join(directory, 'tokenizer_config.json'),
    JSON.stringify({ tokenizer_class: 'GPT2Tokenizer', eos_token: '<|end|>' }),
  );
  await writeFile(join(directory, 'onnx', 'model.onnx'), writeModel(decoderGraph()));
}

const [, script, directory] = process.argv;
if (script === import.meta.filename && directory) await buildTinyDecoder(directory);
