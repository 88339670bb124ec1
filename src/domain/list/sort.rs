//! The order of the list.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::domain::natural::cmp_folded;
use crate::domain::{Fleet, Row};

/// A column of the list that sorts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the titles say it")]
pub enum Column {
    Status,
    LastSeen,
    Name,
    Site,
    IpAddress,
    PrivateIp,
    Version,
}

impl Column {
    /// All columns, from left to right.
    pub const ALL: [Self; 7] = [
        Self::Status,
        Self::LastSeen,
        Self::Name,
        Self::Site,
        Self::IpAddress,
        Self::PrivateIp,
        Self::Version,
    ];

    /// The header on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Status => "Status",
            Self::LastSeen => "Last seen",
            Self::Name => "Agent name",
            Self::Site => "Site",
            Self::IpAddress => "IP Address",
            Self::PrivateIp => "Private IP",
            Self::Version => "Version",
        }
    }

    /// The column in CSS, such as "last-seen".
    pub fn slug(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::LastSeen => "last-seen",
            Self::Name => "name",
            Self::Site => "site",
            Self::IpAddress => "ip-address",
            Self::PrivateIp => "private-ip",
            Self::Version => "version",
        }
    }
}

/// Which way a column is sorted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    /// The other way.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    fn apply(self, order: Ordering) -> Ordering {
        match self {
            Self::Ascending => order,
            Self::Descending => order.reverse(),
        }
    }
}

/// What the list is sorted by: at first by status, the worst first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sorting {
    /// By which column.
    pub column: Column,
    /// Which way.
    pub direction: Direction,
}

impl Default for Sorting {
    fn default() -> Self {
        Self {
            column: Column::Status,
            direction: Direction::Ascending,
        }
    }
}

impl Sorting {
    /// The sorting after a column's header is pressed: the same column turns round, another starts
    /// ascending.
    #[must_use]
    pub fn toggled(self, column: Column) -> Self {
        let direction = if column == self.column {
            self.direction.reversed()
        } else {
            Direction::Ascending
        };
        Self { column, direction }
    }

    /// The order of two rows; equal for the same agent alone.
    fn compare(self, a: &Row, b: &Row) -> Ordering {
        let towards = self.direction;
        let by_column = match self.column {
            Column::Status => towards.apply(a.status.cmp(&b.status)),
            // Ascending: by age, the most recent first.
            Column::LastSeen => missing_last(a.agent.last_seen, b.agent.last_seen, |a, b| {
                towards.apply(b.cmp(a))
            }),
            Column::Name => towards.apply(by_name(a, b)),
            Column::Site => missing_last(a.site_folded(), b.site_folded(), |a, b| {
                towards.apply(cmp_folded(a, b))
            }),
            Column::IpAddress => missing_last(a.ip_address(), b.ip_address(), |a, b| {
                towards.apply(a.cmp(b))
            }),
            Column::PrivateIp => missing_last(a.private_ip(), b.private_ip(), |a, b| {
                towards.apply(a.cmp(b))
            }),
            Column::Version => missing_last(a.version(), b.version(), |x, y| {
                // `7.27` and `7.27.0` are the same; those spelled alike are kept together.
                towards.apply(x.cmp(y).then_with(|| a.agent.version.cmp(&b.agent.version)))
            }),
        };
        by_column
            .then_with(|| by_name(a, b))
            .then_with(|| a.id().cmp(b.id()))
    }
}

/// Sorts rows; ties by name, then id. What is already nearly sorted takes little time.
#[allow(clippy::ptr_arg, reason = "a list is sorted as a whole")]
pub fn sort(rows: &mut Vec<Arc<Row>>, sorting: Sorting) {
    rows.sort_by(|a, b| sorting.compare(a, b));
}

/// The same agents in the same places, with their current rows: those gone are dropped, new ones
/// are not added.
pub fn keep_order(ordered: &[Arc<Row>], fleet: &Fleet) -> Vec<Arc<Row>> {
    ordered
        .iter()
        .filter_map(|row| fleet.get(row.id()))
        .cloned()
        .collect()
}

/// The worst first, then by name: how the agents of one place are listed.
pub fn worst_first(rows: &[Arc<Row>]) -> Vec<Arc<Row>> {
    let mut rows = rows.to_vec();
    sort(&mut rows, Sorting::default());
    rows
}

/// Naturally, then by the name as it is written.
fn by_name(a: &Row, b: &Row) -> Ordering {
    cmp_folded(a.name_folded(), b.name_folded())
        .then_with(|| a.agent.display_name().cmp(b.agent.display_name()))
}

/// What is missing comes last, whichever way the rest is sorted.
fn missing_last<T>(
    a: Option<T>,
    b: Option<T>,
    compare: impl FnOnce(&T, &T) -> Ordering,
) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare(&a, &b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Agent, FleetReadKind, Site};

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn named(name: &str) -> Agent {
        Agent {
            id: format!("id-{name}"),
            name: name.into(),
            ..Agent::default()
        }
    }

    fn row(agent: Agent, site: Option<&str>) -> Arc<Row> {
        let site = site.map(|title| {
            Arc::new(Site {
                title: title.into(),
                ..Site::default()
            })
        });
        Arc::new(Row::new(Arc::new(agent), site, NOW))
    }

    /// The names in the order of a column, ascending and descending.
    fn both_ways(rows: &[Arc<Row>], column: Column) -> [String; 2] {
        [Direction::Ascending, Direction::Descending].map(|direction| {
            let mut rows = rows.to_vec();
            sort(&mut rows, Sorting { column, direction });
            let names: Vec<_> = rows.iter().map(|row| row.agent.name.as_str()).collect();
            names.join(" ")
        })
    }

    // page.md#sorting/2, #status/5
    #[test]
    fn at_first_the_worst_come_first_then_by_name() {
        let contact = |name: &str, minutes: i64| {
            row(
                Agent {
                    last_contact: Some(NOW - TimeDelta::minutes(minutes)),
                    ..named(name)
                },
                None,
            )
        };
        let rows = [
            contact("h-10", 0),
            contact("h-2", 0),
            row(named("p"), None),
            contact("w", 31),
            contact("c", 50),
        ];
        assert_eq!(Sorting::default().column, Column::Status);
        assert_eq!(
            both_ways(&rows, Column::Status),
            ["c w p h-2 h-10", "h-2 h-10 p w c"]
        );
        let names: Vec<_> = worst_first(&rows)
            .iter()
            .map(|row| row.agent.name.clone())
            .collect();
        assert_eq!(names, ["c", "w", "p", "h-2", "h-10"]);
    }

    // page.md#sorting/3, #sorting/7
    #[test]
    fn the_most_recently_seen_come_first_and_never_last() {
        let seen = |name: &str, minutes: i64| {
            row(
                Agent {
                    last_seen: Some(NOW - TimeDelta::minutes(minutes)),
                    ..named(name)
                },
                None,
            )
        };
        let rows = [
            row(named("n"), None),
            seen("old", 99),
            seen("new", 1),
            seen("mid", 9),
        ];
        assert_eq!(
            both_ways(&rows, Column::LastSeen),
            ["new mid old n", "old mid new n"]
        );
    }

    // page.md#sorting/4
    #[test]
    fn names_sort_naturally() {
        let rows = ["kp-10", "KP-9", "kp-2"].map(|name| row(named(name), None));
        assert_eq!(
            both_ways(&rows, Column::Name),
            ["kp-2 KP-9 kp-10", "kp-10 KP-9 kp-2"]
        );
    }

    // page.md#sorting/4
    #[test]
    fn an_unnamed_agent_sorts_as_auto_generated() {
        let rows = [
            row(named("b"), None),
            row(named(""), None),
            row(named("Aa"), None),
        ];
        assert_eq!(both_ways(&rows, Column::Name)[0], "Aa  b");
    }

    // page.md#sorting/7
    #[test]
    fn sites_sort_naturally_and_undefined_comes_last() {
        let rows = [
            row(named("none"), None),
            row(named("ten"), Some("Site 10")),
            row(named("two"), Some("site 2")),
            row(named("z"), Some("Zz")),
        ];
        assert_eq!(
            both_ways(&rows, Column::Site),
            ["two ten z none", "z ten two none"]
        );
    }

    // page.md#sorting/6, #sorting/7
    #[test]
    fn addresses_sort_as_addresses_and_what_is_none_comes_last() {
        let rows = [
            ("v6", "2001:db8::1"),
            ("b", "10.0.0.10"),
            ("a", "10.0.0.9"),
            ("junk", "?"),
            ("empty", ""),
            ("c", "192.0.2.1"),
            ("v6b", "2001:db8::a:1"),
            // IPv4, written as IPv6.
            ("mapped", "::ffff:10.0.0.11"),
        ]
        .map(|(name, address)| {
            let (private_ip, ip_address) = (address.to_owned(), address.to_owned());
            row(
                Agent {
                    private_ip,
                    ip_address,
                    ..named(name)
                },
                None,
            )
        });
        for column in [Column::IpAddress, Column::PrivateIp] {
            assert_eq!(
                both_ways(&rows, column),
                [
                    "a b mapped c v6 v6b empty junk",
                    "v6b v6 c mapped b a empty junk"
                ]
            );
        }
    }

    // page.md#sorting/5, #sorting/7
    #[test]
    fn versions_sort_as_versions_and_hashes_come_last() {
        let rows = [
            "9f2b7c1",
            "7.49.0",
            "7.5",
            "2026.2.0",
            "7.49.0~rc3",
            "",
            "7.48.0",
        ]
        .map(|version| {
            row(
                Agent {
                    version: version.into(),
                    ..named(version)
                },
                None,
            )
        });
        let order = both_ways(&rows, Column::Version);
        assert_eq!(order[0], "7.5 7.48.0 7.49.0~rc3 7.49.0 2026.2.0 9f2b7c1 ");
        assert_eq!(order[1], "2026.2.0 7.49.0 7.49.0~rc3 7.48.0 7.5 9f2b7c1 ");
    }

    // page.md#sorting/8
    #[test]
    fn ties_stand_by_name_then_id_either_way() {
        let agent = |id: &str, name: &str| {
            row(
                Agent {
                    id: id.into(),
                    name: name.into(),
                    ..Agent::default()
                },
                None,
            )
        };
        let rows = [agent("2", "b"), agent("1", "b"), agent("3", "a")];
        for direction in [Direction::Ascending, Direction::Descending] {
            let mut rows = rows.to_vec();
            sort(
                &mut rows,
                Sorting {
                    column: Column::Version,
                    direction,
                },
            );
            let ids: Vec<_> = rows.iter().map(|row| row.id()).collect();
            assert_eq!(ids, ["3", "1", "2"]);
        }
    }

    // page.md#sorting/1
    #[test]
    fn pressing_a_column_turns_it_round_and_another_starts_ascending() {
        let by_name = Sorting::default().toggled(Column::Name);
        assert_eq!(
            by_name,
            Sorting {
                column: Column::Name,
                direction: Direction::Ascending
            }
        );
        assert_eq!(
            by_name.toggled(Column::Name).direction,
            Direction::Descending
        );
        assert_eq!(by_name.toggled(Column::Name).toggled(Column::Name), by_name);
        assert_eq!(
            Sorting::default().toggled(Column::Status).direction,
            Direction::Descending
        );
    }

    #[test]
    fn keeping_the_order_takes_current_rows_and_drops_those_gone() {
        let mut fleet = Fleet::new();
        let mut read = fleet.begin_read(FleetReadKind::Whole);
        fleet.apply_page(
            &mut read,
            vec![named("a"), named("b"), named("c")],
            &[],
            NOW,
        );
        fleet.finish_read(read);
        let mut ordered: Vec<_> = fleet.rows().cloned().collect();
        ordered.sort_by(|a, b| b.id().cmp(a.id()));
        let mut read = fleet.begin_read(FleetReadKind::Changes);
        let changed = Agent {
            version: "7.5".into(),
            ..named("c")
        };
        fleet.apply_page(
            &mut read,
            vec![changed, named("new")],
            &["id-b".into()],
            NOW,
        );
        fleet.finish_read(read);
        let kept = keep_order(&ordered, &fleet);
        let shown: Vec<_> = kept
            .iter()
            .map(|row| (row.id(), &*row.agent.version))
            .collect();
        assert_eq!(shown, [("id-c", "7.5"), ("id-a", "")]);
    }

    fn any_row() -> impl Strategy<Value = Arc<Row>> {
        let ids = prop::sample::select(vec!["1", "2", "3"]);
        let names = prop::sample::select(vec!["", "a", "A", "a01", "a1", "auto generated"]);
        let addresses = prop::sample::select(vec!["", "::1", "10.0.0.1", "junk"]);
        let versions = prop::sample::select(vec!["", "7.27", "7.27.0", "7.5", "abc"]);
        let sites = prop::option::of(prop::sample::select(vec!["s1", "S1", "s01", ""]));
        let seen = prop::option::of(0..2_i64);
        (ids, names, addresses, versions, sites, seen).prop_map(
            |(id, name, address, version, site, seen)| {
                let agent = Agent {
                    id: id.into(),
                    name: name.into(),
                    ip_address: address.into(),
                    version: version.into(),
                    last_seen: seen.map(|secs| NOW + TimeDelta::seconds(secs)),
                    ..Agent::default()
                };
                row(agent, site)
            },
        )
    }

    proptest! {
        #[test]
        fn every_order_is_total(
            a in any_row(), b in any_row(), c in any_row(),
            column in prop::sample::select(Column::ALL.to_vec()),
            descending in any::<bool>(),
        ) {
            let direction =
                if descending { Direction::Descending } else { Direction::Ascending };
            let sorting = Sorting { column, direction };
            prop_assert_eq!(sorting.compare(&a, &b), sorting.compare(&b, &a).reverse());
            if sorting.compare(&a, &b).is_le() && sorting.compare(&b, &c).is_le() {
                prop_assert!(sorting.compare(&a, &c).is_le());
            }
        }
    }
}
