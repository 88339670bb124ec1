//! The shown agents, gathered into what one marker shows.

use std::sync::Arc;

use crate::domain::{
    Cluster, Coordinates, Place, Row, Status, StatusCounts, clusters, places, zoom_that_parts,
};

/// All markers of the map.
#[derive(Clone, Default)]
pub struct Groups {
    places: Arc<Vec<Place>>,
    clusters: Arc<Vec<Cluster>>,
    zoom: u8,
}

/// What one marker shows.
pub struct Group<'a> {
    /// Tells it from the others; the same while it stands for the same places.
    pub key: String,
    /// Where it stands.
    pub at: Coordinates,
    /// How many agents of which status.
    pub counts: StatusCounts,
    places: Vec<&'a Place>,
}

impl Groups {
    /// Gathers the agents for this zoom.
    pub fn of(rows: &[Arc<Row>], zoom: u8) -> Self {
        let places = places(rows);
        let clusters = clusters(&places, zoom);
        Self {
            places: Arc::new(places),
            clusters: Arc::new(clusters),
            zoom,
        }
    }

    /// Gathers the same agents for another zoom.
    pub fn regroup(&mut self, zoom: u8) {
        if self.zoom != zoom {
            self.clusters = Arc::new(clusters(&self.places, zoom));
            self.zoom = zoom;
        }
    }

    /// Each marker's group.
    pub fn iter(&self) -> impl Iterator<Item = Group<'_>> {
        self.clusters
            .iter()
            .filter_map(|cluster| self.group(cluster))
    }

    /// The group that has this key.
    pub fn get(&self, key: &str) -> Option<Group<'_>> {
        self.iter().find(|group| group.key == key)
    }

    /// The least zoom at which the group is no longer one; `None`: none parts it.
    pub fn zoom_that_parts(&self, key: &str, max_zoom: u8) -> Option<u8> {
        let is_asked =
            |cluster: &&Cluster| self.group(cluster).is_some_and(|group| group.key == key);
        let cluster = self.clusters.iter().find(is_asked)?;
        zoom_that_parts(&self.places, cluster, self.zoom, max_zoom)
    }

    fn group(&self, cluster: &Cluster) -> Option<Group<'_>> {
        let places: Vec<_> = cluster
            .places
            .iter()
            .filter_map(|&index| self.places.get(index))
            .collect();
        let first = places.first()?.coordinates;
        Some(Group {
            key: format!("{},{},{}", first.lat, first.lon, places.len()),
            at: cluster.coordinates,
            counts: cluster.counts,
            places,
        })
    }
}

impl Group<'_> {
    /// The places that it stands for.
    pub fn places(&self) -> impl Iterator<Item = Coordinates> {
        self.places.iter().map(|place| place.coordinates)
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
                .places
                .iter()
                .flat_map(|place| &place.rows)
                .filter(|row| row.status == status);
            rows.extend(of_status.take(at_most - rows.len()).cloned());
        }
        rows
    }

    /// "kp-fra-1, Healthy" or "12 agents, worst status Critical".
    pub fn name(&self) -> String {
        let worst = self.worst().word();
        match self.only_row() {
            Some(row) => format!("{}, {worst}", row.agent.accessible_name()),
            None => format!("{} agents, worst status {worst}", self.counts.total()),
        }
    }

    /// Its agent, where it is but one.
    pub fn only_row(&self) -> Option<&Arc<Row>> {
        match self.places.as_slice() {
            [place] => match place.rows.as_slice() {
                [row] => Some(row),
                _ => None,
            },
            _ => None,
        }
    }
}
