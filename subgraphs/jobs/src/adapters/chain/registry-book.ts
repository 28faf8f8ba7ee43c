import { type Address, type Hex, lowerAddress, parseManifest } from '@assay/wire';
import { getBytes, type LogDescription } from 'ethers';
import type {
  RegisteredModel,
  RegisteredOffer,
  RegisteredProvider,
  Registry,
} from '../../domain/registry-facts.ts';

/** Models, providers and offers in memory, built from the registries' events. Applying an event twice changes nothing. */
export interface RegistryBook extends Omit<Registry, 'refresh'> {
  apply(event: LogDescription): void;
}

export function createRegistryBook(
  onBadManifest: (modelId: Hex, error: unknown) => void,
): RegistryBook {
  const models = new Map<Hex, RegisteredModel>();
  const providers = new Map<Address, RegisteredProvider>();
  const offers = new Map<Hex, RegisteredOffer>();

  const changeProvider = (address: Address, change: Partial<RegisteredProvider>) => {
    const known = providers.get(address) ?? { address, receiptKey: address, region: '' };
    providers.set(address, { ...known, ...change });
  };
  const addModel = (id: Hex, manifest: string) => {
    try {
      const deprecated = models.get(id)?.deprecated ?? false;
      models.set(id, { id, manifest: parseManifest(getBytes(manifest)), deprecated });
    } catch (error) {
      onBadManifest(id, error);
    }
  };
  const deprecate = (id: Hex) => {
    const model = models.get(id);
    if (model !== undefined) models.set(id, { ...model, deprecated: true });
  };

  const handlers: Record<string, (args: LogDescription['args']) => void> = {
    ModelRegistered: (args) => addModel(args.modelId, args.manifest),
    ModelDeprecated: (args) => deprecate(args.modelId),
    ProviderRegistered: (args) =>
      changeProvider(lowerAddress(args.provider), { region: args.region }),
    RegionSet: (args) => changeProvider(lowerAddress(args.provider), { region: args.region }),
    ReceiptKeyRotated: (args) =>
      changeProvider(lowerAddress(args.provider), { receiptKey: lowerAddress(args.key) }),
    OfferSet: (args) =>
      offers.set(args.offerId, {
        id: args.offerId,
        provider: lowerAddress(args.provider),
        modelId: args.modelId,
        priceCeiling: args.priceCeiling,
        execClass: args.execClass,
        validUntil: args.validUntil,
      }),
    OfferRetired: (args) => offers.delete(args.offerId),
  };

  return {
    apply: (event) => handlers[event.name]?.(event.args),
    model: (id) => models.get(id),
    modelsOfTask: (task) => [...models.values()].filter((model) => model.manifest.task === task),
    provider: (address) => providers.get(address),
    offer: (id) => offers.get(id),
  };
}
