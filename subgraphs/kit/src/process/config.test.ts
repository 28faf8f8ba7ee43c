import { expect, it } from 'vitest';
import { z } from 'zod';
import { maskConfig, parseConfig, secretText } from './config.ts';

const schema = z.object({
  URL: z.url(),
  SECRET: secretText(8),
  MAYBE: secretText(8).optional(),
  PORT: z.coerce.number().default(1),
});

it('names what is wrong and never shows a value', () => {
  try {
    parseConfig(schema, { URL: 'nowhere', SECRET: 'hunter2' });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'N904' });
    const text = JSON.stringify(error);
    expect(text).toContain('URL');
    expect(text).toContain('SECRET');
    expect(text).not.toContain('hunter2');
  }
});

it('masks secrets and the passwords in URLs', () => {
  const config = parseConfig(schema, {
    URL: 'redis://me:hunter2@host:1/0',
    SECRET: 'hunter2hunter2',
    MAYBE: 'hunter2hunter2',
  });
  const masked = maskConfig(schema, config);
  expect(masked).toEqual({ URL: 'redis://me:***@host:1/0', SECRET: '***', MAYBE: '***', PORT: 1 });
});
