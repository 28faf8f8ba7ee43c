import { expect, test } from 'vitest';
import { createModelCatalogue, type ModelFacts } from './model-catalogue.ts';

const model = (digit: string, over: Partial<ModelFacts>): ModelFacts => ({
  id: `0x${digit.repeat(64)}`,
  name: 'ocr',
  version: '1',
  task: 'ocr',
  publisher: '0xa',
  deprecated: false,
  inputs: [],
  outputs: [],
  ...over,
});

function setup(...models: ModelFacts[]) {
  let asked = 0;
  const catalogue = createModelCatalogue({
    async run({ variables }) {
      asked += 1;
      const id = variables?.id;
      if (id !== undefined) return { data: { model: models.find((one) => one.id === id) ?? null } };
      return { data: { models: { edges: models.map((node) => ({ node })) } } };
    },
  });
  return { catalogue, asked: () => asked };
}

test('finds a model by id, by name and by name@version', async () => {
  const { catalogue } = setup(
    model('1', {}),
    model('2', { version: '10' }),
    model('3', { version: '9' }),
  );
  expect((await catalogue.find(`0x${'1'.repeat(64)}`)).version).toBe('1');
  expect((await catalogue.find('ocr')).version).toBe('10');
  expect((await catalogue.find('ocr@9')).version).toBe('9');
  expect((await catalogue.find('ocr', '1')).version).toBe('1');
});

test('refuses a name that two publishers use, and names the candidates', async () => {
  const { catalogue } = setup(model('1', {}), model('2', { publisher: '0xb', version: '99' }));
  await expect(catalogue.find('ocr')).rejects.toMatchObject({
    code: 'I104',
    details: { candidates: [`0x${'1'.repeat(64)}`, `0x${'2'.repeat(64)}`] },
  });
});

test('takes no near miss and no deprecated model for a name', async () => {
  const { catalogue } = setup(model('1', { name: 'ocr-pro' }), model('2', { deprecated: true }));
  await expect(catalogue.find('ocr')).rejects.toMatchObject({ code: 'I104' });
});

test('asks once for what it was just told', async () => {
  const { catalogue, asked } = setup(model('1', {}));
  await Promise.all([catalogue.find('ocr'), catalogue.find('ocr'), catalogue.find('ocr@1')]);
  expect(asked()).toBe(1);
});
