//! The shown agents, gathered into what each marker shows.

use std::sync::Arc;

use super::mercator::WebMercator;
use crate::domain::{
    Cluster, Coordinates, Location, Row, Status, StatusCounts, clusters, locations, zoom_that_parts,
};

/// All markers of the map.
#[derive(Clone, Default)]
pub struct MarkerGroups {
    locations: Arc<Vec<Location>>,
    clusters: Arc<Vec<(String, Cluster)>>,
    zoom: f64,
}

/// What one marker shows.
pub struct MarkerGroup<'a> {
    /// Unique among the markers; the same while it represents the same locations.
    pub key: &'a str,
    /// The position of the marker.
    pub at: Coordinates,
    /// How many agents of which status.
    pub counts: StatusCounts,
    locations: Vec<&'a Location>,
}

impl MarkerGroups {
    /// Gathers the agents for this zoom.
    pub fn of(rows: &[Arc<Row>], zoom: impl Into<f64>) -> Self {
        Self::of_locations(locations(rows), zoom)
    }

    /// Gathers the agents at these locations for this zoom.
    pub fn of_locations(locations: Vec<Location>, zoom: impl Into<f64>) -> Self {
        let zoom = zoom.into();
        let clusters = keyed_clusters(&locations, zoom);
        Self {
            locations: Arc::new(locations),
            clusters: Arc::new(clusters),
            zoom,
        }
    }

    /// The same agents, gathered for another zoom; `None` if it is the same.
    pub fn at_zoom(&self, zoom: impl Into<f64>) -> Option<Self> {
        let zoom = zoom.into();
        ((self.zoom - zoom).abs() > f64::EPSILON).then(|| Self {
            locations: Arc::clone(&self.locations),
            clusters: Arc::new(keyed_clusters(&self.locations, zoom)),
            zoom,
        })
    }

    /// Each marker's group.
    pub fn iter(&self) -> impl Iterator<Item = MarkerGroup<'_>> {
        self.clusters
            .iter()
            .map(|(key, cluster)| self.group(key, cluster))
    }

    /// The group that has this key.
    pub fn get(&self, key: &str) -> Option<MarkerGroup<'_>> {
        let (key, cluster) = self.find(key)?;
        Some(self.group(key, cluster))
    }

    /// The least zoom at which the group is no longer one; `None`: none parts it.
    pub fn zoom_that_parts(&self, key: &str, max_zoom: u8) -> Option<u8> {
        let (_, cluster) = self.find(key)?;
        zoom_that_parts(&self.locations, cluster, self.zoom, max_zoom)
    }

    /// The group that stands for another one, which is no longer among these: of those that hold some of
    /// its locations the one that is nearest to where it stood.
    pub fn heir(&self, gone: &MarkerGroup<'_>) -> Option<MarkerGroup<'_>> {
        let left: Vec<_> = gone.coordinates().collect();
        let distance = |group: &MarkerGroup<'_>| {
            let map = WebMercator::at(0);
            let off = map.offset(map.project(gone.at), map.project(group.at));
            off.x.hypot(off.y)
        };
        self.iter()
            .filter(|group| group.coordinates().any(|at| left.contains(&at)))
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    fn find(&self, key: &str) -> Option<&(String, Cluster)> {
        self.clusters.iter().find(|(other, _)| other == key)
    }

    fn group<'a>(&'a self, key: &'a str, cluster: &'a Cluster) -> MarkerGroup<'a> {
        MarkerGroup {
            key,
            at: cluster.coordinates,
            counts: cluster.counts,
            locations: locations_of(&self.locations, cluster).collect(),
        }
    }
}

/// Clusters with their keys, which are asked for more often than they change.
fn keyed_clusters(locations: &[Location], zoom: f64) -> Vec<(String, Cluster)> {
    let keyed = |cluster: Cluster| {
        let first = locations_of(locations, &cluster).next()?.coordinates;
        let key = format!("{},{},{}", first.lat, first.lon, cluster.locations.len());
        Some((key, cluster))
    };
    clusters(locations, zoom)
        .into_iter()
        .filter_map(keyed)
        .collect()
}

fn locations_of<'a>(
    locations: &'a [Location],
    cluster: &'a Cluster,
) -> impl Iterator<Item = &'a Location> {
    cluster
        .locations
        .iter()
        .filter_map(|&index| locations.get(index))
}

impl MarkerGroup<'_> {
    /// Where its agents are, each location once.
    pub fn coordinates(&self) -> impl Iterator<Item = Coordinates> {
        self.locations.iter().map(|location| location.coordinates)
    }

    /// The worst status of its agents.
    pub fn worst(&self) -> Status {
        self.counts.worst().unwrap_or(Status::Healthy)
    }

    /// Its agents, worst first, at most so many.
    pub fn worst_rows(&self, at_most: usize) -> Vec<Arc<Row>> {
        let mut rows = Vec::new();
        for status in Status::WORST_FIRST {
            let of_status = self
                .locations
                .iter()
                .flat_map(|location| &location.rows)
                .filter(|row| row.status == status);
            rows.extend(of_status.take(at_most - rows.len()).cloned());
        }
        rows
    }

    /// "kp-fra-1, Healthy" or "12 agents, worst status Critical". `count` writes a number.
    pub fn name(&self, count: impl Fn(usize) -> String) -> String {
        let worst = self.worst().label();
        match self.only_row() {
            Some(row) => format!("{}, {worst}", row.agent.accessible_name()),
            None => format!(
                "{} agents, worst status {worst}",
                count(self.counts.total())
            ),
        }
    }

    /// Its agent, where it is but one.
    pub fn only_row(&self) -> Option<&Arc<Row>> {
        match self.locations.as_slice() {
            [location] => match location.rows.as_slice() {
                [row] => Some(row),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::map::fixtures::{any_points, any_status, row_at, row_with_status, rows_at};

    /// Hamburg, and two locations in Berlin that zoom 10 tells apart.
    const HAMBURG_AND_BERLIN: [(f64, f64); 3] = [(53.55, 10.0), (52.52, 13.3), (52.52, 13.5)];

    fn keys(groups: &MarkerGroups) -> Vec<String> {
        groups.iter().map(|group| group.key.to_owned()).collect()
    }

    #[test]
    fn no_agents_have_no_markers() {
        assert_eq!(MarkerGroups::of(&[], 3).iter().count(), 0);
        let groups = MarkerGroups::default();
        assert!(groups.get("0,0,1").is_none());
        assert_eq!(groups.zoom_that_parts("0,0,1", 14), None);
    }

    #[test]
    fn the_marker_of_one_agent_has_its_name() {
        let groups = MarkerGroups::of(&[row_at("a", 1.0, 2.0)], 3);
        let group = groups.iter().next().unwrap();
        assert_eq!(group.only_row().unwrap().id(), "a");
        let name = group.only_row().unwrap().agent.accessible_name();
        assert_eq!(
            group.name(|number| number.to_string()),
            format!("{name}, Pending")
        );
    }

    #[test]
    fn a_marker_of_several_agents_has_their_number_and_their_worst_status() {
        let rows = [Status::Healthy, Status::Warning, Status::Pending]
            .map(|status| row_with_status(status.slug(), status));
        let groups = MarkerGroups::of(&rows, 3);
        let group = groups.iter().next().unwrap();
        assert_eq!(
            group.name(|number| number.to_string()),
            "3 agents, worst status Warning"
        );
        assert_eq!(group.worst(), Status::Warning);
        assert!(group.only_row().is_none());
        let ids: Vec<_> = group
            .worst_rows(2)
            .iter()
            .map(|row| row.id().to_owned())
            .collect();
        assert_eq!(ids, ["warning", "pending"]);
    }

    #[test]
    fn a_marker_keeps_its_key_while_other_agents_come_and_go() {
        let rows = rows_at(&HAMBURG_AND_BERLIN);
        let all = MarkerGroups::of(&rows, 6);
        let berlin = MarkerGroups::of(&rows[1..], 6);
        assert_eq!(keys(&all).len(), 2);
        assert_eq!(keys(&all)[1..], keys(&berlin));
        // Another agent at a location that is there already.
        let mut more = rows;
        more.push(row_at("new", 53.55, 10.0));
        assert_eq!(keys(&MarkerGroups::of(&more, 6)), keys(&all));
    }

    #[test]
    fn zooming_in_parts_a_marker() {
        let groups = MarkerGroups::of(&rows_at(&HAMBURG_AND_BERLIN), 6);
        let berlin = keys(&groups)[1].clone();
        let zoom = groups.zoom_that_parts(&berlin, 14).unwrap();
        assert_eq!(groups.zoom_that_parts(&berlin, zoom - 1), None);
        let parted = groups.at_zoom(zoom).unwrap();
        assert_eq!(parted.iter().count(), 3);
        assert!(parted.get(&berlin).is_none());
        assert!(parted.at_zoom(zoom).is_none());
    }

    #[test]
    fn no_zoom_parts_the_agents_of_one_location() {
        let rows = [row_at("a", 1.0, 2.0), row_at("b", 1.0, 2.0)];
        let groups = MarkerGroups::of(&rows, 3);
        assert_eq!(groups.zoom_that_parts(&keys(&groups)[0], 14), None);
    }

    #[test]
    fn where_a_marker_parts_the_nearest_of_its_parts_stands_for_it() {
        // Three agents at the eastern of the locations in Berlin.
        let mut rows = rows_at(&HAMBURG_AND_BERLIN);
        rows.extend([row_at("x", 52.52, 13.5), row_at("y", 52.52, 13.5)]);
        let groups = MarkerGroups::of(&rows, 6);
        let berlin = groups.get(&keys(&groups)[1]).unwrap();
        let parted = groups.at_zoom(12).unwrap();
        let heir = parted.heir(&berlin).unwrap();
        assert_eq!(heir.counts.total(), 3);
        // And the other way round, when they share a marker again.
        assert_eq!(groups.heir(&heir).unwrap().key, berlin.key);
        assert!(MarkerGroups::of(&rows[..1], 6).heir(&berlin).is_none());
    }

    proptest! {
        #[test]
        fn every_located_agent_is_at_exactly_one_marker(
            points in any_points(), unlocated in 0..3_usize, zoom in 0..=14_u8,
        ) {
            let mut rows = rows_at(&points);
            rows.resize_with(rows.len() + unlocated, || {
                Arc::new(Row::new(Arc::default(), None, chrono::DateTime::UNIX_EPOCH))
            });
            let groups = MarkerGroups::of(&rows, zoom);
            let mut ids: Vec<usize> = groups
                .iter()
                .flat_map(|group| group.worst_rows(usize::MAX))
                .map(|row| row.id().parse().unwrap())
                .collect();
            ids.sort_unstable();
            prop_assert_eq!(ids, (0..points.len()).collect::<Vec<_>>());
        }

        #[test]
        fn each_marker_is_found_by_a_key_of_its_own(points in any_points(), zoom in 0..=14_u8) {
            let groups = MarkerGroups::of(&rows_at(&points), zoom);
            let all = keys(&groups);
            prop_assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
            for group in groups.iter() {
                let found = groups.get(group.key).unwrap();
                prop_assert_eq!(found.at, group.at);
                prop_assert!(found.coordinates().eq(group.coordinates()));
            }
        }

        #[test]
        fn keys_do_not_depend_on_the_order_of_the_list_or_on_zooming_about(
            points in any_points(), zoom in 0..=14_u8, elsewhere in 0..=14_u8,
        ) {
            let mut rows = rows_at(&points);
            let groups = MarkerGroups::of(&rows, zoom);
            let zoomed = groups.at_zoom(elsewhere).unwrap_or_else(|| groups.clone());
            let back = zoomed.at_zoom(zoom).unwrap_or(zoomed);
            prop_assert_eq!(keys(&back), keys(&groups));
            rows.reverse();
            prop_assert_eq!(keys(&MarkerGroups::of(&rows, zoom)), keys(&groups));
        }

        #[test]
        fn a_marker_has_the_status_of_its_worst_agent(
            statuses in prop::collection::vec(any_status(), 1..20), at_most in 0..25_usize,
        ) {
            let numbered = statuses.iter().enumerate();
            let rows: Vec<_> = numbered
                .map(|(number, &status)| row_with_status(&number.to_string(), status))
                .collect();
            let groups = MarkerGroups::of(&rows, 3);
            let group = groups.iter().next().unwrap();
            prop_assert_eq!(Some(&group.worst()), statuses.iter().min());
            let mut worst = statuses.clone();
            worst.sort_unstable();
            worst.truncate(at_most);
            let listed: Vec<_> =
                group.worst_rows(at_most).iter().map(|row| row.status).collect();
            prop_assert_eq!(listed, worst);
        }

        #[test]
        fn at_the_zoom_that_parts_a_marker_there_are_others_instead(
            points in any_points(), zoom in 0..6_u8,
        ) {
            let groups = MarkerGroups::of(&rows_at(&points), zoom);
            for group in groups.iter() {
                let before: Vec<_> = group.coordinates().collect();
                if let Some(parting) = groups.zoom_that_parts(group.key, 14) {
                    prop_assert!(before.len() > 1 && parting > zoom);
                    let zoomed = groups.at_zoom(parting).unwrap();
                    let holds_all = |other: MarkerGroup<'_>| {
                        let after: Vec<_> = other.coordinates().collect();
                        before.iter().all(|at| after.contains(at))
                    };
                    prop_assert!(!zoomed.iter().any(holds_all));
                }
            }
        }
    }
}
