export const CONFIG_OPTION = [
  '-c, --config <file>',
  'the provider’s config file',
  'provider.json',
] as const;

export interface ConfigOption {
  readonly config: string;
}
