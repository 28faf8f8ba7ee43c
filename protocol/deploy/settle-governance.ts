import { governanceAbi, stakingAbi } from '@assay/wire';
import { Contract, Interface, type Signer, ZeroAddress, ZeroHash } from 'ethers';
import { DeploymentError } from './deployment-error.ts';
import { SALT } from './deterministic-deployer.ts';
import { sendAll } from './send-all.ts';

interface Settlement {
  readonly timelock: string;
  readonly staking: string;
  readonly disputeManager: string;
  readonly governor: string;
  readonly delay: number;
}

const TIMELOCK = new Interface(governanceAbi);
const STAKING = new Interface(stakingAbi);
const OPERATION_DONE = 3n;

/**
 * The last step, one operation of the timelock, which has no delay until then: the stake learns who may slash, a deployer
 * that does not govern loses every role, and the timelock gets its real delay. The operation is always the same, so whoever
 * finds it scheduled executes it, and it is never done twice.
 */
export async function settleGovernance(signer: Signer, settlement: Settlement): Promise<void> {
  const timelock = new Contract(settlement.timelock, TIMELOCK, signer);
  const batch = await settlingBatch(timelock, settlement, await signer.getAddress());
  const id: string = await timelock.getFunction('hashOperationBatch')(...batch);
  const state: bigint = await timelock.getFunction('getOperationState')(id);
  if (state === OPERATION_DONE) return;
  await refuseOtherSlasher(signer, settlement);

  const call = (method: string, args: readonly unknown[]) => ({
    to: settlement.timelock,
    data: TIMELOCK.encodeFunctionData(method, args),
  });
  const scheduled = state !== 0n;
  await sendAll(signer, [
    ...(scheduled ? [] : [call('scheduleBatch', [...batch, 0])]),
    call('executeBatch', batch),
  ]);
}

async function settlingBatch(
  timelock: Contract,
  { staking, disputeManager, governor, delay }: Settlement,
  deployer: string,
): Promise<readonly unknown[]> {
  const self = await timelock.getAddress();
  const governs = governor.toLowerCase() === deployer.toLowerCase();
  const roles: string[] = governs ? [] : await allRoles(timelock);
  const calls = [
    { to: staking, data: STAKING.encodeFunctionData('announceSlasher', [disputeManager]) },
    ...roles.map((role) => ({
      to: self,
      data: TIMELOCK.encodeFunctionData('revokeRole', [role, deployer]),
    })),
    { to: self, data: TIMELOCK.encodeFunctionData('updateDelay', [delay]) },
  ];
  const [targets, payloads] = [calls.map(({ to }) => to), calls.map(({ data }) => data)];
  return [targets, calls.map(() => 0n), payloads, ZeroHash, SALT];
}

/** Revoking a role that was never held does nothing, and a list without exceptions needs no trust. */
const allRoles = (timelock: Contract): Promise<string[]> =>
  Promise.all(
    ['PROPOSER_ROLE', 'CANCELLER_ROLE', 'EXECUTOR_ROLE', 'DEFAULT_ADMIN_ROLE'].map((role) =>
      timelock.getFunction(role)(),
    ),
  );

async function refuseOtherSlasher(signer: Signer, settlement: Settlement): Promise<void> {
  const slasher: string = await new Contract(settlement.staking, STAKING, signer).getFunction(
    'slasher',
  )();
  if (slasher !== ZeroAddress && slasher.toLowerCase() !== settlement.disputeManager.toLowerCase())
    throw new DeploymentError(`Staking obeys another slasher, ${slasher}.`);
}
