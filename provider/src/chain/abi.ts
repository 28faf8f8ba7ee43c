import {
  assayTokenAbi,
  disputeManagerAbi,
  modelRegistryAbi,
  providerRegistryAbi,
  sessionEscrowAbi,
  stakingAbi as stakingContractAbi,
} from '@assay/wire';
import { Interface } from 'ethers';

export const escrowAbi = new Interface(sessionEscrowAbi);
export const registryAbi = new Interface(providerRegistryAbi);
export const stakingAbi = new Interface(stakingContractAbi);
export const modelsAbi = new Interface(modelRegistryAbi);
export const tokenAbi = new Interface(assayTokenAbi);
export const disputeAbi = new Interface(disputeManagerAbi);
