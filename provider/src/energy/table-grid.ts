import { countryOf } from './country-of.ts';
import type { GridSource } from './grid-source.ts';
import { GRID_SOURCE, GRID_TABLE } from './grid-table.ts';

/** The yearly mean of the region's country, from the table. */
export function tableGrid(region: string): GridSource {
  const country = countryOf(region);
  const figure = country === undefined ? undefined : GRID_TABLE[country];
  return {
    now: () =>
      figure && {
        gramsPerKwh: figure.gramsPerKwh,
        method: 'table',
        confidence: `${country}, mean of ${figure.year}. ${GRID_SOURCE}`,
      },
    close: () => undefined,
  };
}
