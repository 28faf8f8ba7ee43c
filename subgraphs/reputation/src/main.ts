import { runSubgraph } from '@assay/kit';
import { createReputationSubgraph } from './create-reputation-subgraph.ts';

await runSubgraph('reputation', createReputationSubgraph, process.env);
