import { governanceAbi, stakingAbi } from '@assay/wire';
import { Contract, type Signer, ZeroAddress, ZeroHash } from 'ethers';
import { DeploymentError } from './deployment-error.ts';
import { SALT } from './deterministic-deployer.ts';
import { sendAll } from './send-all.ts';

interface Settlement {
  readonly timelock: string;
  readonly staking: string;
  readonly disputeManager: string;
  readonly delay: number;
}

/**
 * The last step: the stake learns who may slash, and the timelock gets its real delay. Both are operations of the
 * timelock itself, which has no delay until then, so that the deployer never owns anything.
 */
export async function settleGovernance(signer: Signer, settlement: Settlement): Promise<void> {
  const staking = new Contract(settlement.staking, stakingAbi, signer);
  const timelock = new Contract(settlement.timelock, governanceAbi, signer);
  const slasher: string = await staking.getFunction('slasher')();
  if (slasher !== ZeroAddress && slasher.toLowerCase() !== settlement.disputeManager.toLowerCase())
    throw new DeploymentError(`Staking obeys another slasher, ${slasher}.`);
  const delay: bigint = await timelock.getFunction('getMinDelay')();
  const calls = [
    ...(slasher === ZeroAddress
      ? [
          [
            settlement.staking,
            staking.interface.encodeFunctionData('announceSlasher', [settlement.disputeManager]),
          ],
        ]
      : []),
    ...(delay === 0n && settlement.delay !== 0
      ? [
          [
            settlement.timelock,
            timelock.interface.encodeFunctionData('updateDelay', [settlement.delay]),
          ],
        ]
      : []),
  ];
  if (calls.length === 0) return;
  const batch = [
    calls.map(([target]) => target),
    calls.map(() => 0n),
    calls.map(([, data]) => data),
    ZeroHash,
    SALT,
  ];
  const id: string = await timelock.getFunction('hashOperationBatch')(...batch);
  const scheduled: boolean = await timelock.getFunction('isOperation')(id);
  const data = (method: string, args: unknown[]) => ({
    to: settlement.timelock,
    data: timelock.interface.encodeFunctionData(method, args),
  });
  await sendAll(signer, [
    ...(scheduled ? [] : [data('scheduleBatch', [...batch, 0])]),
    data('executeBatch', batch),
  ]);
}
