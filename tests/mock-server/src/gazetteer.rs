//! Where the cities of the world are, and which of them a street address means.
//!
//! Data: the some 8,000 largest cities of GeoNames (<https://www.geonames.org>, CC BY 4.0), made
//! by `scripts/cities.mjs`.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use deunicode::deunicode;
use kproxy_agents::domain::{Coordinates, PostalAddress};

static CITIES: &str = include_str!("../data/cities.tsv");
static COUNTRIES: &str = include_str!("../data/countries.tsv");
static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::read);

/// The most words that a city's name has.
const MOST_WORDS: usize = 5;
/// How far from the city's center an address is put at most, in degrees either way.
const SPREAD_DEGREES: f64 = 0.03;
/// After these a name is most likely a street's, not a city's.
const STREET_WORDS: [&str; 14] = [
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "boulevard",
    "blvd",
    "drive",
    "way",
    "square",
    "place",
];
/// Where people part the words of a country's name from those of its city.
const COUNTRY_NICKNAMES: [(&str, &str); 6] = [
    ("usa", "US"),
    ("uk", "GB"),
    ("england", "GB"),
    ("scotland", "GB"),
    ("holland", "NL"),
    ("czech republic", "CZ"),
];

/// A city.
#[derive(Clone, Debug, PartialEq)]
pub struct City {
    /// As GeoNames has it.
    pub name: &'static str,
    /// Other names, parted by `|`.
    aliases: &'static str,
    /// Such as `CA`.
    pub region_code: &'static str,
    /// Such as `California`.
    pub region: &'static str,
    /// ISO 3166, such as `US`.
    pub country_code: &'static str,
    /// Such as `United States`.
    pub country: &'static str,
    /// Its center.
    pub centre: Coordinates,
    /// How many live there.
    pub population: u64,
}

/// All cities that are known.
#[derive(Debug)]
pub struct Gazetteer {
    /// The largest first.
    cities: Vec<City>,
    /// By the words of their names; the largest first.
    by_name: HashMap<String, Vec<usize>>,
}

impl Gazetteer {
    /// The one that comes with the program.
    pub fn get() -> &'static Self {
        &GAZETTEER
    }

    fn read() -> Self {
        let countries: HashMap<&str, &str> = rows(COUNTRIES)
            .filter_map(|row| row.split_once('\t'))
            .collect();
        let cities: Vec<City> = rows(CITIES)
            .filter_map(|row| city(row, &countries))
            .collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, city) in cities.iter().enumerate() {
            let names: HashSet<_> = city.names().map(|name| words(name).join(" ")).collect();
            for name in names {
                by_name.entry(name).or_default().push(index);
            }
        }
        Self { cities, by_name }
    }

    /// All cities, the largest first.
    pub fn cities(&self) -> &[City] {
        &self.cities
    }

    /// The largest city with that name, or alias, in that country.
    pub fn city(&self, name: &str, country_code: &str) -> Option<&City> {
        self.named(&words(name))
            .find(|city| city.country_code == country_code)
    }

    fn named(&self, words: &[String]) -> impl Iterator<Item = &City> {
        let indices = self
            .by_name
            .get(&words.join(" "))
            .map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|&index| self.cities.get(index))
    }

    /// The city that an address means: one whose country or region is named too, rather than
    /// one that has a part between commas for itself, rather than one with a longer name, rather
    /// than a larger one.
    pub fn find(&self, address: &str) -> Option<&City> {
        let context = Context::of(address);
        let mut best = None;
        for part in address.split([',', ';', '\n']) {
            let words = words(part);
            for start in 0..words.len() {
                for length in 1..=MOST_WORDS.min(words.len() - start) {
                    let Some(name) = words.get(start..start + length) else {
                        continue;
                    };
                    let next = words.get(start + length).map_or("", String::as_str);
                    let is_street = STREET_WORDS.contains(&next);
                    for city in self.named(name) {
                        let rank = (
                            context.names_around(city, name),
                            !is_street,
                            length == words.len(),
                            length,
                            city.population,
                        );
                        if best.as_ref().is_none_or(|(best, _)| rank > *best) {
                            best = Some((rank, city));
                        }
                    }
                }
            }
        }
        best.filter(|((_, is_city, ..), _)| *is_city)
            .map(|(_, city)| city)
    }

    /// Where an address is: near the center of its city, always at the same spot. No data on
    /// streets is to be had.
    pub fn locate(&self, address: &PostalAddress) -> Option<Coordinates> {
        let PostalAddress {
            address,
            city,
            region,
            postal_code,
            country,
        } = address;
        let text = [address, city, region, postal_code, country]
            .map(String::as_str)
            .join(", ");
        let Coordinates { lat, lon } = self.find(&text)?.centre;
        let mut hasher = DefaultHasher::new();
        words(&text).hash(&mut hasher);
        let mut rng = fastrand::Rng::with_seed(hasher.finish());
        let mut offset = || (rng.f64() * 2.0 - 1.0) * SPREAD_DEGREES;
        Some(Coordinates {
            lat: rounded(lat + offset()),
            lon: rounded(lon + offset()),
        })
    }
}

impl City {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let without_city = self.name.strip_suffix(" City");
        let aliases = self.aliases.split('|').filter(|alias| !alias.is_empty());
        std::iter::once(self.name)
            .chain(without_city)
            .chain(aliases)
    }
}

/// What an address says about country and region.
struct Context {
    /// All of it in words, each between spaces.
    text: String,
    /// What looks like a code: two or three capital letters.
    codes: HashSet<String>,
}

impl Context {
    fn of(address: &str) -> Self {
        let is_code = |word: &&str| {
            (2..=3).contains(&word.len()) && word.chars().all(|letter| letter.is_ascii_uppercase())
        };
        let parts = address.split(|letter: char| !letter.is_alphanumeric());
        Self {
            text: format!(" {} ", words(address).join(" ")),
            codes: parts.filter(is_code).map(str::to_owned).collect(),
        }
    }

    /// How many of the city's country and region are named beside the city itself.
    fn names_around(&self, city: &City, name: &[String]) -> usize {
        let around = self
            .text
            .replacen(&format!(" {} ", name.join(" ")), "  ", 1);
        let is_named = |what: &str| {
            let words = words(what);
            !words.is_empty() && around.contains(&format!(" {} ", words.join(" ")))
        };
        let nickname = COUNTRY_NICKNAMES
            .iter()
            .any(|(name, code)| *code == city.country_code && is_named(name));
        let country = nickname || is_named(city.country) || self.codes.contains(city.country_code);
        let region = is_named(city.region) || self.codes.contains(city.region_code);
        usize::from(country) + usize::from(region)
    }
}

/// The words of a text without case, accents and punctuation.
fn words(text: &str) -> Vec<String> {
    // An apostrophe parts no words: Nuku‘alofa.
    let text = text.replace(['\'', '‘', '’', 'ʻ', '.'], "");
    deunicode(&text)
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|row| !row.starts_with('#'))
}

fn city(row: &'static str, countries: &HashMap<&str, &'static str>) -> Option<City> {
    let mut cells = row.split('\t');
    let mut next = || cells.next();
    let (name, aliases, region_code, region, country_code) =
        (next()?, next()?, next()?, next()?, next()?);
    let centre = Coordinates {
        lat: next()?.parse().ok()?,
        lon: next()?.parse().ok()?,
    };
    let population = next()?.parse().ok()?;
    let country = countries.get(country_code)?;
    Some(City {
        name,
        aliases,
        region_code,
        region,
        country_code,
        country,
        centre,
        population,
    })
}

/// To about a metre.
pub fn rounded(degrees: f64) -> f64 {
    (degrees * 100_000.0).round() / 100_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_found(address: &str, city: &str, country_code: &str) {
        let found = Gazetteer::get()
            .find(address)
            .map(|city| (city.name, city.country_code));
        assert_eq!(found, Some((city, country_code)), "{address}");
    }

    #[test]
    fn the_data_is_read_whole() {
        let read = Gazetteer::get().cities().len();
        assert_eq!(read, rows(CITIES).count());
        assert!(read > 8_000);
    }

    #[test]
    fn the_largest_city_of_a_name_wins() {
        assert_found("London", "London", "GB");
        assert_found("1 Harbour Road, Portland", "Portland", "US");
    }

    #[test]
    fn country_and_region_decide_between_namesakes() {
        assert_found("99 King St, London, Ontario", "London", "CA");
        assert_found("Hyderabad, Pakistan", "Hyderabad", "PK");
        assert_found("Birmingham, AL", "Birmingham", "US");
        assert_found("Birmingham", "Birmingham", "GB");
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        assert_found("bahnhofstr. 1, 8001 zurich", "Zürich", "CH");
        assert_found("SÃO PAULO", "São Paulo", "BR");
        assert_found("Av. Paulista 1000, sao paulo", "São Paulo", "BR");
        assert_found("Taufa'ahau Road, Nuku'alofa, Tonga", "Nuku‘alofa", "TO");
    }

    #[test]
    fn everyday_names_are_known() {
        assert_found("60 Hudson St, New York, NY 10013", "New York City", "US");
        assert_found(
            "Hanauer Landstraße 302, Frankfurt",
            "Frankfurt am Main",
            "DE",
        );
        assert_found("Marienplatz 1, 80331 München", "Munich", "DE");
        assert_found("Victoria Parade, Suva, Fiji", "Suva", "FJ");
    }

    #[test]
    fn a_street_named_after_a_city_is_not_that_city() {
        assert_found("12 Berlin Street, Sydney", "Sydney", "AU");
        assert_eq!(Gazetteer::get().find("12 Berlin Street"), None);
    }

    #[test]
    fn what_names_no_city_is_nowhere() {
        for address in ["", ", ,", "Nowhere at all", "1 Main Street", "🛰️"] {
            assert_eq!(Gazetteer::get().find(address), None, "{address}");
        }
    }

    #[test]
    fn an_address_is_near_its_city_and_always_at_the_same_spot() {
        let gazetteer = Gazetteer::get();
        let at = |address: &str| {
            let address = PostalAddress {
                address: address.to_owned(),
                ..PostalAddress::default()
            };
            gazetteer.locate(&address).unwrap()
        };
        let place = at("1 Queen Street, Auckland");
        assert_eq!(place, at("1 queen street,  auckland"));
        assert_ne!(place, at("2 Queen Street, Auckland"));
        assert!((place.lat + 36.85).abs() < 0.05 && (place.lon - 174.76).abs() < 0.05);
    }
}
