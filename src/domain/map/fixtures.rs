//! Agents at given coordinates and of given statuses, for tests.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::location::{Location, locations};
use crate::domain::{Agent, Row, Site, Status};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn row(agent: Agent, lat: f64, lon: f64) -> Arc<Row> {
    let site = Site {
        lat,
        lon,
        ..Site::default()
    };
    Arc::new(Row::new(Arc::new(agent), Some(Arc::new(site)), NOW))
}

/// A Pending agent at a point.
pub fn row_at(id: &str, lat: f64, lon: f64) -> Arc<Row> {
    let agent = Agent {
        id: id.into(),
        ..Agent::default()
    };
    row(agent, lat, lon)
}

/// An agent of this status; all of them are at the same point.
pub fn row_with_status(id: &str, status: Status) -> Arc<Row> {
    let minutes_ago = match status {
        Status::Critical => Some(50),
        Status::Warning => Some(35),
        Status::Pending => None,
        Status::Healthy => Some(1),
    };
    let agent = Agent {
        id: id.into(),
        last_contact: minutes_ago.map(|minutes| NOW - TimeDelta::minutes(minutes)),
        ..Agent::default()
    };
    row(agent, 1.0, 2.0)
}

/// The locations of agents at these points.
pub fn locations_at(points: &[(f64, f64)]) -> Vec<Location> {
    locations(&rows_at(points))
}

/// Agents at these points; their ids are the numbers of the points.
pub fn rows_at(points: &[(f64, f64)]) -> Vec<Arc<Row>> {
    points
        .iter()
        .enumerate()
        .map(|(number, &(lat, lon))| row_at(&number.to_string(), lat, lon))
        .collect()
}

/// Points all over the globe, many of them close to each other or to the 180th meridian.
pub fn any_points() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let anywhere = (-90.0..=90.0_f64, -180.0..=180.0_f64);
    let near_the_meridian = (
        -1.0..=1.0_f64,
        prop_oneof![-180.0..=-179.0_f64, 179.0..=180.0],
    );
    let somewhere = prop_oneof![anywhere, near_the_meridian, (50.0..51.0_f64, 8.0..9.0_f64)];
    prop::collection::vec(somewhere, 0..60)
}

/// Any status.
pub fn any_status() -> impl Strategy<Value = Status> {
    prop::sample::select(Status::WORST_FIRST.to_vec())
}
