/**
 * Grams of CO2 per kWh of electricity by country: approximate yearly means, rounded to 10. Indicative only; a static table
 * ages, so a provider may state the number of its own contract.
 */
export const GRID_YEAR = 2023;
const GRAMS_PER_KWH: Readonly<Record<string, number>> = {
  AT: 110,
  AU: 550,
  BE: 140,
  BR: 100,
  CA: 170,
  CH: 40,
  CN: 580,
  DE: 380,
  DK: 150,
  ES: 170,
  FI: 80,
  FR: 60,
  GB: 240,
  IE: 280,
  IN: 710,
  IS: 30,
  IT: 330,
  JP: 490,
  KR: 430,
  NL: 270,
  NO: 30,
  PL: 660,
  PT: 170,
  SE: 40,
  SG: 470,
  US: 370,
  ZA: 710,
};

/** Looks a region such as `DE` or `de-south` up; undefined where the table does not know it. */
export function gridGramsPerKwh(region: string | undefined): number | undefined {
  return GRAMS_PER_KWH[region?.slice(0, 2).toUpperCase() ?? ''];
}

const JOULES_PER_KWH = 3.6e6;

export function gramsOf(joules: number, gramsPerKwh: number): number {
  return (joules / JOULES_PER_KWH) * gramsPerKwh;
}
