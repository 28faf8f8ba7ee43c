import {
  ascii,
  EXEC_CLASS,
  hex,
  KEY,
  MODEL,
  NEXT_MODEL,
  OFFER,
  OTHER_PROVIDER,
  PROTOCOL,
  PROVIDER,
  PUBLISHER,
  RECEIPTS,
  ZERO_WORD,
} from '../actors.ts';
import { emit, mappingCase, secondOf } from '../mapping-case.ts';

const protocol = (fields: string) => `protocol(id: "${PROTOCOL}") { ${fields} }`;
const model = (fields: string) => `model(id: "${MODEL}") { ${fields} }`;
const provider = (fields: string) => `provider(id: "${PROVIDER}") { ${fields} }`;
const LATER = secondOf(100);

const MANIFEST = {
  name: 'reader',
  version: '4.1',
  task: 'ocr',
  description: 'reads "lines" of text \u0000 – Zeilen',
  tags: ['ocr', 'latin'],
  unit: 'request',
  licence: 'Apache-2.0',
  files: [
    { path: 'model.onnx', role: 'model', sha256: `0x${'ab'.repeat(32)}`, bytes: 4_000_000_000 },
  ],
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3, 48, -1] }],
  outputs: [
    { name: 'y', datatype: 'FP32', shape: [-1, 97] },
    { name: 'z', datatype: 'INT64', shape: [] },
  ],
};

const registered = (manifest: string, id = MODEL, previous = ZERO_WORD) =>
  emit('ModelRegistry', 'ModelRegistered', {
    ...{ modelId: id, publisher: PUBLISHER, lineage: MODEL, previous },
    ...{
      manifestHash: RECEIPTS,
      royaltyPpm: 20_000,
      manifest: manifest.startsWith('0x') ? manifest : hex(manifest),
    },
  });
const offered = (priceCeiling: number, execClass = EXEC_CLASS) =>
  emit('ProviderRegistry', 'OfferSet', {
    offerId: OFFER,
    provider: PROVIDER,
    modelId: MODEL,
    priceCeiling,
    execClass,
    validUntil: LATER,
  });
const signedUp = emit('ProviderRegistry', 'ProviderRegistered', {
  provider: PROVIDER,
  region: 'eu-west',
  payout: KEY,
});

const refused = (
  name: string,
  manifest: string,
  problem: string,
  more: Record<string, unknown> = {},
) =>
  mappingCase(
    `a manifest that ${name} does no harm`,
    [
      registered(manifest),
      emit('ModelRegistry', 'ModelLocation', { modelId: MODEL, uri: 'https://models.example/1' }),
    ],
    [
      model('manifestValid manifestProblem location'),
      { manifestValid: false, manifestProblem: problem, location: 'https://models.example/1' },
    ],
    ...(Object.keys(more).length > 0 ? [[model(Object.keys(more).join(' ')), more] as const] : []),
  );

export const cases = [
  mappingCase(
    'a model is what its manifest says',
    [registered(JSON.stringify(MANIFEST))],
    [
      model(
        'name version task description tags unit licence manifestValid manifestProblem manifestHash publisher royaltyPpm deprecated previous { id } lineage { id }',
      ),
      {
        name: 'reader',
        version: '4.1',
        task: 'ocr',
        description: 'reads "lines" of text  – Zeilen',
        tags: ['ocr', 'latin'],
        unit: 'request',
        licence: 'Apache-2.0',
        manifestValid: true,
        manifestProblem: null,
        manifestHash: RECEIPTS,
        publisher: PUBLISHER,
        royaltyPpm: 20000,
        deprecated: false,
        previous: null,
        lineage: { id: MODEL },
      },
    ],
    [
      model(
        'inputs { name datatype shape } outputs(orderBy: position) { name position shape } files { path role sha256 bytes }',
      ),
      {
        inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3, 48, -1] }],
        outputs: [
          { name: 'y', position: 0, shape: [-1, 97] },
          { name: 'z', position: 1, shape: [] },
        ],
        files: [
          {
            path: 'model.onnx',
            role: 'model',
            sha256: `0x${'ab'.repeat(32)}`,
            bytes: '4000000000',
          },
        ],
      },
    ],
    [protocol('models'), { models: 1 }],
  ),
  mappingCase(
    'a new version extends its lineage',
    [
      registered(JSON.stringify(MANIFEST)),
      registered(JSON.stringify({ ...MANIFEST, version: '5' }), NEXT_MODEL, MODEL),
    ],
    [
      `lineage(id: "${MODEL}") { versions latest { id version } models(orderBy: version) { version previous { id } } }`,
      {
        versions: 2,
        latest: { id: NEXT_MODEL, version: '5' },
        models: [
          { version: '4.1', previous: null },
          { version: '5', previous: { id: MODEL } },
        ],
      },
    ],
  ),
  mappingCase(
    'a model registered twice counts once',
    [registered(JSON.stringify(MANIFEST)), registered(JSON.stringify(MANIFEST))],
    [protocol('models'), { models: 1 }],
    [`lineage(id: "${MODEL}") { versions }`, { versions: 1 }],
  ),
  refused('is no JSON', '{"name": "x"', 'it is not JSON', { name: '', tags: [] }),
  refused('is no text at all', '0xfffe0012', 'it is not JSON'),
  refused('is deeper than any parser goes', '['.repeat(4000), 'it is not JSON'),
  refused('is no object', '[1, 2]', 'it is not a JSON object'),
  refused(
    'has fields of other kinds',
    '{"name": 7, "tags": "a", "inputs": {}, "files": null}',
    'name is missing or no text',
    { name: '', tags: [] },
  ),
  refused(
    'has malformed tensors',
    JSON.stringify({
      ...MANIFEST,
      inputs: [
        7,
        { name: 'x', datatype: 'FP32', shape: [1e40] },
        { name: 'ok', datatype: 'BOOL', shape: [1] },
      ],
      outputs: [{ shape: [1.5] }],
    }),
    'an input is malformed',
    { name: 'reader' },
  ),
  refused(
    'has malformed files',
    JSON.stringify({
      ...MANIFEST,
      files: [
        { path: 'a', role: 'model', sha256: '0xzz', bytes: 1 },
        { path: 'a', role: 'model', sha256: `0x${'ab'.repeat(32)}`, bytes: -1e300 },
      ],
    }),
    'a file is malformed',
  ),
  mappingCase(
    'a tensor whose shape is no list of whole numbers is left out',
    [
      registered(
        JSON.stringify({
          ...MANIFEST,
          inputs: [
            { name: 'kept', datatype: 'BOOL', shape: [1] },
            { name: 'fraction', datatype: 'BOOL', shape: [1.5] },
            { name: 'huge', datatype: 'BOOL', shape: [1e40] },
            { name: 'too large', datatype: 'BOOL', shape: [2 ** 31] },
            { name: 'negative', datatype: 'BOOL', shape: [-2] },
            { name: 'text', datatype: 'BOOL', shape: ['1'] },
          ],
        }),
      ),
    ],
    [
      model('inputs { name position } outputs { name }'),
      { inputs: [{ name: 'kept', position: 0 }], outputs: [{ name: 'y' }, { name: 'z' }] },
    ],
  ),
  mappingCase(
    'classes, royalty and deprecation change a model; a repeated class does not',
    [
      registered(JSON.stringify(MANIFEST)),
      emit('ModelRegistry', 'ModelClassAdded', {
        modelId: MODEL,
        execClass: EXEC_CLASS,
        scale: 4096,
        tolerance: 4_000_000_000,
      }),
      emit('ModelRegistry', 'ModelClassAdded', {
        modelId: MODEL,
        execClass: EXEC_CLASS,
        scale: 1,
        tolerance: 1,
      }),
      emit('ModelRegistry', 'RoyaltySet', {
        modelId: MODEL,
        royaltyPpm: 10_000,
        nextRoyaltyPpm: 30_000,
        effectiveAt: LATER,
      }),
      emit('ModelRegistry', 'ModelDeprecated', { modelId: MODEL }),
      emit('ModelRegistry', 'ParameterSet', { name: ascii('limit'), value: 3 }),
      emit('ModelRegistry', 'EntryPaused', { until: LATER }),
    ],
    [
      model(
        'royaltyPpm nextRoyaltyPpm nextRoyaltyAt deprecated classes { execClass scale tolerance }',
      ),
      {
        royaltyPpm: 10000,
        nextRoyaltyPpm: 30000,
        nextRoyaltyAt: LATER,
        deprecated: true,
        classes: [{ execClass: EXEC_CLASS, scale: 4096, tolerance: '4000000000' }],
      },
    ],
    [
      'parameters { name value }',
      [
        { name: 'limit', value: 3 },
        { name: 'entryPausedUntil', value: LATER },
      ],
    ],
  ),
  mappingCase(
    'news of an unknown model is kept as activity only',
    [
      emit('ModelRegistry', 'ModelLocation', { modelId: MODEL, uri: 'x' }),
      emit('ModelRegistry', 'RoyaltySet', {
        modelId: MODEL,
        royaltyPpm: 1,
        nextRoyaltyPpm: 1,
        effectiveAt: 0,
      }),
      emit('ModelRegistry', 'ModelDeprecated', { modelId: MODEL }),
    ],
    ['models { id }', []],
    [
      'activities { kind }',
      [{ kind: 'ModelLocation' }, { kind: 'RoyaltySet' }, { kind: 'ModelDeprecated' }],
    ],
  ),
  mappingCase(
    'a provider registers, rotates its key and moves',
    [
      signedUp,
      emit('ProviderRegistry', 'ReceiptKeyRotated', {
        provider: PROVIDER,
        key: KEY,
        previous: `0x${'0'.repeat(40)}`,
      }),
      emit('ProviderRegistry', 'ReceiptKeyRotated', {
        provider: PROVIDER,
        key: PUBLISHER,
        previous: KEY,
      }),
      emit('ProviderRegistry', 'RegionSet', { provider: PROVIDER, region: 'us-east' }),
      emit('ProviderRegistry', 'PayoutSet', { provider: PROVIDER, payout: PUBLISHER }),
      emit('ProviderRegistry', 'ParameterSet', { name: ascii('minStake'), value: 3 }),
      emit('ProviderRegistry', 'EntryPaused', { until: LATER }),
    ],
    [
      provider(
        'registered registeredAt region payout receiptKey { id } receiptKeys { id registeredAt retiredAt }',
      ),
      {
        registered: true,
        registeredAt: secondOf(0),
        region: 'us-east',
        payout: PUBLISHER,
        receiptKey: { id: PUBLISHER },
        receiptKeys: [
          { id: KEY, registeredAt: secondOf(1), retiredAt: secondOf(2) },
          { id: PUBLISHER, registeredAt: secondOf(2), retiredAt: null },
        ],
      },
    ],
    [
      'parameters { name value }',
      [
        { name: 'minStake', value: 3 },
        { name: 'entryPausedUntil', value: LATER },
      ],
    ],
  ),
  mappingCase(
    'a provider registered twice counts once',
    [signedUp, signedUp],
    [protocol('providers'), { providers: 1 }],
    [provider('registeredAt'), { registeredAt: secondOf(0) }],
  ),
  mappingCase(
    'an offer changes without being counted again',
    [signedUp, registered(JSON.stringify(MANIFEST)), offered(500), offered(400)],
    [
      `offer(id: "${OFFER}") { priceCeiling execClass validUntil retired jurorCandidate provider { id } model { name } createdAt updatedAt }`,
      {
        priceCeiling: 400,
        execClass: EXEC_CLASS,
        validUntil: LATER,
        retired: false,
        jurorCandidate: true,
        provider: { id: PROVIDER },
        model: { name: 'reader' },
        createdAt: secondOf(2),
        updatedAt: secondOf(3),
      },
    ],
    [protocol('offers openOffers'), { offers: 1, openOffers: 1 }],
    [provider('openOffers'), { openOffers: 1 }],
    [model('openOffers'), { openOffers: 1 }],
  ),
  mappingCase(
    'an offer retires once and may come back',
    [
      offered(500),
      ...Array(2).fill(
        emit('ProviderRegistry', 'OfferRetired', {
          offerId: OFFER,
          provider: PROVIDER,
          modelId: MODEL,
        }),
      ),
      offered(300),
    ],
    [protocol('offers openOffers'), { offers: 1, openOffers: 1 }],
    [
      `offer(id: "${OFFER}") { retired priceCeiling model { id } modelId }`,
      { retired: false, priceCeiling: 300, model: null, modelId: MODEL },
    ],
  ),
  mappingCase(
    'pruning takes the candidate of that class only',
    [
      offered(500),
      emit('ProviderRegistry', 'CandidatePruned', {
        modelId: MODEL,
        execClass: EXEC_CLASS,
        provider: PROVIDER,
      }),
      emit('ProviderRegistry', 'CandidatePruned', {
        modelId: MODEL,
        execClass: EXEC_CLASS,
        provider: OTHER_PROVIDER,
      }),
    ],
    [`offer(id: "${OFFER}") { jurorCandidate retired }`, { jurorCandidate: false, retired: false }],
  ),
  mappingCase(
    'pruning an old class leaves the new one',
    [
      offered(500),
      offered(500, RECEIPTS),
      emit('ProviderRegistry', 'CandidatePruned', {
        modelId: MODEL,
        execClass: EXEC_CLASS,
        provider: PROVIDER,
      }),
    ],
    [`offer(id: "${OFFER}") { jurorCandidate }`, { jurorCandidate: true }],
  ),
];
