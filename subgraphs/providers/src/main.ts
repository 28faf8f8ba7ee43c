import { runSubgraph } from '@assay/kit';
import { createProvidersSubgraph } from './create-providers-subgraph.ts';

await runSubgraph('providers', createProvidersSubgraph, process.env);
