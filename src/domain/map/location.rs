//! Where agents are: those at one point of the globe.

use std::sync::Arc;

use crate::domain::quick_map::QuickMap;
use crate::domain::{Coordinates, Row, StatusCounts};

/// Agents at exactly one location.
#[derive(Clone, Debug)]
pub struct Location {
    /// Where it is.
    pub coordinates: Coordinates,
    /// In the order that they were given in; see [`worst_first`](crate::domain::worst_first).
    pub rows: Vec<Arc<Row>>,
    /// How many have each status.
    pub counts: StatusCounts,
}

/// Gathers the agents at each location, from west to east, independent of the order of the rows, so that
/// markers do not move when the list is sorted. Agents without a location are left out.
pub fn locations(rows: &[Arc<Row>]) -> Vec<Location> {
    let mut index_of: QuickMap<(u64, u64), usize> = QuickMap::default();
    let mut locations: Vec<Location> = Vec::new();
    for row in rows {
        let Some(Coordinates { lat, lon }) = row.coordinates() else {
            continue;
        };
        // Adding 0 makes -0 into 0, the same location.
        let (lat, lon) = (lat + 0.0, lon + 0.0);
        let index = *index_of
            .entry((lat.to_bits(), lon.to_bits()))
            .or_insert_with(|| {
                let coordinates = Coordinates { lat, lon };
                locations.push(Location {
                    coordinates,
                    rows: Vec::new(),
                    counts: StatusCounts::default(),
                });
                locations.len() - 1
            });
        if let Some(location) = locations.get_mut(index) {
            location.rows.push(Arc::clone(row));
            location.counts.count(row.status);
        }
    }
    locations.sort_by(|a, b| {
        let (a, b) = (a.coordinates, b.coordinates);
        a.lon
            .total_cmp(&b.lon)
            .then_with(|| a.lat.total_cmp(&b.lat))
    });
    locations
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::map::fixtures::{locations_at, row_at};

    // page.md#map/3
    #[test]
    fn agents_at_the_same_coordinates_share_a_place() {
        let unlocated = Row::new(Arc::default(), None, DateTime::UNIX_EPOCH);
        let rows = [
            row_at("a", 59.9, 10.7),
            row_at("b", 0.0, -3.0),
            row_at("c", 59.9, 10.7),
            row_at("d", -0.0, -3.0),
            Arc::new(unlocated),
        ];
        let ids =
            |location: &Location| location.rows.iter().map(|row| row.id()).collect::<String>();
        let gathered: Vec<_> = locations(&rows).iter().map(ids).collect();
        assert_eq!(gathered, ["bd", "ac"]);
    }

    #[test]
    fn places_do_not_depend_on_the_order_of_the_list() {
        let points = [(1.0, 5.0), (2.0, 5.0), (0.0, -7.0)];
        let mut reversed = points;
        reversed.reverse();
        let coordinates = |points: &[(f64, f64)]| -> Vec<_> {
            locations_at(points)
                .iter()
                .map(|location| location.coordinates)
                .collect()
        };
        assert_eq!(coordinates(&points), coordinates(&reversed));
    }
}
