import { z } from 'zod';

const host = z.string().regex(/^([a-z0-9.-]{1,253}|\[[0-9a-f:.]+\])$/i, 'host names without port');

/** Comma-separated host names of an environment variable; none where it is absent. */
export const hostList = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .pipe(z.array(host));
