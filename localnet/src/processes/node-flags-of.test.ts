import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFlagsOf } from './node-flags-of.ts';

test('a program says in its first line how Node is to run it', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'assay-flags-')), 'main.ts');
  const flagsFor = (text: string): string[] => {
    writeFileSync(file, text);
    return nodeFlagsOf(file);
  };
  expect(flagsFor('#!/usr/bin/env -S node --a --b=1\ncode --c')).toEqual(['--a', '--b=1']);
  expect(flagsFor('#!/usr/bin/env node\ncode --c')).toEqual([]);
  expect(flagsFor('code --c')).toEqual([]);
});
