import { Bytes, json } from '@graphprotocol/graph-ts';
import { Model } from '../../generated/schema';
import { Fields, fieldsOf, listOf, textOf } from './fields';
import { saveFiles } from './save-files';
import { saveInputs, saveOutputs } from './save-tensors';

/** Fills a model from its manifest's bytes. Whatever they hold, the model is indexed; what is unreadable stays empty. */
export function readManifest(model: Model, manifest: Bytes): void {
  model.manifestValid = true;
  model.name = '';
  model.version = '';
  model.task = '';
  model.tags = [];
  model.unit = '';
  model.licence = '';
  const parsed = json.try_fromBytes(manifest);
  if (parsed.isError) return refuse(model, 'it is not JSON');
  const fields = fieldsOf(parsed.value);
  if (fields == null) return refuse(model, 'it is not a JSON object');
  readFields(model, fields);
}

function readFields(model: Model, fields: Fields): void {
  model.name = required(model, fields, 'name');
  model.version = required(model, fields, 'version');
  model.task = required(model, fields, 'task');
  model.unit = required(model, fields, 'unit');
  model.licence = required(model, fields, 'licence');
  model.description = textOf(fields.get('description'));
  model.tags = tagsOf(fields);
  if (!saveInputs(model, listOf(fields.get('inputs')))) refuse(model, 'an input is malformed');
  if (!saveOutputs(model, listOf(fields.get('outputs')))) refuse(model, 'an output is malformed');
  if (!saveFiles(model, listOf(fields.get('files')))) refuse(model, 'a file is malformed');
}

function required(model: Model, fields: Fields, name: string): string {
  const text = textOf(fields.get(name));
  if (text !== null) return text as string;
  refuse(model, name + ' is missing or no text');
  return '';
}

function tagsOf(fields: Fields): string[] {
  const tags: string[] = [];
  const values = listOf(fields.get('tags'));
  for (let i = 0; i < values.length; i++) {
    const tag = textOf(values[i]);
    if (tag !== null) tags.push(tag as string);
  }
  return tags;
}

/** Keeps the first problem. */
function refuse(model: Model, problem: string): void {
  if (model.manifestValid) model.manifestProblem = problem;
  model.manifestValid = false;
}
