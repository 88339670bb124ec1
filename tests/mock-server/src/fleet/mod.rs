//! The organization's agents and sites, in memory.
//!
//! Every change of an agent that shows, a contact included, gets a new revision: that is what a
//! `syncToken` holds. Agents keep the place in which they came, which is what a `pageToken` holds, so paging
//! stays whole while the fleet changes.
//!
//! - `sample` makes a fleet up;
//! - `life` lets time pass for it.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use kproxy_agents::domain::{Agent, Site};

use crate::FleetOptions;

mod life;
mod sample;

use life::Life;
pub use life::Rhythm;
pub use sample::LATEST_VERSION;

/// How long a removed agent is remembered for those who ask for changes.
const REMEMBER_REMOVED: TimeDelta = TimeDelta::hours(1);

/// All agents and sites of one organization.
#[derive(Debug)]
pub struct Fleet {
    /// Tells this fleet's tokens from those of any other, earlier ones included.
    id: u64,
    /// By place.
    agents: BTreeMap<u64, Record>,
    /// Places by id.
    places: HashMap<String, u64>,
    next_place: u64,
    sites: Vec<Site>,
    next_site: u64,
    /// Changes with every change of a site.
    sites_revision: u64,
    /// The revision of the latest change.
    revision: u64,
    removed: HashMap<String, Removal>,
    /// Removals up to this revision are forgotten.
    forgotten: u64,
    life: Life,
}

/// An agent, and what only the backend knows of it.
#[derive(Clone, Debug)]
pub struct Record {
    /// As the API gives it.
    pub agent: Agent,
    /// Of its latest change.
    pub revision: u64,
    /// How it keeps contacting; `None`: it is silent.
    pub rhythm: Option<Rhythm>,
    /// Set by a test: life leaves it alone.
    pub pinned: bool,
    edits: u64,
}

#[derive(Clone, Copy, Debug)]
struct Removal {
    revision: u64,
    at: DateTime<Utc>,
}

/// Some agents of a list, in their order.
#[derive(Clone, Debug)]
pub struct Slice<'a> {
    /// The agents.
    pub agents: Vec<&'a Record>,
    /// The place of the last of them, where there are more.
    pub more_after: Option<u64>,
}

/// What a list of agents should hold.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Only what changed later than this revision.
    pub since: Option<u64>,
    /// Only what stands after this place.
    pub after: Option<u64>,
    /// How many at most.
    pub limit: usize,
}

impl Fleet {
    /// A fleet as the options tell, at the time of their clock.
    pub fn sample(options: &FleetOptions) -> Self {
        let now = options.clock.now();
        let sample::Sample { agents, sites } = sample::make(options, now);
        let silent = agents.iter().filter(|(_, rhythm)| rhythm.is_none()).count();
        let mut fleet = Self {
            id: unique_id(),
            agents: BTreeMap::new(),
            places: HashMap::with_capacity(agents.len()),
            next_place: 1,
            next_site: sample::FIRST_SITE_ID + sites.len() as u64,
            sites,
            sites_revision: 0,
            revision: 0,
            removed: HashMap::new(),
            forgotten: 0,
            life: Life::new(options, now, silent),
        };
        for (agent, rhythm) in agents {
            fleet.put(agent, rhythm, false);
        }
        fleet
    }

    /// Tells this fleet from others, earlier and later ones included.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The revision of the latest change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Up to which revision removals are forgotten: a `syncToken` has to be as new as that.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// How many agents there are.
    pub fn len(&self) -> usize {
        self.agents.len()
    }

    /// An agent by id.
    pub fn agent(&self, id: &str) -> Option<&Record> {
        self.agents.get(self.places.get(id)?)
    }

    /// The agents that are wanted.
    pub fn list(&self, wanted: Wanted) -> Slice<'_> {
        let Wanted {
            since,
            after,
            limit,
        } = wanted;
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut found = self
            .agents
            .range((start, Bound::Unbounded))
            .filter(|(_, record)| since.is_none_or(|since| record.revision > since));
        let mut last = None;
        let mut agents = Vec::new();
        for (place, record) in found.by_ref().take(limit) {
            last = Some(*place);
            agents.push(record);
        }
        let more_after = found.next().and(last);
        Slice { agents, more_after }
    }

    /// The ids of the agents removed later than a revision, in the order of their ids.
    pub fn removed_since(&self, since: u64) -> Vec<String> {
        let mut ids: Vec<_> = self
            .removed
            .iter()
            .filter(|(_, removal)| removal.revision > since)
            .map(|(id, _)| id.clone())
            .collect();
        ids.sort_unstable();
        ids
    }

    /// Adds an agent, or puts it in the stead of the one with its id.
    pub fn put(&mut self, mut agent: Agent, rhythm: Option<Rhythm>, pinned: bool) {
        self.revision += 1;
        self.removed.remove(&agent.id);
        let place = self.places.get(&agent.id).copied().unwrap_or_else(|| {
            let place = self.next_place;
            self.next_place += 1;
            self.places.insert(agent.id.clone(), place);
            place
        });
        let edits = self.agents.get(&place).map_or(0, |record| record.edits);
        if agent.etag.is_empty() {
            agent.etag = etag(&agent.id, edits);
        }
        let record = Record {
            agent,
            revision: self.revision,
            rhythm,
            pinned,
            edits,
        };
        self.agents.insert(place, record);
    }

    /// Changes an agent; where an editable field is another afterwards, its `etag` is too. `None`
    /// where there is no such agent.
    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut Record)) -> Option<&Record> {
        let record = self.agents.get_mut(self.places.get(id)?)?;
        let before = record.agent.clone();
        change(record);
        let Record { agent, edits, .. } = record;
        let editable = |agent: &Agent| {
            [
                &agent.name,
                &agent.description,
                &agent.site_id,
                &agent.private_ip,
            ]
            .map(String::clone)
        };
        if editable(agent) != editable(&before) && agent.etag == before.etag {
            *edits += 1;
            agent.etag = etag(id, *edits);
        }
        if *agent != before {
            self.revision += 1;
            record.revision = self.revision;
        }
        Some(record)
    }

    /// Removes an agent; `false` where there is none.
    pub fn remove(&mut self, id: &str, now: DateTime<Utc>) -> bool {
        let Some(place) = self.places.remove(id) else {
            return false;
        };
        self.agents.remove(&place);
        self.revision += 1;
        self.removed.insert(
            id.to_owned(),
            Removal {
                revision: self.revision,
                at: now,
            },
        );
        true
    }

    /// Forgets removals of long ago.
    fn forget_removed(&mut self, now: DateTime<Utc>) {
        let forgotten = &mut self.forgotten;
        self.removed.retain(|_, removal| {
            let kept = now - removal.at < REMEMBER_REMOVED;
            if !kept {
                *forgotten = removal.revision.max(*forgotten);
            }
            kept
        });
    }

    /// All sites.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Changes with every change of a site.
    pub fn sites_revision(&self) -> u64 {
        self.sites_revision
    }

    /// A site by id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }

    /// Adds a site, or puts it in the stead of the one with its id; an empty id becomes a new one.
    pub fn put_site(&mut self, mut site: Site) -> Site {
        self.sites_revision += 1;
        if site.id.is_empty() {
            site.id = self.next_site.to_string();
            self.next_site += 1;
        }
        if let Some(old) = self.sites.iter_mut().find(|old| old.id == site.id) {
            old.clone_from(&site);
        } else {
            self.sites.push(site.clone());
        }
        site
    }

    /// Removes a site; `false` where there is none. Agents keep its id.
    pub fn remove_site(&mut self, id: &str) -> bool {
        self.sites_revision += 1;
        let before = self.sites.len();
        self.sites.retain(|site| site.id != id);
        self.sites.len() < before
    }
}

fn etag(id: &str, edits: u64) -> String {
    let mut hasher = DefaultHasher::new();
    (id, edits).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// Differs for every fleet of this process and, most likely, of the ones before it.
fn unique_id() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let started = Utc::now().timestamp_micros().unsigned_abs();
    started.wrapping_mul(1 << 12).wrapping_add(count)
}
