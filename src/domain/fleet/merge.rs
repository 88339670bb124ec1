//! The whole fleet, and how what is read from the agent API is merged into it.
//!
//! A count goes up with every read that begins and every answer to a save or removal. Each agent
//! and site remembers the count at which it was last heard of: a read may overwrite or drop only
//! what was not heard of after the read began.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Agent, Row, Site, Status, StatusCounts};
use crate::domain::natural::NaturalKey;
use crate::domain::quick_map::QuickMap;

/// The fleet: every agent with its site and status, and all sites.
///
/// An agent that did not change keeps its very [`Arc<Row>`].
#[derive(Debug, Default)]
pub struct Fleet {
    agents: QuickMap<String, Entry>,
    /// When the user removed each removed agent, so that an older read does not bring it back.
    removed: BTreeMap<String, Tick>,
    sites: BTreeMap<String, SiteEntry>,
    /// The same sites by title.
    sites_by_title: Vec<Arc<Site>>,
    /// The sites read that was applied last.
    sites_read: Tick,
    /// Every site is known: an agent whose site is not among them has none.
    has_all_sites: bool,
    counts: StatusCounts,
    /// The time for which the statuses hold.
    now: DateTime<Utc>,
    /// No status changes by time alone before this.
    next_change: Option<DateTime<Utc>>,
    count: Tick,
    revision: u64,
}

/// Where in the order of reads and edits something happened.
type Tick = u64;

#[derive(Debug)]
struct Entry {
    row: Arc<Row>,
    heard_at: Tick,
}

#[derive(Debug)]
struct SiteEntry {
    site: Arc<Site>,
    heard_at: Tick,
}

/// What a read of agents gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetReadKind {
    /// The whole list.
    Whole,
    /// What changed since the last read.
    Changes,
}

/// A read of agents under way, of the whole list or of changes. Dropping it is giving it up.
#[derive(Debug)]
pub struct FleetRead {
    kind: FleetReadKind,
    begun: Tick,
}

/// A read of the sites under way. Dropping it is giving it up.
#[derive(Debug)]
pub struct SitesRead {
    begun: Tick,
}

impl Fleet {
    /// A fleet of which nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many agents there are.
    pub fn len(&self) -> usize {
        self.agents.len()
    }

    /// Whether there are no agents.
    pub fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }

    /// The agent with this id.
    pub fn get(&self, id: &str) -> Option<&Arc<Row>> {
        self.agents.get(id).map(|entry| &entry.row)
    }

    /// All agents, in no particular order.
    pub fn rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.agents.values().map(|entry| &entry.row)
    }

    /// All sites, by title, naturally.
    pub fn sites(&self) -> &[Arc<Site>] {
        &self.sites_by_title
    }

    /// The site with this id.
    pub fn site(&self, id: &str) -> Option<&Arc<Site>> {
        self.sites.get(id).map(|entry| &entry.site)
    }

    /// Whether every site is known. Until then a site that is not known may still come.
    pub fn has_all_sites(&self) -> bool {
        self.has_all_sites
    }

    /// How many agents of the whole fleet have each status.
    pub fn counts(&self) -> StatusCounts {
        self.counts
    }

    /// Grows with every visible change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Begins a read: of the whole list, or of the changes since the last.
    pub fn begin_read(&mut self, kind: FleetReadKind) -> FleetRead {
        FleetRead {
            kind,
            begun: self.next_count(),
        }
    }

    /// Merges one page. What was saved, created or removed after the read began stays as it is.
    pub fn apply_page(
        &mut self,
        read: &mut FleetRead,
        agents: Vec<Agent>,
        removed_ids: &[String],
        now: DateTime<Utc>,
    ) {
        self.set_now(now);
        for id in removed_ids {
            if self
                .agents
                .get(id)
                .is_some_and(|entry| entry.heard_at < read.begun)
            {
                self.drop_agent(id);
            }
        }
        // An agent both removed and here, on whichever page, is here: it came back.
        for agent in agents {
            self.put_agent(agent, read.begun);
        }
    }

    /// Ends a read. After one of the whole list, the agents it did not hold are gone.
    pub fn finish_read(&mut self, read: FleetRead) {
        if read.kind == FleetReadKind::Changes {
            return;
        }
        let before = self.agents.len();
        let counts = &mut self.counts;
        self.agents.retain(|_, entry| {
            let held = entry.heard_at >= read.begun;
            if !held {
                counts.uncount(entry.row.status);
            }
            held
        });
        if self.agents.len() != before {
            self.revision += 1;
        }
    }

    /// Takes an agent from the answer to a save or to a read of it alone: newer than any read that
    /// began before.
    pub fn apply_saved(&mut self, agent: Agent, now: DateTime<Utc>) {
        self.set_now(now);
        let heard_at = self.next_count();
        self.put_agent(agent, heard_at);
    }

    /// Drops an agent that was removed or is not found: no read that began before brings it back.
    pub fn apply_removed(&mut self, id: &str) {
        let heard_at = self.next_count();
        self.removed.insert(id.to_owned(), heard_at);
        self.drop_agent(id);
    }

    /// Begins a read of the sites.
    pub fn begin_sites_read(&mut self) -> SitesRead {
        SitesRead {
            begun: self.next_count(),
        }
    }

    /// Takes the sites as read; those the read did not hold are gone, unless they were created
    /// after it began. A read overtaken by a later one changes nothing. `are_all`: each site could
    /// be read; else those that the read did not hold stay, as they may be just the ones that it could not
    /// read.
    pub fn apply_sites(
        &mut self,
        read: SitesRead,
        sites: Vec<Site>,
        are_all: bool,
        now: DateTime<Utc>,
    ) {
        self.set_now(now);
        if read.begun < self.sites_read {
            return;
        }
        self.sites_read = read.begun;
        let mut changed = false;
        for site in sites {
            changed |= self.put_site(site, read.begun);
        }
        let before = (self.sites.len(), self.has_all_sites);
        if are_all {
            self.sites.retain(|_, entry| entry.heard_at >= read.begun);
        }
        self.has_all_sites = are_all;
        if changed || (self.sites.len(), self.has_all_sites) != before {
            self.sites_changed();
        }
    }

    /// Takes a site from the answer to its creation: no read that began before drops it.
    pub fn apply_created_site(&mut self, site: Site, now: DateTime<Utc>) {
        self.set_now(now);
        let heard_at = self.next_count();
        if self.put_site(site, heard_at) {
            self.sites_changed();
        }
    }

    /// Brings the statuses up to `now`; true if any changed. It costs next to nothing while none
    /// is due, so call it as often as you like.
    pub fn set_now(&mut self, now: DateTime<Utc>) -> bool {
        let due = self.next_change.is_some_and(|change| change <= now);
        // The clock may be corrected backwards: then agents may get well again.
        let backwards = now < self.now;
        self.now = now;
        if !due && !backwards {
            return false;
        }
        let mut changed = false;
        self.next_change = None;
        for entry in self.agents.values_mut() {
            let last_contact = entry.row.agent.last_contact;
            let status = Status::at(last_contact, now);
            self.next_change = earlier(self.next_change, Status::next_change(last_contact, now));
            if status != entry.row.status {
                self.counts.uncount(entry.row.status);
                self.counts.count(status);
                entry.row = Arc::new(entry.row.with_status(status));
                changed = true;
            }
        }
        self.revision += u64::from(changed);
        changed
    }

    fn next_count(&mut self) -> Tick {
        self.count += 1;
        self.count
    }

    /// Puts in an agent as heard of at `heard_at`, unless something newer is known of it.
    fn put_agent(&mut self, agent: Agent, heard_at: Tick) {
        if let Some(&removed) = self.removed.get(&agent.id) {
            if heard_at < removed {
                return;
            }
            self.removed.remove(&agent.id);
        }
        self.next_change = earlier(
            self.next_change,
            Status::next_change(agent.last_contact, self.now),
        );
        if let Some(entry) = self.agents.get_mut(&agent.id) {
            if heard_at < entry.heard_at {
                return;
            }
            entry.heard_at = heard_at;
            if *entry.row.agent == agent {
                return;
            }
            self.counts.uncount(entry.row.status);
            let row = new_row(&self.sites, self.has_all_sites, Arc::new(agent), self.now);
            entry.row = Arc::new(row);
            self.counts.count(entry.row.status);
        } else {
            let id = agent.id.clone();
            let row = new_row(&self.sites, self.has_all_sites, Arc::new(agent), self.now);
            self.counts.count(row.status);
            let row = Arc::new(row);
            self.agents.insert(id, Entry { row, heard_at });
        }
        self.revision += 1;
    }

    fn drop_agent(&mut self, id: &str) {
        if let Some(entry) = self.agents.remove(id) {
            self.counts.uncount(entry.row.status);
            self.revision += 1;
        }
    }

    /// Puts in a site unless something newer is known of it; true if that changes anything.
    fn put_site(&mut self, site: Site, heard_at: Tick) -> bool {
        // An agent without a site has the empty id: no site may have that.
        if site.id.is_empty() {
            return false;
        }
        match self.sites.get_mut(&site.id) {
            Some(entry) if heard_at < entry.heard_at => false,
            Some(entry) => {
                entry.heard_at = heard_at;
                let changed = *entry.site != site;
                if changed {
                    entry.site = Arc::new(site);
                }
                changed
            }
            None => {
                self.sites.insert(
                    site.id.clone(),
                    SiteEntry {
                        site: Arc::new(site),
                        heard_at,
                    },
                );
                true
            }
        }
    }

    /// Brings the list by title and the agents' rows up to date with the sites.
    fn sites_changed(&mut self) {
        self.revision += 1;
        self.sites_by_title = self
            .sites
            .values()
            .map(|entry| Arc::clone(&entry.site))
            .collect();
        self.sites_by_title
            .sort_by_cached_key(|site| (NaturalKey::of(&site.title), site.id.clone()));
        for entry in self.agents.values_mut() {
            let row = &entry.row;
            let site = self.sites.get(&row.agent.site_id).map(|entry| &entry.site);
            let same = match (site, &row.site) {
                (Some(site), Some(shown)) => Arc::ptr_eq(site, shown),
                (None, None) => {
                    row.is_site_pending() != (self.has_all_sites || row.agent.site_id.is_empty())
                }
                _ => false,
            };
            if !same {
                let agent = Arc::clone(&row.agent);
                entry.row = Arc::new(new_row(&self.sites, self.has_all_sites, agent, self.now));
            }
        }
    }
}

fn new_row(
    sites: &BTreeMap<String, SiteEntry>,
    has_all_sites: bool,
    agent: Arc<Agent>,
    now: DateTime<Utc>,
) -> Row {
    match sites.get(&agent.site_id) {
        Some(entry) => Row::new(agent, Some(Arc::clone(&entry.site)), now),
        None if has_all_sites || agent.site_id.is_empty() => Row::new(agent, None, now),
        None => Row::with_pending_site(agent, now),
    }
}

fn earlier(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::fixtures::{agent, site};

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn contacted(id: &str, minutes_ago: i64) -> Agent {
        Agent {
            last_contact: Some(NOW - TimeDelta::minutes(minutes_ago)),
            ..agent(id, "")
        }
    }

    fn read(fleet: &mut Fleet, kind: FleetReadKind, agents: Vec<Agent>, removed_ids: &[&str]) {
        let mut read = fleet.begin_read(kind);
        apply(fleet, &mut read, agents, removed_ids);
        fleet.finish_read(read);
    }

    fn apply(fleet: &mut Fleet, read: &mut FleetRead, agents: Vec<Agent>, removed_ids: &[&str]) {
        let removed_ids: Vec<_> = removed_ids.iter().map(|&id| id.to_owned()).collect();
        fleet.apply_page(read, agents, &removed_ids, NOW);
    }

    fn fleet_of(agents: Vec<Agent>) -> Fleet {
        let mut fleet = Fleet::new();
        read(&mut fleet, FleetReadKind::Whole, agents, &[]);
        fleet
    }

    /// The rows by id.
    fn rows(fleet: &Fleet) -> Vec<&Arc<Row>> {
        let mut rows: Vec<_> = fleet.rows().collect();
        rows.sort_by_key(|row| row.id());
        rows
    }

    fn names(fleet: &Fleet) -> Vec<(&str, &str)> {
        rows(fleet)
            .into_iter()
            .map(|row| (row.id(), row.agent.name.as_str()))
            .collect()
    }

    #[test]
    fn a_page_is_there_before_the_read_ends() {
        let mut fleet = fleet_of(vec![agent("old", "")]);
        let mut read = fleet.begin_read(FleetReadKind::Whole);
        apply(&mut fleet, &mut read, vec![agent("new", "")], &[]);
        assert_eq!(names(&fleet), [("new", ""), ("old", "")]);
        fleet.finish_read(read);
        assert_eq!(names(&fleet), [("new", "")]);
    }

    #[test]
    fn a_read_that_is_given_up_drops_nothing() {
        let mut fleet = fleet_of(vec![agent("a", ""), agent("b", "")]);
        let mut read = fleet.begin_read(FleetReadKind::Whole);
        apply(&mut fleet, &mut read, vec![agent("a", "x")], &[]);
        // Never finished.
        assert_eq!(names(&fleet), [("a", "x"), ("b", "")]);
    }

    #[test]
    fn changes_leave_what_they_do_not_mention() {
        let mut fleet = fleet_of(vec![agent("a", ""), agent("b", ""), agent("c", "")]);
        read(
            &mut fleet,
            FleetReadKind::Changes,
            vec![agent("b", "x"), agent("d", "")],
            &["c", "unknown"],
        );
        assert_eq!(names(&fleet), [("a", ""), ("b", "x"), ("d", "")]);
    }

    // agent-api.md#agent/18
    #[test]
    fn of_two_agents_with_the_same_id_the_last_counts() {
        let fleet = fleet_of(vec![agent("a", "first"), agent("a", "last")]);
        assert_eq!(names(&fleet), [("a", "last")]);
        assert_eq!(fleet.counts().total(), 1);
    }

    #[test]
    fn an_agent_both_removed_and_there_is_there() {
        let mut fleet = fleet_of(vec![agent("a", "")]);
        read(
            &mut fleet,
            FleetReadKind::Changes,
            vec![agent("a", "back")],
            &["a"],
        );
        assert_eq!(names(&fleet), [("a", "back")]);
    }

    // page.md#list/11
    #[test]
    fn an_unchanged_agent_keeps_its_row() {
        let mut fleet = fleet_of(vec![agent("a", ""), agent("b", "")]);
        let (a, b) = (
            fleet.get("a").cloned().unwrap(),
            fleet.get("b").cloned().unwrap(),
        );
        let revision = fleet.revision();
        read(
            &mut fleet,
            FleetReadKind::Whole,
            vec![agent("a", ""), agent("b", "")],
            &[],
        );
        assert_eq!(fleet.revision(), revision);
        read(
            &mut fleet,
            FleetReadKind::Whole,
            vec![agent("a", ""), agent("b", "x")],
            &[],
        );
        assert!(fleet.revision() > revision);
        assert!(Arc::ptr_eq(&a, fleet.get("a").unwrap()));
        assert!(!Arc::ptr_eq(&b, fleet.get("b").unwrap()));
    }

    // agent-api.md#conventions/7
    #[test]
    fn a_save_during_a_read_survives_it() {
        let mut fleet = fleet_of(vec![agent("a", "old"), agent("b", "")]);
        let mut read = fleet.begin_read(FleetReadKind::Whole);
        fleet.apply_saved(agent("a", "saved"), NOW);
        fleet.apply_saved(agent("new", "saved"), NOW);
        apply(
            &mut fleet,
            &mut read,
            vec![agent("a", "old"), agent("b", "")],
            &["new"],
        );
        fleet.finish_read(read);
        assert_eq!(names(&fleet), [("a", "saved"), ("b", ""), ("new", "saved")]);
    }

    #[test]
    fn a_save_after_an_agent_was_read_survives_the_same_read_and_not_the_next() {
        let mut fleet = fleet_of(vec![]);
        let mut first = fleet.begin_read(FleetReadKind::Whole);
        apply(&mut fleet, &mut first, vec![agent("a", "old")], &[]);
        fleet.apply_saved(agent("a", "saved"), NOW);
        apply(&mut fleet, &mut first, vec![agent("a", "old")], &["a"]);
        fleet.finish_read(first);
        assert_eq!(names(&fleet), [("a", "saved")]);
        read(
            &mut fleet,
            FleetReadKind::Whole,
            vec![agent("a", "newer")],
            &[],
        );
        assert_eq!(names(&fleet), [("a", "newer")]);
        read(&mut fleet, FleetReadKind::Whole, vec![], &[]);
        assert!(fleet.is_empty());
    }

    #[test]
    fn a_read_begun_before_a_removal_does_not_bring_the_agent_back() {
        let mut fleet = fleet_of(vec![agent("a", ""), agent("b", "")]);
        let mut old = fleet.begin_read(FleetReadKind::Whole);
        fleet.apply_removed("a");
        assert_eq!(names(&fleet), [("b", "")]);
        apply(
            &mut fleet,
            &mut old,
            vec![agent("a", ""), agent("b", "")],
            &[],
        );
        fleet.finish_read(old);
        assert_eq!(names(&fleet), [("b", "")]);
    }

    #[test]
    fn an_agent_that_goes_on_sending_comes_back_with_the_next_read() {
        let mut fleet = fleet_of(vec![agent("a", "")]);
        fleet.apply_removed("a");
        read(
            &mut fleet,
            FleetReadKind::Changes,
            vec![agent("a", "again")],
            &[],
        );
        assert_eq!(names(&fleet), [("a", "again")]);
    }

    #[test]
    fn a_read_overtaken_by_a_later_one_does_not_undo_it() {
        let mut fleet = fleet_of(vec![agent("a", "0"), agent("b", "0")]);
        let mut slow = fleet.begin_read(FleetReadKind::Whole);
        read(
            &mut fleet,
            FleetReadKind::Whole,
            vec![agent("a", "2"), agent("b", "2")],
            &[],
        );
        apply(&mut fleet, &mut slow, vec![agent("a", "1")], &["b"]);
        fleet.finish_read(slow);
        assert_eq!(names(&fleet), [("a", "2"), ("b", "2")]);
    }

    #[test]
    fn a_fleet_counts_its_agents() {
        for ids in [[].as_slice(), &["a"], &["a", "b"]] {
            let fleet = fleet_of(ids.iter().map(|id| agent(id, "")).collect());
            assert_eq!((fleet.len(), fleet.is_empty()), (ids.len(), ids.is_empty()));
        }
    }

    #[test]
    fn a_whole_read_that_drops_agents_is_a_visible_change() {
        let mut fleet = fleet_of(vec![agent("a", ""), agent("b", "")]);
        let revision = fleet.revision();
        read(&mut fleet, FleetReadKind::Whole, vec![agent("a", "")], &[]);
        assert_eq!(names(&fleet), [("a", "")]);
        assert!(fleet.revision() > revision);
        let revision = fleet.revision();
        read(&mut fleet, FleetReadKind::Whole, vec![agent("a", "")], &[]);
        assert_eq!(fleet.revision(), revision);
    }

    #[test]
    fn removing_what_is_not_there_changes_nothing() {
        let mut fleet = fleet_of(vec![agent("a", "")]);
        let revision = fleet.revision();
        fleet.apply_removed("b");
        assert_eq!((fleet.revision(), fleet.len()), (revision, 1));
    }

    // page.md#status/2
    #[test]
    fn statuses_change_by_time_alone() {
        let mut fleet = fleet_of(vec![
            contacted("a", 29),
            contacted("b", 44),
            contacted("c", 0),
            agent("d", ""),
        ]);
        let untouched = fleet.get("c").cloned().unwrap();
        assert!(!fleet.set_now(NOW + TimeDelta::seconds(59)));
        let revision = fleet.revision();
        assert!(fleet.set_now(NOW + TimeDelta::seconds(60)));
        assert!(fleet.revision() > revision);
        let statuses: Vec<_> = rows(&fleet).into_iter().map(|row| row.status).collect();
        let expected = [
            Status::Warning,
            Status::Critical,
            Status::Healthy,
            Status::Pending,
        ];
        assert_eq!(statuses, expected);
        assert_eq!(fleet.counts(), statuses.into_iter().collect());
        assert!(Arc::ptr_eq(&untouched, fleet.get("c").unwrap()));
    }

    #[test]
    fn a_clock_set_back_makes_agents_well_again() {
        let mut fleet = Fleet::new();
        fleet.apply_saved(contacted("a", 0), NOW + TimeDelta::hours(1));
        assert_eq!(fleet.counts().of(Status::Critical), 1);
        assert!(fleet.set_now(NOW));
        assert_eq!(fleet.counts().of(Status::Healthy), 1);
        assert!(fleet.set_now(NOW + TimeDelta::minutes(30)));
        assert_eq!(fleet.counts().of(Status::Warning), 1);
    }

    #[test]
    fn an_unchanged_agent_read_later_has_the_status_of_then() {
        let mut fleet = fleet_of(vec![contacted("a", 29)]);
        let mut read = fleet.begin_read(FleetReadKind::Changes);
        fleet.apply_page(
            &mut read,
            vec![contacted("a", 29)],
            &[],
            NOW + TimeDelta::minutes(2),
        );
        assert_eq!(fleet.counts().of(Status::Warning), 1);
    }

    #[test]
    fn an_agents_site_may_come_change_and_go_later() {
        let at = |id: &str, site_id: &str| Agent {
            site_id: site_id.into(),
            ..agent(id, "")
        };
        let mut fleet = fleet_of(vec![at("a", "s1"), at("b", "s2"), at("c", "")]);
        assert!(!fleet.has_all_sites());
        assert_eq!(fleet.site("s1"), None);
        let title = |fleet: &Fleet, id: &str| fleet.get(id).unwrap().site_title().to_owned();
        assert_eq!(title(&fleet, "a"), "…");
        assert_eq!(title(&fleet, "c"), "Undefined");

        let sites = fleet.begin_sites_read();
        fleet.apply_sites(
            sites,
            vec![site("s2", "Two"), site("s1", "One"), site("", "None")],
            true,
            NOW,
        );
        assert_eq!(title(&fleet, "a"), "One");
        assert_eq!(title(&fleet, "c"), "Undefined");
        assert!(fleet.has_all_sites());
        assert_eq!(fleet.site("s1").unwrap().title, "One");
        let (a, b) = (
            fleet.get("a").cloned().unwrap(),
            fleet.get("b").cloned().unwrap(),
        );
        let revision = fleet.revision();

        let sites = fleet.begin_sites_read();
        fleet.apply_sites(sites, vec![site("s1", "One"), site("s2", "Two")], true, NOW);
        assert_eq!(fleet.revision(), revision);

        let sites = fleet.begin_sites_read();
        fleet.apply_sites(
            sites,
            vec![site("s1", "One"), site("s2", "New Two")],
            true,
            NOW,
        );
        assert!(fleet.revision() > revision);
        assert!(Arc::ptr_eq(&a, fleet.get("a").unwrap()));
        assert!(!Arc::ptr_eq(&b, fleet.get("b").unwrap()));
        assert!(Arc::ptr_eq(&b.agent, &fleet.get("b").unwrap().agent));
        assert_eq!(title(&fleet, "b"), "New Two");

        let sites = fleet.begin_sites_read();
        fleet.apply_sites(sites, vec![site("s1", "One")], true, NOW);
        assert_eq!(title(&fleet, "b"), "Undefined");
        assert!(fleet.site("s2").is_none());
    }

    // page.md#reading/14
    #[test]
    fn a_site_that_could_not_be_read_is_as_it_was() {
        let at = |id: &str, site_id: &str| Agent {
            site_id: site_id.into(),
            private_ip: "10.0.0.1".into(),
            ..agent(id, "")
        };
        let mut fleet = fleet_of(vec![at("a", "s1"), at("b", "s2"), at("c", "s3")]);
        let shown = |fleet: &Fleet| {
            let cell = |row: &Arc<Row>| (row.site_title().to_owned(), row.needs_update());
            rows(fleet).into_iter().map(cell).collect::<Vec<_>>()
        };
        let sites = fleet.begin_sites_read();
        fleet.apply_sites(sites, vec![site("s1", "One")], false, NOW);
        let (one, unknown) = (("One".to_owned(), false), ("…".to_owned(), false));
        assert_eq!(shown(&fleet), [one.clone(), unknown.clone(), unknown]);

        let both = vec![site("s1", "One"), site("s2", "Two")];
        let sites = fleet.begin_sites_read();
        fleet.apply_sites(sites, both, true, NOW);
        let (two, none) = (("Two".to_owned(), false), ("Undefined".to_owned(), true));
        assert_eq!(shown(&fleet), [one.clone(), two.clone(), none]);

        let sites = fleet.begin_sites_read();
        fleet.apply_sites(sites, vec![site("s1", "One")], false, NOW);
        assert_eq!(shown(&fleet), [one, two, ("…".to_owned(), false)]);
    }

    #[test]
    fn a_site_created_during_a_read_survives_it() {
        let mut fleet = Fleet::new();
        let sites = fleet.begin_sites_read();
        fleet.apply_created_site(site("new", "New"), NOW);
        fleet.apply_saved(
            Agent {
                site_id: "new".into(),
                ..agent("a", "")
            },
            NOW,
        );
        let read = vec![site("s1", "One"), site("new", "As it was then")];
        fleet.apply_sites(sites, read, true, NOW);
        assert_eq!(fleet.get("a").unwrap().site_title(), "New");
        let titles: Vec<_> = fleet
            .sites()
            .iter()
            .map(|site| site.title.as_str())
            .collect();
        assert_eq!(titles, ["New", "One"]);
        let sites = fleet.begin_sites_read();
        fleet.apply_sites(sites, vec![], true, NOW);
        assert!(fleet.sites().is_empty());
    }

    #[test]
    fn a_sites_read_overtaken_by_a_later_one_changes_nothing() {
        let mut fleet = Fleet::new();
        let slow = fleet.begin_sites_read();
        let quick = fleet.begin_sites_read();
        fleet.apply_sites(quick, vec![site("s1", "New")], true, NOW);
        fleet.apply_sites(slow, vec![site("s1", "Old"), site("s2", "Gone")], true, NOW);
        let titles: Vec<_> = fleet
            .sites()
            .iter()
            .map(|site| site.title.as_str())
            .collect();
        assert_eq!(titles, ["New"]);
    }

    #[test]
    fn sites_stand_by_title_naturally() {
        let mut fleet = Fleet::new();
        let sites = fleet.begin_sites_read();
        let titles = ["DC 10", "dc 9", "Berlin", "DC 10"];
        let sites_read = titles
            .iter()
            .enumerate()
            .map(|(i, title)| site(&i.to_string(), title))
            .collect();
        fleet.apply_sites(sites, sites_read, true, NOW);
        let ids: Vec<_> = fleet.sites().iter().map(|site| site.id.as_str()).collect();
        assert_eq!(ids, ["2", "1", "0", "3"]);
    }

    /// What happens on the server between two reads.
    #[derive(Clone, Debug)]
    enum Event {
        Write {
            id: u8,
            name: u8,
            contact: Option<i64>,
        },
        Remove {
            id: u8,
        },
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let contact = prop::option::of(0..60_i64);
        prop_oneof![
            3 => (0..6_u8, 0..3_u8, contact).prop_map(|(id, name, contact)| {
                Event::Write { id, name, contact }
            }),
            1 => (0..6_u8).prop_map(|id| Event::Remove { id }),
        ]
    }

    /// Writes the events to the server's agents; the changed agents and removed ids.
    fn happen(server: &mut BTreeMap<String, Agent>, events: &[Event]) -> (Vec<Agent>, Vec<String>) {
        let before = server.clone();
        for event in events {
            match *event {
                Event::Write { id, name, contact } => {
                    let mut agent = agent(&id.to_string(), &name.to_string());
                    agent.last_contact = contact.map(|minutes| NOW - TimeDelta::minutes(minutes));
                    server.insert(agent.id.clone(), agent);
                }
                Event::Remove { id } => {
                    server.remove(&id.to_string());
                }
            }
        }
        let changed = server
            .values()
            .filter(|agent| before.get(&agent.id) != Some(agent))
            .cloned();
        let removed = before
            .keys()
            .filter(|&id| !server.contains_key(id))
            .cloned();
        (changed.collect(), removed.collect())
    }

    fn assert_same(fleet: &Fleet, server: &BTreeMap<String, Agent>) -> Result<(), TestCaseError> {
        let held: Vec<_> = rows(fleet)
            .into_iter()
            .map(|row| (*row.agent).clone())
            .collect();
        let wanted: Vec<_> = server.values().cloned().collect();
        prop_assert_eq!(held, wanted);
        let counts: StatusCounts = fleet.rows().map(|row| row.status).collect();
        prop_assert_eq!(fleet.counts(), counts);
        for row in fleet.rows() {
            prop_assert_eq!(row.status, Status::at(row.agent.last_contact, fleet.now));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn reads_of_changes_come_to_the_same_as_a_whole_read(
            rounds in prop::collection::vec(prop::collection::vec(any_event(), 0..6), 1..6),
            page_size in 1..4_usize,
        ) {
            let mut server = BTreeMap::new();
            let mut by_changes = fleet_of(vec![]);
            for (round, events) in (0..).zip(&rounds) {
                let now = NOW + TimeDelta::minutes(round * 7);
                let before: Vec<_> = by_changes.rows().cloned().collect();
                let (changed, removed) = happen(&mut server, events);
                let mut read = by_changes.begin_read(FleetReadKind::Changes);
                by_changes.apply_page(&mut read, vec![], &removed, now);
                for page in changed.chunks(page_size) {
                    by_changes.apply_page(&mut read, page.to_vec(), &[], now);
                }
                by_changes.finish_read(read);
                assert_same(&by_changes, &server)?;

                for row in before {
                    let Some(current) = by_changes.get(row.id()) else { continue };
                    let unchanged = row.agent == current.agent && row.status == current.status;
                    prop_assert_eq!(unchanged, Arc::ptr_eq(&row, current));
                }

                // A whole read on top of it changes nothing.
                let revision = by_changes.revision();
                let mut read = by_changes.begin_read(FleetReadKind::Whole);
                by_changes.apply_page(&mut read, server.values().cloned().collect(), &[], now);
                by_changes.finish_read(read);
                prop_assert_eq!(by_changes.revision(), revision);
            }
        }

        // agent-api.md#agent/18, agent-api.md#incremental-refresh/2
        #[test]
        fn it_does_not_matter_where_pages_break(
            there in prop::collection::vec((0..6_u8, 0..3_u8), 0..6),
            read in prop::collection::vec((0..6_u8, 0..3_u8), 0..8),
            removed in prop::collection::vec(0..8_u8, 0..4),
            breaks in prop::collection::vec(0..8_usize, 0..4),
            removed_on in 0..5_usize,
            is_whole in any::<bool>(),
        ) {
            let kind = if is_whole { FleetReadKind::Whole } else { FleetReadKind::Changes };
            let agents = |list: &[(u8, u8)]| -> Vec<Agent> {
                list.iter().map(|(id, name)| agent(&id.to_string(), &name.to_string())).collect()
            };
            let mut server: BTreeMap<String, Agent> = BTreeMap::new();
            if !is_whole {
                server.extend(agents(&there).into_iter().map(|agent| (agent.id.clone(), agent)));
                server.retain(|id, _| !removed.iter().any(|removed| removed.to_string() == *id));
            }
            server.extend(agents(&read).into_iter().map(|agent| (agent.id.clone(), agent)));

            let mut fleet = fleet_of(agents(&there));
            let mut begun = fleet.begin_read(kind);
            let mut ends: Vec<_> = breaks.iter().map(|&end| end.min(read.len())).collect();
            ends.push(read.len());
            ends.sort_unstable();
            let removed: Vec<_> = removed.iter().map(u8::to_string).collect();
            let removed_on = removed_on.min(ends.len() - 1);
            let mut start = 0;
            for (page, end) in ends.into_iter().enumerate() {
                let removed = if page == removed_on { removed.as_slice() } else { &[] };
                fleet.apply_page(&mut begun, agents(&read[start..end]), removed, NOW);
                start = end;
            }
            fleet.finish_read(begun);
            assert_same(&fleet, &server)?;
        }

        #[test]
        fn edits_during_a_read_survive_it(
            before in prop::collection::vec(any_event(), 0..8),
            edits in prop::collection::vec((any_event(), 0..4_usize), 0..6),
            page_size in 1..4_usize,
        ) {
            // The pages are as the server was when the read began; each edit is written there too,
            // and its answer arrives after so many pages.
            let mut server = BTreeMap::new();
            let mut fleet = fleet_of(happen(&mut server, &before).0);
            let stale: Vec<_> = server.values().cloned().collect();
            let mut read = fleet.begin_read(FleetReadKind::Whole);
            for step in 0..4_usize {
                for (edit, _) in edits.iter().filter(|(_, after)| *after == step) {
                    happen(&mut server, std::slice::from_ref(edit));
                    match *edit {
                        Event::Write { id, .. } => {
                            fleet.apply_saved(server.get(&id.to_string()).unwrap().clone(), NOW);
                        }
                        Event::Remove { id } => fleet.apply_removed(&id.to_string()),
                    }
                }
                let page = stale.iter().skip(step * page_size);
                let page = if step < 3 { page.take(page_size) } else { page.take(usize::MAX) };
                fleet.apply_page(&mut read, page.cloned().collect(), &[], NOW);
            }
            fleet.finish_read(read);
            assert_same(&fleet, &server)?;
        }

        #[test]
        fn the_order_of_sites_and_agents_does_not_matter(sites_first in any::<bool>()) {
            let agents = vec![Agent { site_id: "s".into(), ..agent("a", "") }];
            let mut fleet = Fleet::new();
            if !sites_first {
                read(&mut fleet, FleetReadKind::Whole, agents.clone(), &[]);
            }
            let sites = fleet.begin_sites_read();
            fleet.apply_sites(sites, vec![site("s", "One")], true, NOW);
            if sites_first {
                read(&mut fleet, FleetReadKind::Whole, agents, &[]);
            }
            prop_assert_eq!(fleet.get("a").unwrap().site_title(), "One");
        }
    }
}
