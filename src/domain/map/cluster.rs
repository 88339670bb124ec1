//! Locations too close to tell apart on the map, which share a marker.

use super::location::Location;
use super::mercator::{WebMercator, WorldPoint};
use crate::domain::quick_map::QuickMap;
use crate::domain::{Coordinates, StatusCounts};

/// Locations closer than this on screen share a marker.
pub const CLUSTER_RADIUS_PX: f64 = 36.0;

/// Locations that share a marker at some zoom.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// A single location's own, else the center, weighted by agents.
    pub coordinates: Coordinates,
    /// Indexes into the locations that were clustered; never empty.
    pub locations: Vec<usize>,
    /// How many agents have each status.
    pub counts: StatusCounts,
}

/// Gathers locations that are too close to tell apart at this zoom. Each location is in exactly one
/// cluster. Where the map is looking does not matter.
///
/// A location that is in no cluster yet begins one and takes in all free locations closer than
/// [`CLUSTER_RADIUS_PX`]. A grid of squares of that size finds them: in the square itself and
/// those around it.
pub fn clusters(locations: &[Location], zoom: u8) -> Vec<Cluster> {
    let map = WebMercator::at(zoom);
    let points: Vec<WorldPoint> = locations
        .iter()
        .map(|location| map.project(location.coordinates))
        .collect();
    let mut grid: QuickMap<(i32, i32), Vec<usize>> = QuickMap::default();
    for (index, point) in points.iter().enumerate() {
        grid.entry(square(*point, 0.0, 0.0))
            .or_default()
            .push(index);
    }

    let mut taken = vec![false; locations.len()];
    let mut clusters = Vec::new();
    for (first, (&center, location)) in points.iter().zip(locations).enumerate() {
        if take(&mut taken, first).is_none() {
            continue;
        }
        let mut cluster = Cluster {
            coordinates: location.coordinates,
            locations: vec![first],
            counts: location.counts,
        };
        // The sum of how far the others are off, each weighted by its agents.
        let mut offset = WorldPoint { x: 0.0, y: 0.0 };
        for square in squares_around(&map, center) {
            for &index in grid.get(&square).into_iter().flatten() {
                let (Some(point), Some(location)) = (points.get(index), locations.get(index))
                else {
                    continue;
                };
                let off = map.offset(center, *point);
                if off.x.hypot(off.y) < CLUSTER_RADIUS_PX && take(&mut taken, index).is_some() {
                    let weight = location.counts.total() as f64;
                    offset.x += off.x * weight;
                    offset.y += off.y * weight;
                    cluster.locations.push(index);
                    cluster.counts = cluster.counts.with(location.counts);
                }
            }
        }
        if cluster.locations.len() > 1 {
            let weight = cluster.counts.total().max(1) as f64;
            cluster.coordinates = map.unproject(WorldPoint {
                x: center.x + offset.x / weight,
                y: center.y + offset.y / weight,
            });
        }
        clusters.push(cluster);
    }
    clusters
}

/// The least zoom, deeper than `from_zoom`, at which the cluster's locations no longer share one
/// cluster; `None` where no zoom up to `max_zoom` parts them.
pub fn zoom_that_parts(
    locations: &[Location],
    cluster: &Cluster,
    from_zoom: u8,
    max_zoom: u8,
) -> Option<u8> {
    let (first, others) = cluster.locations.split_first()?;
    if others.is_empty() {
        return None;
    }
    (from_zoom.saturating_add(1)..=max_zoom).find(|&zoom| {
        let clusters = clusters(locations, zoom);
        let of_first = clusters
            .iter()
            .find(|cluster| cluster.locations.contains(first));
        of_first.is_none_or(|cluster| {
            others
                .iter()
                .any(|location| !cluster.locations.contains(location))
        })
    })
}

/// Marks a location as taken; `None` where it was taken already.
fn take(taken: &mut [bool], index: usize) -> Option<()> {
    let flag = taken.get_mut(index)?;
    (!std::mem::replace(flag, true)).then_some(())
}

/// The square of the grid that holds the point moved by so much.
fn square(point: WorldPoint, dx: f64, dy: f64) -> (i32, i32) {
    let index = |px: f64| (px / CLUSTER_RADIUS_PX).floor() as i32;
    (index(point.x + dx), index(point.y + dy))
}

/// The squares of the grid that may hold points closer than a square's side, also across the
/// 180th meridian. A square may come twice.
fn squares_around(map: &WebMercator, point: WorldPoint) -> impl Iterator<Item = (i32, i32)> {
    let (reach, world_px) = (CLUSTER_RADIUS_PX, map.world_px());
    let worlds = [0.0, -world_px, world_px]
        .into_iter()
        .filter(move |shift| (-reach..=world_px + reach).contains(&(point.x + shift)));
    worlds.flat_map(move |shift| {
        let (column, row) = square(point, shift, 0.0);
        (-1..=1).flat_map(move |dx| (-1..=1).map(move |dy| (column + dx, row + dy)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::map::fixtures::{any_points, locations_at};

    fn close(a: Coordinates, b: Coordinates) -> bool {
        (a.lat - b.lat).abs() < 1e-6 && (a.lon - b.lon).abs() < 1e-6
    }

    #[test]
    fn a_single_location_keeps_its_own_coordinates() {
        let locations = locations_at(&[(89.9, 10.7)]);
        let clusters = clusters(&locations, 3);
        assert_eq!(clusters.len(), 1);
        assert_eq!(
            clusters[0].coordinates,
            Coordinates {
                lat: 89.9,
                lon: 10.7
            }
        );
    }

    // page.md#map/3, #map/4
    #[test]
    fn close_locations_share_a_cluster_until_the_zoom_parts_them() {
        // Munich and Augsburg: 0.68° of longitude, 36 px between zoom 6 and 7.
        let locations = locations_at(&[(48.14, 11.58), (48.37, 10.90)]);
        let together = clusters(&locations, 5);
        assert_eq!(together.len(), 1);
        assert_eq!(together[0].counts.total(), 2);
        let zoom = zoom_that_parts(&locations, &together[0], 5, 18).unwrap();
        assert_eq!(clusters(&locations, zoom - 1).len(), 1);
        assert_eq!(clusters(&locations, zoom).len(), 2);
        assert_eq!(zoom_that_parts(&locations, &together[0], 5, zoom - 1), None);
    }

    // page.md#map/4
    #[test]
    fn no_zoom_parts_one_location() {
        let locations = locations_at(&[(48.14, 11.58)]);
        assert_eq!(
            zoom_that_parts(&locations, &clusters(&locations, 0)[0], 0, 18),
            None
        );
    }

    #[test]
    fn a_cluster_stands_nearer_to_where_more_agents_are() {
        let mut points = vec![(0.0, 10.0); 3];
        points.push((0.0, 14.0));
        let locations = locations_at(&points);
        let clusters = clusters(&locations, 1);
        assert_eq!(clusters.len(), 1);
        assert!(close(
            clusters[0].coordinates,
            Coordinates {
                lat: 0.0,
                lon: 11.0
            }
        ));
    }

    #[test]
    fn locations_on_both_sides_of_the_180th_meridian_share_a_cluster() {
        let locations = locations_at(&[(10.0, 179.0), (10.0, -177.0)]);
        for zoom in 0..3 {
            let clusters = clusters(&locations, zoom);
            assert_eq!(clusters.len(), 1, "zoom {zoom}");
            assert!(close(
                clusters[0].coordinates,
                Coordinates {
                    lat: 10.0,
                    lon: -179.0
                }
            ));
        }
        assert_eq!(
            clusters(&locations_at(&[(1.0, 180.0), (1.0, -180.0)]), 18).len(),
            1
        );
    }

    #[test]
    fn many_locations_are_clustered_at_every_zoom() {
        let points: Vec<_> = (0..5000)
            .map(|i| (f64::from(i % 71) * 2.0 - 70.5, f64::from(i) * 0.07 - 175.0))
            .collect();
        let locations = locations_at(&points);
        for zoom in 0..=18 {
            let held: usize = clusters(&locations, zoom)
                .iter()
                .map(|c| c.locations.len())
                .sum();
            assert_eq!(held, locations.len());
        }
    }

    proptest! {
        #[test]
        fn every_location_is_in_exactly_one_cluster(points in any_points(), zoom in 0..=18_u8) {
            let locations = locations_at(&points);
            let clusters = clusters(&locations, zoom);
            let mut held: Vec<_> =
                clusters.iter().flat_map(|cluster| cluster.locations.iter().copied()).collect();
            held.sort_unstable();
            prop_assert_eq!(held, (0..locations.len()).collect::<Vec<_>>());
            for cluster in &clusters {
                let agents = cluster.locations.iter().map(|&index| locations[index].rows.len());
                prop_assert_eq!(cluster.counts.total(), agents.sum::<usize>());
                let Coordinates { lat, lon } = cluster.coordinates;
                prop_assert!(lat.abs() <= 90.0 && lon.abs() <= 180.0);
            }
        }

        #[test]
        fn locations_that_share_a_cluster_are_close_and_first_locations_are_not(
            points in any_points(), zoom in 0..=18_u8,
        ) {
            let locations = locations_at(&points);
            let map = WebMercator::at(zoom);
            let distance = |a: usize, b: usize| {
                let [a, b] = [a, b].map(|index| map.project(locations[index].coordinates));
                let off = map.offset(a, b);
                off.x.hypot(off.y)
            };
            let clusters = clusters(&locations, zoom);
            for (number, cluster) in clusters.iter().enumerate() {
                for &location in &cluster.locations {
                    prop_assert!(distance(cluster.locations[0], location) < CLUSTER_RADIUS_PX);
                }
                for other in &clusters[number + 1..] {
                    prop_assert!(
                        distance(cluster.locations[0], other.locations[0]) >= CLUSTER_RADIUS_PX
                    );
                }
            }
        }

        #[test]
        fn the_zoom_that_parts_is_the_least(points in any_points(), from_zoom in 0..6_u8) {
            let locations = locations_at(&points);
            for cluster in clusters(&locations, from_zoom) {
                let together = |zoom: u8| {
                    clusters(&locations, zoom)
                        .iter()
                        .any(|other| cluster.locations.iter().all(|p| other.locations.contains(p)))
                };
                let parts = zoom_that_parts(&locations, &cluster, from_zoom, 12);
                prop_assert!((from_zoom..parts.unwrap_or(13)).all(together));
                prop_assert!(parts.is_none_or(|zoom| !together(zoom)));
            }
        }
    }
}
