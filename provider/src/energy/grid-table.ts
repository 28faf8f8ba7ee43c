/** Where the figures of the table come from; shown wherever they are used. */
export const GRID_SOURCE =
  'Ember, Yearly Electricity Data (CC BY 4.0), release of 2024: mean of the year, whole life cycle';

export interface GridFigure {
  readonly gramsPerKwh: number;
  readonly year: number;
}

const in2022 = (gramsPerKwh: number): GridFigure => ({ gramsPerKwh, year: 2022 });
const in2023 = (gramsPerKwh: number): GridFigure => ({ gramsPerKwh, year: 2023 });

/**
 * Grams of CO2 equivalent per kWh of electricity generated, by ISO 3166 code (EU: the Union), rounded to whole grams.
 * Read from Ember's release of 2024 as the Green Web Foundation republishes it (co2.js, average-intensities.json), and
 * compared with Our World in Data's table for 2023. A mean of a year says nothing of an hour, and ages: a provider
 * that knows better states its own number or source.
 */
export const GRID_TABLE: Readonly<Record<string, GridFigure>> = {
  AE: in2022(561),
  AR: in2022(395),
  AT: in2023(111),
  AU: in2022(570),
  BE: in2023(138),
  BG: in2023(335),
  BR: in2022(106),
  CA: in2022(161),
  CH: in2023(35),
  CL: in2022(354),
  CN: in2022(586),
  CZ: in2023(450),
  DE: in2023(381),
  DK: in2023(152),
  EE: in2023(417),
  ES: in2023(174),
  EU: in2023(244),
  FI: in2023(79),
  FR: in2023(56),
  GB: in2023(238),
  GR: in2023(337),
  HK: in2022(700),
  HR: in2023(205),
  HU: in2023(204),
  ID: in2022(676),
  IE: in2023(291),
  IL: in2022(583),
  IN: in2022(705),
  IS: in2022(28),
  IT: in2023(331),
  JP: in2022(513),
  KR: in2022(442),
  LT: in2023(160),
  LU: in2023(105),
  LV: in2023(123),
  MX: in2022(475),
  MY: in2022(606),
  NL: in2023(268),
  NO: in2023(30),
  NZ: in2022(111),
  PL: in2023(662),
  PT: in2023(166),
  RO: in2023(241),
  RS: in2023(636),
  SE: in2023(41),
  SG: in2022(474),
  SI: in2023(231),
  SK: in2023(117),
  TR: in2023(465),
  TW: in2022(640),
  UA: in2022(260),
  US: in2022(386),
  ZA: in2022(730),
};
