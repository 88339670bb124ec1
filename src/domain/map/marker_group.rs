//! The shown agents, gathered into what one marker shows.

use std::sync::Arc;

use crate::domain::{
    Cluster, Coordinates, Place, Row, Status, StatusCounts, clusters, places, zoom_that_parts,
};

/// All markers of the map.
#[derive(Clone, Default)]
pub struct Groups {
    places: Arc<Vec<Place>>,
    clusters: Arc<Vec<(String, Cluster)>>,
    zoom: u8,
}

/// What one marker shows.
pub struct Group<'a> {
    /// Tells it from the others; the same while it stands for the same places.
    pub key: &'a str,
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
        let clusters = keyed_clusters(&places, zoom);
        Self {
            places: Arc::new(places),
            clusters: Arc::new(clusters),
            zoom,
        }
    }

    /// Gathers the same agents for another zoom; true if it is another.
    pub fn regroup(&mut self, zoom: u8) -> bool {
        let is_other = self.zoom != zoom;
        if is_other {
            self.clusters = Arc::new(keyed_clusters(&self.places, zoom));
            self.zoom = zoom;
        }
        is_other
    }

    /// Each marker's group.
    pub fn iter(&self) -> impl Iterator<Item = Group<'_>> {
        self.clusters
            .iter()
            .map(|(key, cluster)| self.group(key, cluster))
    }

    /// The group that has this key.
    pub fn get(&self, key: &str) -> Option<Group<'_>> {
        let (key, cluster) = self.find(key)?;
        Some(self.group(key, cluster))
    }

    /// The least zoom at which the group is no longer one; `None`: none parts it.
    pub fn zoom_that_parts(&self, key: &str, max_zoom: u8) -> Option<u8> {
        let (_, cluster) = self.find(key)?;
        zoom_that_parts(&self.places, cluster, self.zoom, max_zoom)
    }

    fn find(&self, key: &str) -> Option<&(String, Cluster)> {
        self.clusters.iter().find(|(other, _)| other == key)
    }

    fn group<'a>(&'a self, key: &'a str, cluster: &'a Cluster) -> Group<'a> {
        Group {
            key,
            at: cluster.coordinates,
            counts: cluster.counts,
            places: places_of(&self.places, cluster).collect(),
        }
    }
}

/// Clusters with their keys, which are asked for more often than they change.
fn keyed_clusters(places: &[Place], zoom: u8) -> Vec<(String, Cluster)> {
    let keyed = |cluster: Cluster| {
        let first = places_of(places, &cluster).next()?.coordinates;
        let key = format!("{},{},{}", first.lat, first.lon, cluster.places.len());
        Some((key, cluster))
    };
    clusters(places, zoom)
        .into_iter()
        .filter_map(keyed)
        .collect()
}

fn places_of<'a>(places: &'a [Place], cluster: &'a Cluster) -> impl Iterator<Item = &'a Place> {
    cluster.places.iter().filter_map(|&index| places.get(index))
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
