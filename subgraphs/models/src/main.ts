import { runSubgraph } from '@assay/kit';
import { createModelsSubgraph } from './create-models-subgraph.ts';

await runSubgraph('models', createModelsSubgraph, process.env);
