import type { Models } from '../domain/models.ts';

export interface ModelsContext {
  readonly models: Models;
}
