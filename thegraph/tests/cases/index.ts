import type { MappingCase } from '../mapping-case.ts';
import { cases as disputes } from './disputes.ts';
import { cases as registries } from './registries.ts';
import { cases as sessions } from './sessions.ts';
import { cases as staking } from './staking.ts';
import { cases as timelock } from './timelock.ts';

export const CASES: readonly MappingCase[] = [
  ...staking,
  ...registries,
  ...sessions,
  ...disputes,
  ...timelock,
];
