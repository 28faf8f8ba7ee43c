import { GRID_TABLE } from './grid-table.ts';

/** Names of cloud regions whose country their first letters do not tell. */
const NAMED: Readonly<Record<string, string>> = {
  'af-south-1': 'ZA',
  'ap-east-1': 'HK',
  'ap-northeast-1': 'JP',
  'ap-northeast-2': 'KR',
  'ap-northeast-3': 'JP',
  'ap-south-1': 'IN',
  'ap-south-2': 'IN',
  'ap-southeast-1': 'SG',
  'ap-southeast-2': 'AU',
  'ap-southeast-3': 'ID',
  'ap-southeast-4': 'AU',
  'eu-central-1': 'DE',
  'eu-central-2': 'CH',
  'eu-north-1': 'SE',
  'eu-south-1': 'IT',
  'eu-south-2': 'ES',
  'eu-west-1': 'IE',
  'eu-west-2': 'GB',
  'eu-west-3': 'FR',
  'me-central-1': 'AE',
  'sa-east-1': 'BR',
  uk: 'GB',
};

/** Two letters of their own, as in `DE`, `de-south` or `DE/Frankfurt`: the first two of a word are no country. */
const CODE = /^([a-z]{2})(?=$|[-_/. ])/;

/** The country of a region in the table, or EU; undefined rather than a guess. */
export function countryOf(region: string): string | undefined {
  const name = region.trim().toLowerCase();
  if (Object.hasOwn(NAMED, name)) return NAMED[name];
  const code = CODE.exec(name)?.[1]?.toUpperCase();
  return code !== undefined && Object.hasOwn(GRID_TABLE, code) ? code : undefined;
}
