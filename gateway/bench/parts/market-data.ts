/** The same small market for every server under test: 10 models, 30 providers each, one score per provider. */
export interface BenchModel {
  readonly id: string;
  readonly name: string;
}
export interface BenchProvider {
  readonly id: string;
  readonly region: string;
}

const count = (length: number, prefix: string) =>
  Array.from({ length }, (_, index) => `${prefix}${index}`);

export const MODELS: readonly BenchModel[] = count(10, 'm').map((id) => ({
  id,
  name: `model ${id}`,
}));
export const PROVIDERS: readonly BenchProvider[] = count(30, 'p').map((id) => ({
  id,
  region: 'eu',
}));
/** Each model is offered by three of the thirty. */
export const offeredBy = (modelId: string): readonly BenchProvider[] => {
  const first = 3 * Number(modelId.slice(1));
  return PROVIDERS.slice(first, first + 3);
};
export const scoreOf = (providerId: string): number => Number(providerId.slice(1)) / 30;

/** 10 models -> their providers (a second subgraph) -> their scores (a third). */
export const QUERY = '{ models { id name providers { id region score } } }';
