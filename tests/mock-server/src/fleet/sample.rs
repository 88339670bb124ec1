//! Makes up a fleet like one that a real organization runs, and awkward enough that nobody who
//! works with it overlooks the edges: every status, missing sites and addresses, both sides of
//! the 180th meridian, long names, other scripts, texts that look like markup.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use chrono::{DateTime, TimeDelta, Utc};
use kproxy_agents::domain::{Agent, DEFAULT_FLOW_PORT, Device, PostalAddress, Site, SiteType};

use super::life::Rhythm;
use crate::gazetteer::{City, Gazetteer, rounded};
use crate::{FleetOptions, MAX_AGENTS, MAX_SITES};

/// The newest kproxy.
pub const LATEST_VERSION: &str = "2026.2.0";
/// The id of the first site; the others count up.
pub(super) const FIRST_SITE_ID: u64 = 10_231;
/// The id of the first agent; the others count up in small steps.
const FIRST_AGENT_ID: u64 = 104_512;
/// Fleets below this size have no awkward agents.
const ENOUGH_FOR_AWKWARD_ONES: usize = 20;
/// Of a hundred agents.
const PENDING_PERCENT: usize = 4;
const WARNING_PERCENT: usize = 5;
const CRITICAL_PERCENT: usize = 12;

/// Where large networks have sites: what its agents' names begin with, city, country. The first
/// ones are in every fleet: some on either side of the 180th meridian, two in one city, one far
/// up north, one far down south.
const HUBS: [(&str, &str, &str); 56] = [
    ("fra", "Frankfurt", "DE"),
    ("iad", "Ashburn", "US"),
    ("suv", "Suva", "FJ"),
    ("hnl", "Honolulu", "US"),
    ("akl", "Auckland", "NZ"),
    ("apw", "Apia", "WS"),
    ("lhr", "London", "GB"),
    ("tbu", "Nuku‘alofa", "TO"),
    ("fra2", "Frankfurt", "DE"),
    ("sin", "Singapore", "SG"),
    ("gru", "São Paulo", "BR"),
    ("kef", "Reykjavík", "IS"),
    ("ush", "Ushuaia", "AR"),
    ("nrt", "Tokyo", "JP"),
    ("sjc", "San Jose", "US"),
    ("ams", "Amsterdam", "NL"),
    ("cdg", "Paris", "FR"),
    ("jnb", "Johannesburg", "ZA"),
    ("syd", "Sydney", "AU"),
    ("bom", "Mumbai", "IN"),
    ("dxb", "Dubai", "AE"),
    ("ord", "Chicago", "US"),
    ("dfw", "Dallas", "US"),
    ("lax", "Los Angeles", "US"),
    ("sea", "Seattle", "US"),
    ("jfk", "New York", "US"),
    ("mia", "Miami", "US"),
    ("yyz", "Toronto", "CA"),
    ("mex", "Mexico City", "MX"),
    ("bog", "Bogotá", "CO"),
    ("scl", "Santiago", "CL"),
    ("eze", "Buenos Aires", "AR"),
    ("mad", "Madrid", "ES"),
    ("lis", "Lisbon", "PT"),
    ("mxp", "Milan", "IT"),
    ("zrh", "Zürich", "CH"),
    ("vie", "Vienna", "AT"),
    ("muc", "München", "DE"),
    ("waw", "Warsaw", "PL"),
    ("prg", "Prague", "CZ"),
    ("cph", "Copenhagen", "DK"),
    ("arn", "Stockholm", "SE"),
    ("hel", "Helsinki", "FI"),
    ("osl", "Oslo", "NO"),
    ("dub", "Dublin", "IE"),
    ("ist", "Istanbul", "TR"),
    ("tlv", "Tel Aviv", "IL"),
    ("cai", "Cairo", "EG"),
    ("los", "Lagos", "NG"),
    ("nbo", "Nairobi", "KE"),
    ("hkg", "Hong Kong", "HK"),
    ("icn", "Seoul", "KR"),
    ("tpe", "Taipei", "TW"),
    ("bkk", "Bangkok", "TH"),
    ("cgk", "Jakarta", "ID"),
    ("mnl", "Manila", "PH"),
];
/// So many of the hubs come first in every fleet; the others follow in any order.
const FIXED_HUBS: usize = 13;
/// After this many sites comes the first with no known location, after so many more the second.
const UNLOCATED_AT: [(usize, &str); 2] = [(7, "Mobile lab"), (15, "Warehouse, address unknown")];

const STREETS: [&str; 8] = [
    "Harbour Road",
    "Station Street",
    "Kifer Road",
    "Hanauer Landstraße",
    "Science Park",
    "Rua da Consolação",
    "Queen Street",
    "Industrial Way",
];
const ROLES: [&str; 5] = ["edge", "core", "dc", "pop", "agg"];
const DESCRIPTIONS: [&str; 8] = [
    "Collects from both core routers. Ask the NOC before rebooting the host.",
    "Second agent of the pair; the other one takes the even-numbered racks.",
    "VM on the management cluster, 4 cores, 8 GB.",
    "Rack 14, unit 22. Remote hands: +1 555 0100.",
    "sFlow from the leaf switches only.",
    "To be replaced when the site moves in Q3.",
    "Runs beside the Universal Agent.",
    "Lab equipment. May go down at any time.",
];
const VERSIONS: [(&str, u32); 10] = [
    (LATEST_VERSION, 40),
    ("2026.1.1", 16),
    ("7.55.0", 12),
    ("7.53.2", 8),
    ("7.48.0", 8),
    ("7.49.0~rc3", 3),
    ("7.49.0-0.1.rc3", 3),
    ("7.27", 4),
    ("7.5", 2),
    (COMMIT_HASH, 4),
];
/// Stands for one that is made up.
const COMMIT_HASH: &str = "";
const DEVICE_MODELS: [&str; 14] = [
    "mx480", "mx204", "qfx5120", "srx1500", "asr9k", "n9k", "isr4451", "7280r3", "7050x", "ne40e",
    "7750sr", "ccr2216", "pa3410", "er8",
];
const DEVICE_ROLES: [&str; 6] = ["core", "edge", "spine", "leaf", "fw", "agg"];
const API_USERS: [(&str, u32); 4] = [
    ("kproxy-agent+1234@kentik.com", 85),
    ("noc@example.com", 8),
    ("jane.doe@example.com", 4),
    ("netops-automation@example.net", 3),
];

/// A fleet, made up.
#[derive(Debug)]
pub(super) struct Sample {
    /// In the order of their ids; those with a rhythm are healthy.
    pub(super) agents: Vec<(Agent, Option<Rhythm>)>,
    pub(super) sites: Vec<Site>,
}

/// Makes up a fleet. The same options and time give the same.
pub(super) fn make(options: &FleetOptions, now: DateTime<Utc>) -> Sample {
    let agents = options.agents.min(MAX_AGENTS);
    let sites = options
        .sites
        .unwrap_or_else(|| usual_sites(agents))
        .min(MAX_SITES);
    let mut rng = fastrand::Rng::with_seed(options.seed);
    let places = places(sites, &mut rng.fork());
    let agents = Agents::new(&places, agents, now, rng).make();
    Sample {
        agents,
        sites: places.into_iter().map(|place| place.site).collect(),
    }
}

fn usual_sites(agents: usize) -> usize {
    (agents * 2 / 5).clamp(8, MAX_SITES)
}

/// A site, and what the names of things there begin with.
struct Place {
    code: String,
    site: Site,
}

fn places(count: usize, rng: &mut fastrand::Rng) -> Vec<Place> {
    let gazetteer = Gazetteer::get();
    let (fixed, others) = HUBS.split_at(FIXED_HUBS);
    let mut others = others.to_vec();
    rng.shuffle(&mut others);
    let hubs = fixed
        .iter()
        .chain(&others)
        .filter_map(|(code, name, country)| {
            Some(((*code).to_owned(), *name, gazetteer.city(name, country)?))
        });
    let mut cities: Vec<&City> = gazetteer.cities().iter().collect();
    rng.shuffle(&mut cities);
    let anywhere = cities
        .into_iter()
        .map(|city| (code_of(city), city.name, city));
    let mut located = hubs.chain(anywhere);

    let mut titles = HashMap::new();
    let mut places = Vec::with_capacity(count);
    while places.len() < count {
        let id = (FIRST_SITE_ID + places.len() as u64).to_string();
        let unlocated = UNLOCATED_AT.iter().find(|(at, _)| *at == places.len());
        let (code, site) = if let Some((_, title)) = unlocated {
            let site = Site {
                title: (*title).to_owned(),
                ..Site::default()
            };
            ("lab".to_owned(), site)
        } else if let Some((code, name, city)) = located.next() {
            (code, located_site(name, city, &mut titles, rng))
        } else {
            break;
        };
        places.push(Place {
            code,
            site: Site { id, ..site },
        });
    }
    places
}

fn code_of(city: &City) -> String {
    let letters = |letter: &char| letter.is_ascii_alphabetic();
    let name: String = deunicode::deunicode(city.name)
        .chars()
        .filter(letters)
        .take(8)
        .collect();
    format!(
        "{}-{}",
        name.to_lowercase(),
        city.country_code.to_lowercase()
    )
}

fn located_site(
    name: &str,
    city: &City,
    titles: &mut HashMap<String, usize>,
    rng: &mut fastrand::Rng,
) -> Site {
    let (site_type, kind) = match rng.u32(0..100) {
        0..45 => (SiteType::DataCenter, "DC"),
        45..65 => (SiteType::Branch, "branch"),
        65..80 => (SiteType::Connectivity, "PoP"),
        80..90 => (SiteType::Cloud, "cloud"),
        90..95 => (SiteType::Customer, "customer"),
        95..98 => (SiteType::Other, "office"),
        _ => (SiteType::Unspecified, "site"),
    };
    let name: String = name.chars().take(26).collect();
    let title = format!("{name} {kind}");
    let same_title = titles.entry(title.to_lowercase()).or_insert(0_usize);
    *same_title += 1;
    let title = if *same_title > 1 {
        format!("{title} {same_title}")
    } else {
        title
    };
    let mut near = |degrees: f64| rounded(degrees + (rng.f64() - 0.5) * 0.04);
    let (lat, lon) = (near(city.centre.lat), near(city.centre.lon));
    Site {
        id: String::new(),
        title,
        lat,
        lon,
        site_type,
        postal_address: PostalAddress {
            address: format!("{} {}", rng.u32(1..400), pick(&STREETS, rng)),
            city: name,
            region: city.region.to_owned(),
            postal_code: format!("{:05}", rng.u32(1_000..99_999)),
            country: city.country.to_owned(),
        },
    }
}

/// How an agent is to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Healthy,
    Warning,
    Critical,
    Pending,
}

/// Makes agents up, one after the other.
struct Agents<'a> {
    places: &'a [Place],
    count: usize,
    now: DateTime<Utc>,
    rng: fastrand::Rng,
    /// How many agents have names that begin so.
    named: HashMap<String, usize>,
    next_id: u64,
    next_device: u64,
}

impl<'a> Agents<'a> {
    fn new(places: &'a [Place], count: usize, now: DateTime<Utc>, rng: fastrand::Rng) -> Self {
        let named = HashMap::new();
        Self {
            places,
            count,
            now,
            rng,
            named,
            next_id: FIRST_AGENT_ID,
            next_device: 520_001,
        }
    }

    fn make(mut self) -> Vec<(Agent, Option<Rhythm>)> {
        let statuses = self.statuses();
        let mut agents: Vec<_> = statuses
            .into_iter()
            .enumerate()
            .map(|(index, wanted)| self.agent(index, wanted))
            .collect();
        if self.count >= ENOUGH_FOR_AWKWARD_ONES {
            make_awkward(&mut agents);
        }
        agents
    }

    /// Most are healthy; from ten agents on, two at least of each other status.
    fn statuses(&mut self) -> Vec<Wanted> {
        let count = self.count;
        let quota = |percent: usize| match count {
            0..5 => 0,
            5..10 => 1,
            _ => (count * percent / 100).max(2),
        };
        let mut statuses = vec![Wanted::Pending; quota(PENDING_PERCENT)];
        statuses.resize(statuses.len() + quota(WARNING_PERCENT), Wanted::Warning);
        statuses.resize(statuses.len() + quota(CRITICAL_PERCENT), Wanted::Critical);
        statuses.resize(count, Wanted::Healthy);
        self.rng.shuffle(&mut statuses);
        statuses
    }

    fn agent(&mut self, index: usize, wanted: Wanted) -> (Agent, Option<Rhythm>) {
        let places = self.places;
        let place = self.place(index).and_then(|index| places.get(index));
        let code = place.map_or("kp", |place| &place.code);
        let is_pending = wanted == Wanted::Pending;
        // One that never contacted may have registered, or not even that.
        let is_known = !is_pending || self.rng.bool();
        self.next_id += self.rng.u64(1..8);

        let (last_contact, rhythm) = self.contact(wanted);
        let created = if is_pending {
            self.now - self.minutes(3..3_000)
        } else {
            let oldest = last_contact.unwrap_or(self.now);
            oldest - TimeDelta::days(1) - self.minutes(0..1_500_000)
        };
        let version = if is_known {
            self.version()
        } else {
            String::new()
        };
        let agent = Agent {
            id: self.next_id.to_string(),
            name: self.name(code, is_pending),
            description: if self.one_in(2) {
                pick(&DESCRIPTIONS, &mut self.rng).to_owned()
            } else {
                String::new()
            },
            site_id: place.map(|place| place.site.id.clone()).unwrap_or_default(),
            private_ip: self.private_ip(is_pending),
            ip_address: if is_known {
                self.wan_address(index)
            } else {
                String::new()
            },
            flow_port: if self.one_in(25) {
                2055
            } else {
                DEFAULT_FLOW_PORT
            },
            user_agent: if is_pending || version.is_empty() {
                String::new()
            } else {
                format!("kproxy/{version} (linux; amd64)")
            },
            version,
            last_contact,
            last_seen: self.last_seen(last_contact, rhythm),
            api_user: weighted(&API_USERS, &mut self.rng).to_owned(),
            devices: if is_pending {
                Vec::new()
            } else {
                self.devices(code)
            },
            created: Some(created),
            etag: String::new(),
        };
        (agent, rhythm)
    }

    /// Every site has an agent as far as they go; the first sites have the most.
    fn place(&mut self, index: usize) -> Option<usize> {
        let sites = self.places.len();
        if sites == 0 {
            None
        } else if index < sites.min(self.count * 2 / 3) {
            Some(index)
        } else if self.one_in(6) {
            None
        } else {
            Some((self.rng.f64().powf(2.2) * sites as f64) as usize)
        }
    }

    fn contact(&mut self, wanted: Wanted) -> (Option<DateTime<Utc>>, Option<Rhythm>) {
        let secs = match wanted {
            Wanted::Pending => return (None, None),
            Wanted::Healthy => {
                let mut rhythm = Rhythm::at_random(&mut self.rng, self.now);
                let ago = self.rng.i64(0..rhythm.every.num_milliseconds());
                rhythm.contact -= TimeDelta::milliseconds(ago);
                if self.one_in(20) {
                    rhythm.flow_before = None;
                }
                return (Some(rhythm.contact), Some(rhythm));
            }
            // A test has ten minutes until they turn critical.
            Wanted::Warning => self.rng.i64(31 * 60..34 * 60),
            Wanted::Critical if self.one_in(2) => self.rng.i64(50 * 60..12 * 3600),
            Wanted::Critical => self.rng.i64(12 * 3600..90 * 86_400),
        };
        (Some(self.now - TimeDelta::seconds(secs)), None)
    }

    fn last_seen(
        &mut self,
        last_contact: Option<DateTime<Utc>>,
        rhythm: Option<Rhythm>,
    ) -> Option<DateTime<Utc>> {
        let contact = last_contact?;
        match rhythm.map(|rhythm| rhythm.flow_before) {
            Some(Some(before)) => Some(contact - before),
            // Contacts, but passes no flow.
            Some(None) if self.one_in(3) => None,
            Some(None) => Some(contact - self.minutes(60..20_000)),
            None => Some(contact - TimeDelta::milliseconds(self.rng.i64(0..90_000))),
        }
    }

    fn name(&mut self, code: &str, is_pending: bool) -> String {
        let unnamed = if is_pending {
            self.one_in(2)
        } else {
            self.one_in(9)
        };
        if unnamed {
            return String::new();
        }
        let role = pick(&ROLES, &mut self.rng);
        let stem = format!("{code}-{role}-kproxy");
        let number = self.named.entry(stem.clone()).or_insert(0_usize);
        *number += 1;
        format!("{stem}-{number}")
    }

    fn private_ip(&mut self, is_pending: bool) -> String {
        let Self { rng, .. } = self;
        let missing = if is_pending { 60 } else { 6 };
        if rng.u32(0..100) < missing {
            return String::new();
        }
        let mut byte = || rng.u8(1..255);
        let (a, b, c) = (byte(), byte(), byte());
        match rng.u32(0..100) {
            0..60 => Ipv4Addr::new(10, a, b, c).to_string(),
            60..78 => Ipv4Addr::new(172, 16 + a % 16, b, c).to_string(),
            78..90 => Ipv4Addr::new(192, 168, a, b).to_string(),
            90..98 => {
                let site = u16::from_be_bytes([a, b]);
                Ipv6Addr::new(0xfd12, 0x3456, site, 0, 0, 0, 0, u16::from(c)).to_string()
            }
            // Not every organization keeps to RFC 1918.
            _ => Ipv4Addr::new(198, 51, 100, a).to_string(),
        }
    }

    /// From ranges for documentation and benchmarks, so that nobody's address is in it.
    fn wan_address(&mut self, index: usize) -> String {
        let Self { rng, .. } = self;
        let host = rng.u8(1..255);
        match rng.u32(0..100) {
            0..10 => Ipv4Addr::new(203, 0, 113, host).to_string(),
            10..15 => Ipv4Addr::new(198, 51, 100, host).to_string(),
            15..22 => {
                let net = (index % 0x1_0000) as u16;
                Ipv6Addr::new(0x2001, 0xdb8, net, 0, 0, 0, 0, u16::from(host)).to_string()
            }
            _ => {
                let base = u32::from(Ipv4Addr::new(198, 18, 0, 10));
                Ipv4Addr::from(base + index as u32).to_string()
            }
        }
    }

    fn version(&mut self) -> String {
        match weighted(&VERSIONS, &mut self.rng) {
            COMMIT_HASH => format!(
                "{:016x}{:016x}{:08x}",
                self.rng.u64(..),
                self.rng.u64(..),
                self.rng.u32(..)
            ),
            version => version.to_owned(),
        }
    }

    /// Few have many: none to 40.
    fn devices(&mut self, code: &str) -> Vec<Device> {
        let count = (self.rng.f64().powi(4) * 41.0) as u64;
        // Sixty agents should show the full range, whatever the chance.
        let count = if self.next_device == 520_001 {
            40
        } else {
            count
        };
        (1..=count)
            .map(|number| {
                self.next_device += 1;
                let role = pick(&DEVICE_ROLES, &mut self.rng);
                let model = pick(&DEVICE_MODELS, &mut self.rng);
                let id = self.next_device.to_string();
                Device {
                    id,
                    name: format!("{code}-{role}-{model}-{number}"),
                }
            })
            .collect()
    }

    fn one_in(&mut self, chances: u32) -> bool {
        self.rng.u32(0..chances) == 0
    }

    fn minutes(&mut self, range: std::ops::Range<i64>) -> TimeDelta {
        TimeDelta::milliseconds(self.rng.i64(range.start * 60_000..range.end * 60_000))
    }
}

/// Gives a few agents what a page may stumble over: always the same ones, so that everybody who
/// looks at a sample fleet sees them.
fn make_awkward(agents: &mut [(Agent, Option<Rhythm>)]) {
    let changes: [fn(&mut Agent); 8] = [
        |agent| {
            agent.name = "<img src=x onerror=alert(1)>".into();
            agent.description =
                "\"><script>alert('kproxy')</script> &amp; {{ 7 * 7 }} <b>bold?</b>".into();
            // Ids are opaque, too.
            agent.id = "edge/7 #?%2F&\"ä".into();
        },
        |agent| {
            let words = "customer-premises-equipment-aggregation-kproxy-with-a-name-as-long-as-\
                         names-may-be-";
            agent.name = words.chars().cycle().take(128).collect();
            agent.description = "All work and no play makes Jack a dull boy.\n\t".repeat(22);
        },
        |agent| agent.name = "München – Serverraum 2 🛰️ 監視 القاهرة".into(),
        |agent| "no-such-site".clone_into(&mut agent.site_id),
        |agent| agent.site_id.clear(),
        |agent| agent.private_ip.clear(),
        |agent| {
            agent.name.clear();
            agent.site_id.clear();
            agent.private_ip.clear();
        },
        |agent| agent.name.clear(),
    ];
    // Behind the ones that every site has at least; every other one, to leave ordinary ones.
    let behind = agents.len() * 2 / 3;
    for ((agent, _), change) in agents.iter_mut().skip(behind).zip(changes) {
        change(agent);
    }
}

fn pick<T: Copy + Default>(items: &[T], rng: &mut fastrand::Rng) -> T {
    rng.choice(items).copied().unwrap_or_default()
}

fn weighted<'a>(items: &[(&'a str, u32)], rng: &mut fastrand::Rng) -> &'a str {
    let mut left = rng.u32(0..items.iter().map(|(_, weight)| weight).sum::<u32>().max(1));
    for (item, weight) in items {
        if left < *weight {
            return item;
        }
        left -= weight;
    }
    ""
}
