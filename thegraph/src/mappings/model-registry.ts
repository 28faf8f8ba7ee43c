import {
  EntryPaused,
  ModelClassAdded,
  ModelDeprecated,
  ModelLocation,
  ModelRegistered,
  ParameterSet,
  RoyaltySet,
} from '../../generated/ModelRegistry/ModelRegistry';
import { Lineage, Model, ModelClass } from '../../generated/schema';
import { asciiOf } from '../ascii';
import { ZERO } from '../constants';
import { activityOf } from '../entities/activity';
import { handleParameter } from '../entities/parameter';
import { loadProtocol } from '../entities/protocol';
import { readManifest } from '../manifest/read-manifest';

export function handleModelRegistered(event: ModelRegistered): void {
  if (Model.load(event.params.modelId) != null) return; // an id is registered once; its tensors are immutable
  const model = new Model(event.params.modelId);
  model.publisher = event.params.publisher;
  model.lineage = event.params.lineage;
  if (event.params.lineage != event.params.modelId) model.previous = event.params.previous;
  model.manifestHash = event.params.manifestHash;
  model.manifest = event.params.manifest;
  model.royaltyPpm = event.params.royaltyPpm.toI32();
  model.nextRoyaltyPpm = 0;
  model.nextRoyaltyAt = ZERO;
  model.deprecated = false;
  model.openOffers = 0;
  model.claimCount = 0;
  model.claimed = ZERO;
  model.royalties = ZERO;
  model.registeredAt = event.block.timestamp;
  model.updatedAt = event.block.timestamp;
  readManifest(model, event.params.manifest);
  model.save();
  extendLineage(model);

  const protocol = loadProtocol();
  protocol.models += 1;
  protocol.save();

  const activity = activityOf(event, 'ModelRegistered');
  activity.account = event.params.publisher;
  activity.save();
}

function extendLineage(model: Model): void {
  let lineage = Lineage.load(model.lineage);
  if (lineage == null) {
    lineage = new Lineage(model.lineage);
    lineage.versions = 0;
  }
  lineage.latest = model.id;
  lineage.versions += 1;
  lineage.save();
}

export function handleModelClassAdded(event: ModelClassAdded): void {
  const id = event.params.modelId.concat(event.params.execClass);
  if (ModelClass.load(id) == null) {
    const modelClass = new ModelClass(id);
    modelClass.model = event.params.modelId;
    modelClass.execClass = event.params.execClass;
    modelClass.scale = event.params.scale;
    modelClass.tolerance = event.params.tolerance;
    modelClass.save();
  }
  activityOf(event, 'ModelClassAdded').save();
}

export function handleModelLocation(event: ModelLocation): void {
  const model = Model.load(event.params.modelId);
  if (model != null) {
    model.location = event.params.uri;
    model.updatedAt = event.block.timestamp;
    model.save();
  }
  activityOf(event, 'ModelLocation').save();
}

export function handleRoyaltySet(event: RoyaltySet): void {
  const model = Model.load(event.params.modelId);
  if (model != null) {
    model.royaltyPpm = event.params.royaltyPpm.toI32();
    model.nextRoyaltyPpm = event.params.nextRoyaltyPpm.toI32();
    model.nextRoyaltyAt = event.params.effectiveAt;
    model.updatedAt = event.block.timestamp;
    model.save();
  }
  const activity = activityOf(event, 'RoyaltySet');
  activity.amount = event.params.royaltyPpm;
  activity.save();
}

export function handleModelDeprecated(event: ModelDeprecated): void {
  const model = Model.load(event.params.modelId);
  if (model != null) {
    model.deprecated = true;
    model.updatedAt = event.block.timestamp;
    model.save();
  }
  activityOf(event, 'ModelDeprecated').save();
}

export function handleModelRegistryParameterSet(event: ParameterSet): void {
  handleParameter(event, 'ParameterSet', asciiOf(event.params.name), event.params.value);
}

export function handleModelRegistryEntryPaused(event: EntryPaused): void {
  handleParameter(event, 'EntryPaused', 'entryPausedUntil', event.params.until);
}
