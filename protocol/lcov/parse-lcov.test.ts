import { expect, test } from 'vitest';
import { parseLcov } from './parse-lcov.ts';

test('names the lines and branches that no test reaches', () => {
  const report = `TN:
SF:protocol/contracts/staking/Staking.sol
DA:10,3
DA:11,0
DA:12,1
BRDA:12,0,0,4
BRDA:12,0,1,0
BRDA:20,1,0,-
end_of_record
TN:
SF:protocol/contracts/tokens/TestUSD.sol
DA:1,1
end_of_record
`;
  const [staking, token] = parseLcov(report);
  expect(staking).toEqual({
    file: 'protocol/contracts/staking/Staking.sol',
    lines: { found: 3, hit: 2 },
    branches: { found: 3, hit: 1 },
    missedLines: [11],
    missedBranches: [12, 20],
  });
  expect(token).toMatchObject({ missedLines: [], missedBranches: [] });
});
