import { Bytes } from '@graphprotocol/graph-ts';
import { Model, Provider } from '../../generated/schema';
import { loadProtocol } from './protocol';

/** Counts an offer that opened (+1) or was retired (-1); the caller saves the provider. */
export function countOpenOffer(provider: Provider, modelId: Bytes, change: i32): void {
  provider.openOffers += change;
  const model = Model.load(modelId);
  if (model != null) {
    model.openOffers += change;
    model.save();
  }
  const protocol = loadProtocol();
  protocol.openOffers += change;
  protocol.save();
}
