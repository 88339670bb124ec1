//! An agent as the list shows it: with its site, its status, and what searching and sorting need.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Agent, CellText, Coordinates, Site, Status, Version};
use crate::domain::text::push_folded;

/// One agent with what follows from it. It never changes: a change makes a new row, so that rows
/// that are pointer-equal need no second look.
#[derive(Clone, Debug)]
pub struct Row {
    /// The agent.
    pub agent: Arc<Agent>,
    /// Its site; `None` where it has none, or one that is not known.
    pub site: Option<Arc<Site>>,
    /// It has a site that is unknown only because the sites have not been read yet.
    is_site_pending: bool,
    /// Its status when the row was made.
    pub status: Status,
    // What follows is worked out once, for searching and sorting to be quick.
    /// The column values as shown, folded, joined by [`COLUMN_SEPARATOR`], name and site
    /// first; without status word and relative time, which change.
    haystack: Arc<str>,
    name_len: usize,
    site_len: usize,
    ip_address: Option<IpAddr>,
    private_ip: Option<IpAddr>,
    version: Option<Version>,
}

/// Separates the columns in a haystack; a folded text has none.
const COLUMN_SEPARATOR: char = '\n';

/// Reads an address. An IPv4 one that is written as IPv6 is the same.
fn address(text: &str) -> Option<IpAddr> {
    text.parse()
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

impl Row {
    /// The row of an agent at `now`, on the server's clock; without a site, its site is Undefined.
    pub fn new(agent: Arc<Agent>, site: Option<Arc<Site>>, now: DateTime<Utc>) -> Self {
        Self::build(agent, site, false, now)
    }

    /// The row of an agent whose site is still to be read.
    pub fn with_pending_site(agent: Arc<Agent>, now: DateTime<Utc>) -> Self {
        Self::build(agent, None, true, now)
    }

    fn build(
        agent: Arc<Agent>,
        site: Option<Arc<Site>>,
        is_site_pending: bool,
        now: DateTime<Utc>,
    ) -> Self {
        let mut haystack = String::with_capacity(96);
        push_folded(&mut haystack, agent.display_name());
        let name_len = haystack.len();
        haystack.push(COLUMN_SEPARATOR);
        push_folded(
            &mut haystack,
            site_cell(site.as_deref(), is_site_pending).as_str(),
        );
        let site_len = haystack.len() - name_len - 1;
        for value in [
            &agent.ip_address,
            agent.display_private_ip(),
            &agent.version,
        ] {
            haystack.push(COLUMN_SEPARATOR);
            push_folded(&mut haystack, value);
        }
        Self {
            status: Status::at(agent.last_contact, now),
            haystack: haystack.into(),
            name_len,
            site_len,
            ip_address: address(&agent.ip_address),
            private_ip: address(&agent.private_ip),
            version: Version::parse(&agent.version),
            agent,
            site,
            is_site_pending,
        }
    }

    /// The same agent with another status.
    pub(in crate::domain) fn with_status(&self, status: Status) -> Self {
        Self {
            status,
            ..self.clone()
        }
    }

    /// The agent's id.
    pub fn id(&self) -> &str {
        &self.agent.id
    }

    /// The site's cell: its title, "Undefined", or "…" where the sites have not been read yet.
    pub fn site_cell(&self) -> CellText<'_> {
        site_cell(self.site.as_deref(), self.is_site_pending)
    }

    /// Whether its site is unknown only because the sites have not been read yet.
    pub fn is_site_pending(&self) -> bool {
        self.is_site_pending
    }

    /// The site's title as shown.
    pub fn site_title(&self) -> &str {
        self.site_cell().as_str()
    }

    /// The agent's location: that of its site.
    pub fn coordinates(&self) -> Option<Coordinates> {
        self.site.as_ref()?.coordinates()
    }

    /// Whether it is known to have no location.
    pub fn is_unlocated(&self) -> bool {
        self.coordinates().is_none() && !self.is_site_pending
    }

    /// Whether Site or Private IP is still Undefined, so that "Update" asks for it.
    pub fn needs_update(&self) -> bool {
        let is_site_undefined = self.site.is_none() && !self.is_site_pending;
        is_site_undefined || self.agent.private_ip.is_empty()
    }

    /// The column values as shown, folded, but for the status word.
    pub(in crate::domain) fn haystack(&self) -> &str {
        &self.haystack
    }

    /// The name as shown, folded.
    pub(in crate::domain) fn name_folded(&self) -> &str {
        self.haystack().get(..self.name_len).unwrap_or_default()
    }

    /// The site's title, folded; `None` without a site.
    pub(in crate::domain) fn site_folded(&self) -> Option<&str> {
        self.site.as_ref()?;
        let start = self.name_len + 1;
        self.haystack().get(start..start + self.site_len)
    }

    pub(in crate::domain) fn ip_address(&self) -> Option<IpAddr> {
        self.ip_address
    }

    pub(in crate::domain) fn private_ip(&self) -> Option<IpAddr> {
        self.private_ip
    }

    /// The agent's version; `None` where it is a commit hash or unknown.
    pub fn version(&self) -> Option<Version> {
        self.version
    }
}

fn site_cell(site: Option<&Site>, is_pending: bool) -> CellText<'_> {
    match site {
        Some(site) => CellText::Value(&site.title),
        None if is_pending => CellText::Placeholder("…"),
        None => CellText::Placeholder("Undefined"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(agent: Agent, site: Option<Site>) -> Row {
        Row::new(Arc::new(agent), site.map(Arc::new), DateTime::UNIX_EPOCH)
    }

    // page.md#list/7, #list/8
    #[test]
    fn a_bare_agent_shows_auto_generated_and_undefined() {
        let row = row(Agent::default(), None);
        assert_eq!(row.haystack(), "auto generated\nundefined\n\nundefined\n");
        assert_eq!(row.site_title(), "Undefined");
        assert_eq!(row.name_folded(), "auto generated");
        assert_eq!(row.site_folded(), None);
        assert!(row.needs_update());
        assert_eq!(row.coordinates(), None);
    }

    #[test]
    fn a_whole_agent_needs_no_update() {
        let agent = Agent {
            name: "ÄGIR-1\nb".into(),
            private_ip: "10.0.0.1".into(),
            ip_address: "203.0.113.4".into(),
            version: "7.48.0".into(),
            ..Agent::default()
        };
        let site = Site {
            title: "Oslo DC".into(),
            lat: 59.9,
            lon: 10.7,
            ..Site::default()
        };
        let row = row(agent, Some(site));
        assert_eq!(
            row.haystack(),
            "agir-1 b\noslo dc\n203.0.113.4\n10.0.0.1\n7.48.0"
        );
        assert_eq!(row.name_folded(), "agir-1 b");
        assert_eq!(row.site_folded(), Some("oslo dc"));
        assert!(!row.needs_update());
        assert_eq!(
            row.coordinates(),
            Some(Coordinates {
                lat: 59.9,
                lon: 10.7
            })
        );
    }

    #[test]
    fn a_site_without_a_location_is_a_site_all_the_same() {
        let agent = Agent {
            private_ip: "10.0.0.1".into(),
            ..Agent::default()
        };
        let row = row(
            agent,
            Some(Site {
                title: "Lab".into(),
                ..Site::default()
            }),
        );
        assert!(!row.needs_update());
        assert_eq!(row.coordinates(), None);
    }

    // page.md#reading/6
    #[test]
    fn a_site_still_to_be_read_is_neither_undefined_nor_asked_for() {
        let agent = Agent {
            site_id: "s1".into(),
            private_ip: "10.0.0.1".into(),
            ..Agent::default()
        };
        let pending = Row::with_pending_site(Arc::new(agent), DateTime::UNIX_EPOCH);
        assert_eq!(pending.site_title(), "…");
        assert!(!pending.needs_update() && !pending.is_unlocated());
        assert!(!pending.haystack().contains("undefined"));
    }
}
