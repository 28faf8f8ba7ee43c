import { disputeManagerAbi } from '@assay/wire';
import { Interface } from 'ethers';

export const disputeAbi = new Interface(disputeManagerAbi);
