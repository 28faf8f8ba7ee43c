export * from './connection.ts';
export * from './cursor.ts';
export * from './page-info.ts';
export * from './paginate-sorted.ts';
