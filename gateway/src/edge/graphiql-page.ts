import { GRAPHIQL_TABS } from './graphiql-tabs.ts';

let page: Promise<string> | undefined;

/** GraphiQL in one page, from npm files only. Built at the first visit, since it weighs nine megabytes. */
export function graphiqlPage(): Promise<string> {
  page ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) =>
    renderGraphiQL({
      title: 'Assay',
      endpoint: '/graphql',
      subscriptionsProtocol: 'SSE',
      defaultTabs: GRAPHIQL_TABS.map((tab) => ({ ...tab })),
      defaultEditorToolsVisibility: 'variables',
      shouldPersistHeaders: false,
    }),
  );
  return page;
}
