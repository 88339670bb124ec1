//! Agents on the map: those at one place, and places too close to tell apart.

use std::f64::consts::PI;
use std::sync::Arc;

use super::{Coordinates, QuickMap, Row, StatusCounts};

/// Places closer than this on screen share a marker.
pub const CLUSTER_RADIUS_PX: f64 = 36.0;

/// The side of a map tile; at zoom 0 one tile is the world.
const TILE_PX: f64 = 256.0;
/// The latitude at which Web Mercator ends.
const MAX_MERCATOR_LAT: f64 = 85.051_128_779_806_59;

/// Agents at exactly one place.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where it is.
    pub coordinates: Coordinates,
    /// In the order that they were given in; see [`worst_first`](super::worst_first).
    pub rows: Vec<Arc<Row>>,
    /// How many have each status.
    pub counts: StatusCounts,
}

/// Places that share a marker at some zoom.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// A single place's own, else the centre, weighted by agents.
    pub coordinates: Coordinates,
    /// Indexes into the places that were clustered; never empty.
    pub places: Vec<usize>,
    /// How many agents have each status.
    pub counts: StatusCounts,
}

/// Gathers the agents at each place, from west to east whatever the order of the rows, so that
/// markers do not move when the list is sorted. Agents without a location are left out.
pub fn places(rows: &[Arc<Row>]) -> Vec<Place> {
    let mut index_of: QuickMap<(u64, u64), usize> = QuickMap::default();
    let mut places: Vec<Place> = Vec::new();
    for row in rows {
        let Some(Coordinates { lat, lon }) = row.coordinates() else {
            continue;
        };
        // Adding 0 makes -0 into 0, the same place.
        let (lat, lon) = (lat + 0.0, lon + 0.0);
        let index = *index_of
            .entry((lat.to_bits(), lon.to_bits()))
            .or_insert_with(|| {
                let coordinates = Coordinates { lat, lon };
                places.push(Place {
                    coordinates,
                    rows: Vec::new(),
                    counts: StatusCounts::default(),
                });
                places.len() - 1
            });
        if let Some(place) = places.get_mut(index) {
            place.rows.push(Arc::clone(row));
            place.counts.count(row.status);
        }
    }
    places.sort_by(|a, b| {
        let (a, b) = (a.coordinates, b.coordinates);
        a.lon
            .total_cmp(&b.lon)
            .then_with(|| a.lat.total_cmp(&b.lat))
    });
    places
}

/// Gathers places that are too close to tell apart at this zoom. Each place is in exactly one
/// cluster. Where the map is looking does not matter.
///
/// A place that is in no cluster yet begins one and takes in all free places closer than
/// [`CLUSTER_RADIUS_PX`]. A grid of squares of that size finds them: in the square itself and
/// those around it.
pub fn clusters(places: &[Place], zoom: u8) -> Vec<Cluster> {
    let map = Map {
        world_px: TILE_PX * f64::from(zoom).exp2(),
    };
    let points: Vec<Point> = places
        .iter()
        .map(|place| map.project(place.coordinates))
        .collect();
    let mut grid: QuickMap<(i32, i32), Vec<usize>> = QuickMap::default();
    for (index, point) in points.iter().enumerate() {
        grid.entry(point.square(0.0, 0.0)).or_default().push(index);
    }

    let mut taken = vec![false; places.len()];
    let mut clusters = Vec::new();
    for (first, (&centre, place)) in points.iter().zip(places).enumerate() {
        if take(&mut taken, first).is_none() {
            continue;
        }
        let mut cluster = Cluster {
            coordinates: place.coordinates,
            places: vec![first],
            counts: place.counts,
        };
        // The sum of how far the others are off, each weighted by its agents.
        let mut offset = Point { x: 0.0, y: 0.0 };
        for square in map.squares_around(centre) {
            for &index in grid.get(&square).into_iter().flatten() {
                let (Some(point), Some(place)) = (points.get(index), places.get(index)) else {
                    continue;
                };
                let off = map.offset(centre, *point);
                if off.x.hypot(off.y) < CLUSTER_RADIUS_PX && take(&mut taken, index).is_some() {
                    let weight = place.counts.total() as f64;
                    offset.x += off.x * weight;
                    offset.y += off.y * weight;
                    cluster.places.push(index);
                    cluster.counts = cluster.counts.with(place.counts);
                }
            }
        }
        if cluster.places.len() > 1 {
            let weight = cluster.counts.total().max(1) as f64;
            cluster.coordinates = map.unproject(Point {
                x: centre.x + offset.x / weight,
                y: centre.y + offset.y / weight,
            });
        }
        clusters.push(cluster);
    }
    clusters
}

/// The least zoom, deeper than `from_zoom`, at which the cluster's places no longer share one
/// cluster; `None` where no zoom up to `max_zoom` parts them.
pub fn zoom_that_parts(
    places: &[Place],
    cluster: &Cluster,
    from_zoom: u8,
    max_zoom: u8,
) -> Option<u8> {
    let (first, others) = cluster.places.split_first()?;
    if others.is_empty() {
        return None;
    }
    (from_zoom.saturating_add(1)..=max_zoom).find(|&zoom| {
        let clusters = clusters(places, zoom);
        let of_first = clusters
            .iter()
            .find(|cluster| cluster.places.contains(first));
        of_first.is_none_or(|cluster| others.iter().any(|place| !cluster.places.contains(place)))
    })
}

/// Marks a place as taken; `None` where it was taken already.
fn take(taken: &mut [bool], index: usize) -> Option<()> {
    let flag = taken.get_mut(index)?;
    (!std::mem::replace(flag, true)).then_some(())
}

/// The world in Web Mercator at one zoom.
struct Map {
    world_px: f64,
}

/// A point on it in pixels, from its north-western corner.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    /// The square of the grid that holds the point moved by so much.
    fn square(self, dx: f64, dy: f64) -> (i32, i32) {
        let index = |px: f64| (px / CLUSTER_RADIUS_PX).floor() as i32;
        (index(self.x + dx), index(self.y + dy))
    }
}

impl Map {
    fn project(&self, Coordinates { lat, lon }: Coordinates) -> Point {
        let lat = lat.clamp(-MAX_MERCATOR_LAT, MAX_MERCATOR_LAT).to_radians();
        Point {
            x: (lon / 360.0 + 0.5) * self.world_px,
            y: (0.5 - lat.tan().asinh() / (2.0 * PI)) * self.world_px,
        }
    }

    fn unproject(&self, Point { x, y }: Point) -> Coordinates {
        let x = x.rem_euclid(self.world_px);
        Coordinates {
            lat: ((0.5 - y / self.world_px) * 2.0 * PI)
                .sinh()
                .atan()
                .to_degrees(),
            lon: (x / self.world_px - 0.5) * 360.0,
        }
    }

    /// How far it is from one point to another the shorter way round the globe.
    fn offset(&self, from: Point, to: Point) -> Point {
        let half = self.world_px / 2.0;
        Point {
            x: (to.x - from.x + half).rem_euclid(self.world_px) - half,
            y: to.y - from.y,
        }
    }

    /// The squares of the grid that may hold points closer than a square's side, also across the
    /// 180th meridian. A square may come twice.
    fn squares_around(&self, point: Point) -> impl Iterator<Item = (i32, i32)> {
        let reach = CLUSTER_RADIUS_PX;
        let worlds = [0.0, -self.world_px, self.world_px]
            .into_iter()
            .filter(move |shift| (-reach..=self.world_px + reach).contains(&(point.x + shift)));
        worlds.flat_map(move |shift| {
            let (column, row) = point.square(shift, 0.0);
            (-1..=1).flat_map(move |dx| (-1..=1).map(move |dy| (column + dx, row + dy)))
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{Agent, Site};

    fn row_at(id: &str, lat: f64, lon: f64) -> Arc<Row> {
        let agent = Agent {
            id: id.into(),
            ..Agent::default()
        };
        let site = Site {
            lat,
            lon,
            ..Site::default()
        };
        Arc::new(Row::new(
            Arc::new(agent),
            Some(Arc::new(site)),
            DateTime::UNIX_EPOCH,
        ))
    }

    fn places_at(points: &[(f64, f64)]) -> Vec<Place> {
        let rows: Vec<_> = points
            .iter()
            .map(|&(lat, lon)| row_at("", lat, lon))
            .collect();
        places(&rows)
    }

    fn close(a: Coordinates, b: Coordinates) -> bool {
        (a.lat - b.lat).abs() < 1e-6 && (a.lon - b.lon).abs() < 1e-6
    }

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
        let ids = |place: &Place| place.rows.iter().map(|row| row.id()).collect::<String>();
        let gathered: Vec<_> = places(&rows).iter().map(ids).collect();
        assert_eq!(gathered, ["bd", "ac"]);
    }

    #[test]
    fn places_do_not_depend_on_the_order_of_the_list() {
        let points = [(1.0, 5.0), (2.0, 5.0), (0.0, -7.0)];
        let mut reversed = points;
        reversed.reverse();
        let coordinates = |points: &[(f64, f64)]| -> Vec<_> {
            places_at(points)
                .iter()
                .map(|place| place.coordinates)
                .collect()
        };
        assert_eq!(coordinates(&points), coordinates(&reversed));
    }

    #[test]
    fn a_single_place_keeps_its_own_coordinates() {
        let places = places_at(&[(89.9, 10.7)]);
        let clusters = clusters(&places, 3);
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
    fn close_places_share_a_cluster_until_the_zoom_parts_them() {
        // Munich and Augsburg: 0.68° of longitude, 36 px between zoom 6 and 7.
        let places = places_at(&[(48.14, 11.58), (48.37, 10.90)]);
        let together = clusters(&places, 5);
        assert_eq!(together.len(), 1);
        assert_eq!(together[0].counts.total(), 2);
        let zoom = zoom_that_parts(&places, &together[0], 5, 18).unwrap();
        assert_eq!(clusters(&places, zoom - 1).len(), 1);
        assert_eq!(clusters(&places, zoom).len(), 2);
        assert_eq!(zoom_that_parts(&places, &together[0], 5, zoom - 1), None);
    }

    // page.md#map/4
    #[test]
    fn no_zoom_parts_one_place() {
        let places = places_at(&[(48.14, 11.58)]);
        assert_eq!(
            zoom_that_parts(&places, &clusters(&places, 0)[0], 0, 18),
            None
        );
    }

    #[test]
    fn a_cluster_stands_nearer_to_where_more_agents_are() {
        let mut points = vec![(0.0, 10.0); 3];
        points.push((0.0, 14.0));
        let places = places_at(&points);
        let clusters = clusters(&places, 1);
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
    fn places_on_both_sides_of_the_180th_meridian_share_a_cluster() {
        let places = places_at(&[(10.0, 179.0), (10.0, -177.0)]);
        for zoom in 0..3 {
            let clusters = clusters(&places, zoom);
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
            clusters(&places_at(&[(1.0, 180.0), (1.0, -180.0)]), 18).len(),
            1
        );
    }

    #[test]
    fn many_places_are_clustered_at_every_zoom() {
        let points: Vec<_> = (0..5000)
            .map(|i| (f64::from(i % 71) * 2.0 - 70.5, f64::from(i) * 0.07 - 175.0))
            .collect();
        let places = places_at(&points);
        for zoom in 0..=18 {
            let held: usize = clusters(&places, zoom).iter().map(|c| c.places.len()).sum();
            assert_eq!(held, places.len());
        }
    }

    fn any_points() -> impl Strategy<Value = Vec<(f64, f64)>> {
        let anywhere = (-90.0..=90.0_f64, -180.0..=180.0_f64);
        let near_the_meridian = (
            -1.0..=1.0_f64,
            prop_oneof![-180.0..=-179.0_f64, 179.0..=180.0],
        );
        let somewhere = prop_oneof![anywhere, near_the_meridian, (50.0..51.0_f64, 8.0..9.0_f64)];
        prop::collection::vec(somewhere, 0..60)
    }

    proptest! {
        #[test]
        fn every_place_is_in_exactly_one_cluster(points in any_points(), zoom in 0..=18_u8) {
            let places = places_at(&points);
            let clusters = clusters(&places, zoom);
            let mut held: Vec<_> =
                clusters.iter().flat_map(|cluster| cluster.places.iter().copied()).collect();
            held.sort_unstable();
            prop_assert_eq!(held, (0..places.len()).collect::<Vec<_>>());
            for cluster in &clusters {
                let agents = cluster.places.iter().map(|&index| places[index].rows.len());
                prop_assert_eq!(cluster.counts.total(), agents.sum::<usize>());
                let Coordinates { lat, lon } = cluster.coordinates;
                prop_assert!(lat.abs() <= 90.0 && lon.abs() <= 180.0);
            }
        }

        #[test]
        fn places_that_share_a_cluster_are_close_and_first_places_are_not(
            points in any_points(), zoom in 0..=18_u8,
        ) {
            let places = places_at(&points);
            let map = Map { world_px: TILE_PX * f64::from(zoom).exp2() };
            let distance = |a: usize, b: usize| {
                let [a, b] = [a, b].map(|index| map.project(places[index].coordinates));
                let off = map.offset(a, b);
                off.x.hypot(off.y)
            };
            let clusters = clusters(&places, zoom);
            for (number, cluster) in clusters.iter().enumerate() {
                for &place in &cluster.places {
                    prop_assert!(distance(cluster.places[0], place) < CLUSTER_RADIUS_PX);
                }
                for other in &clusters[number + 1..] {
                    prop_assert!(
                        distance(cluster.places[0], other.places[0]) >= CLUSTER_RADIUS_PX
                    );
                }
            }
        }

        #[test]
        fn the_zoom_that_parts_is_the_least(points in any_points(), from_zoom in 0..6_u8) {
            let places = places_at(&points);
            for cluster in clusters(&places, from_zoom) {
                let together = |zoom: u8| {
                    clusters(&places, zoom)
                        .iter()
                        .any(|other| cluster.places.iter().all(|p| other.places.contains(p)))
                };
                let parts = zoom_that_parts(&places, &cluster, from_zoom, 12);
                prop_assert!((from_zoom..parts.unwrap_or(13)).all(together));
                prop_assert!(parts.is_none_or(|zoom| !together(zoom)));
            }
        }
    }
}
