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

/// Around a marker's center, on each side: the smallest target that a finger hits.
const TARGET_HALF_PX: f64 = 12.0;
/// Around a marker's center: so much of its shape no number covers. Less than the target, as a press on
/// a number over a neighbor is the neighbor's.
const SHAPE_CORE_PX: f64 = 6.0;
/// The number on a marker, from its center: where it begins, and how high it reaches above.
const BADGE_LEFT_PX: f64 = 4.0;
const BADGE_TOP_PX: f64 = 22.0;
const BADGE_BOTTOM_PX: f64 = 2.0;
/// The width of the number without digits, and of each digit or separator.
const BADGE_FRAME_PX: f64 = 12.0;
const BADGE_DIGIT_PX: f64 = 7.0;

/// Gathers locations that are too close to tell apart at this zoom. Each location is in exactly one
/// cluster. Where the map is looking does not matter.
///
/// A location that is in no cluster yet begins one and takes in all free locations closer than
/// [`CLUSTER_RADIUS_PX`]. A cluster stands in the middle of its agents, and so may come to stand where
/// its marker would cover part of another: then the two become one.
pub fn clusters(locations: &[Location], zoom: impl Into<f64>) -> Vec<Cluster> {
    let map = WebMercator::at(zoom);
    let mut clusters = close_locations(&map, locations);
    // Two that became one stand elsewhere, perhaps over a third.
    while let Some(fewer) = merge_covered(&map, &clusters) {
        clusters = fewer;
    }
    clusters
}

/// Clusters of the locations close to one of them. A grid of squares finds those: in the square itself
/// and those around it.
fn close_locations(map: &WebMercator, locations: &[Location]) -> Vec<Cluster> {
    let points: Vec<WorldPoint> = locations
        .iter()
        .map(|location| map.project(location.coordinates))
        .collect();
    let grid = Grid::of(&points);
    let mut taken = vec![false; locations.len()];
    let mut clusters = Vec::new();
    for (first, (&center, location)) in points.iter().zip(locations).enumerate() {
        if take(&mut taken, first).is_none() {
            continue;
        }
        let mut cluster = Growing::new(Cluster {
            coordinates: location.coordinates,
            locations: vec![first],
            counts: location.counts,
        });
        for index in grid.around(map, center, 1) {
            let (Some(point), Some(location)) = (points.get(index), locations.get(index)) else {
                continue;
            };
            let off = map.offset(center, *point);
            if off.x.hypot(off.y) < CLUSTER_RADIUS_PX && take(&mut taken, index).is_some() {
                cluster.take_in(off, &[index], location.counts);
            }
        }
        clusters.push(cluster.grown(map, center));
    }
    clusters
}

/// Makes one of clusters whose markers would cover each other; `None` if there are none such.
fn merge_covered(map: &WebMercator, clusters: &[Cluster]) -> Option<Vec<Cluster>> {
    let points: Vec<WorldPoint> = clusters
        .iter()
        .map(|cluster| map.project(cluster.coordinates))
        .collect();
    let grid = Grid::of(&points);
    let mut taken = vec![false; clusters.len()];
    let mut merged = Vec::new();
    for (first, (&center, cluster)) in points.iter().zip(clusters).enumerate() {
        if take(&mut taken, first).is_none() {
            continue;
        }
        let mut growing = Growing::new(cluster.clone());
        for index in grid.around(map, center, 2) {
            let (Some(point), Some(other)) = (points.get(index), clusters.get(index)) else {
                continue;
            };
            let off = map.offset(center, *point);
            let is_one = covers(cluster, off)
                || covers(
                    other,
                    WorldPoint {
                        x: -off.x,
                        y: -off.y,
                    },
                );
            if is_one && take(&mut taken, index).is_some() {
                growing.take_in(off, &other.locations, other.counts);
            }
        }
        merged.push(growing.grown(map, center));
    }
    (merged.len() < clusters.len()).then_some(merged)
}

/// Whether one cluster's marker, with its number, would cover part of the target of another that stands
/// so far off. Where it does not, it does not at any deeper zoom that does not part them either: the
/// distances grow.
fn covers(cluster: &Cluster, off: WorldPoint) -> bool {
    let is_over = off.x.abs() < 2.0 * TARGET_HALF_PX && off.y.abs() < 2.0 * TARGET_HALF_PX;
    let number = cluster.counts.total();
    let digits = f64::from(number.max(1).ilog10() + 1);
    let separators = f64::from(number.max(1).ilog10() / 3);
    let badge_right = BADGE_LEFT_PX + BADGE_FRAME_PX + (digits + separators) * BADGE_DIGIT_PX;
    let is_under_badge = number > 1
        && off.x > BADGE_LEFT_PX - SHAPE_CORE_PX
        && off.x < badge_right + SHAPE_CORE_PX
        && off.y > -BADGE_TOP_PX - SHAPE_CORE_PX
        && off.y < -BADGE_BOTTOM_PX + SHAPE_CORE_PX;
    is_over || is_under_badge
}

/// A cluster that takes in others.
struct Growing {
    cluster: Cluster,
    /// The sum of how far the others are off, each weighted by its agents.
    offset: WorldPoint,
}

impl Growing {
    fn new(cluster: Cluster) -> Self {
        Self {
            cluster,
            offset: WorldPoint { x: 0.0, y: 0.0 },
        }
    }

    fn take_in(&mut self, off: WorldPoint, locations: &[usize], counts: StatusCounts) {
        let weight = counts.total() as f64;
        self.offset.x += off.x * weight;
        self.offset.y += off.y * weight;
        self.cluster.locations.extend(locations);
        self.cluster.counts = self.cluster.counts.with(counts);
    }

    /// The cluster, in the middle of its agents; `center` is where it stood before it grew.
    fn grown(mut self, map: &WebMercator, center: WorldPoint) -> Cluster {
        let has_moved = self.offset.x != 0.0 || self.offset.y != 0.0;
        if has_moved {
            let weight = self.cluster.counts.total().max(1) as f64;
            self.cluster.coordinates = map.unproject(WorldPoint {
                x: center.x + self.offset.x / weight,
                y: center.y + self.offset.y / weight,
            });
        }
        self.cluster
    }
}

/// Points by the squares of a grid that they are in; a square is [`CLUSTER_RADIUS_PX`] wide.
struct Grid(QuickMap<(i32, i32), Vec<usize>>);

impl Grid {
    fn of(points: &[WorldPoint]) -> Self {
        let mut squares: QuickMap<(i32, i32), Vec<usize>> = QuickMap::default();
        for (index, point) in points.iter().enumerate() {
            squares.entry(square(*point, 0.0)).or_default().push(index);
        }
        Self(squares)
    }

    /// The points that may be closer than so many squares, also across the 180th meridian. A point may
    /// come twice.
    fn around(
        &self,
        map: &WebMercator,
        point: WorldPoint,
        reach: i32,
    ) -> impl Iterator<Item = usize> {
        let (reach_px, world_px) = (f64::from(reach) * CLUSTER_RADIUS_PX, map.world_px());
        let worlds = [0.0, -world_px, world_px]
            .into_iter()
            .filter(move |shift| (-reach_px..=world_px + reach_px).contains(&(point.x + shift)));
        let squares = worlds.flat_map(move |shift| {
            let (column, row) = square(point, shift);
            (-reach..=reach)
                .flat_map(move |dx| (-reach..=reach).map(move |dy| (column + dx, row + dy)))
        });
        squares.flat_map(|square| self.0.get(&square).into_iter().flatten().copied())
    }
}

/// The least whole zoom, deeper than `from_zoom`, at which the cluster's locations no longer share one
/// cluster; `None` where no zoom up to `max_zoom` parts them.
pub fn zoom_that_parts(
    locations: &[Location],
    cluster: &Cluster,
    from_zoom: f64,
    max_zoom: u8,
) -> Option<u8> {
    let (first, others) = cluster.locations.split_first()?;
    if others.is_empty() {
        return None;
    }
    (from_zoom as u8 + 1..=max_zoom).find(|&zoom| {
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
fn square(point: WorldPoint, dx: f64) -> (i32, i32) {
    let index = |px: f64| (px / CLUSTER_RADIUS_PX).floor() as i32;
    (index(point.x + dx), index(point.y))
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
        let zoom = zoom_that_parts(&locations, &together[0], 5.0, 18).unwrap();
        assert_eq!(clusters(&locations, zoom - 1).len(), 1);
        assert_eq!(clusters(&locations, zoom).len(), 2);
        assert_eq!(
            zoom_that_parts(&locations, &together[0], 5.0, zoom - 1),
            None
        );
    }

    // page.md#map/4
    #[test]
    fn no_zoom_parts_one_location() {
        let locations = locations_at(&[(48.14, 11.58)]);
        assert_eq!(
            zoom_that_parts(&locations, &clusters(&locations, 0)[0], 0.0, 18),
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

    #[test]
    fn a_number_does_not_cover_a_neighbor() {
        let cluster = Cluster {
            coordinates: Coordinates { lat: 0.0, lon: 0.0 },
            locations: vec![0],
            counts: locations_at(&[(1.0, 1.0); 12])[0].counts,
        };
        // 30 px to the east is where the number ends.
        assert!(covers(&cluster, WorldPoint { x: 34.0, y: -14.0 }));
        assert!(!covers(&cluster, WorldPoint { x: -36.0, y: -14.0 }));
        assert!(!covers(&cluster, WorldPoint { x: 36.0, y: 14.0 }));
        assert!(covers(&cluster, WorldPoint { x: -10.0, y: 14.0 }));
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
        fn no_marker_covers_the_target_of_another(
            points in any_points(), zoom in 0..=18_u8, between in 0.0..1.0_f64,
        ) {
            let clusters = clusters(&locations_at(&points), zoom);
            // The map may stand between two zooms.
            let map = WebMercator::at(f64::from(zoom) + between);
            for (number, cluster) in clusters.iter().enumerate() {
                for other in &clusters[number + 1..] {
                    let [a, b] = [cluster, other].map(|one| map.project(one.coordinates));
                    prop_assert!(!covers(cluster, map.offset(a, b)));
                    prop_assert!(!covers(other, map.offset(b, a)));
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
                let parts = zoom_that_parts(&locations, &cluster, f64::from(from_zoom), 12);
                prop_assert!((from_zoom..parts.unwrap_or(13)).all(together));
                prop_assert!(parts.is_none_or(|zoom| !together(zoom)));
            }
        }
    }
}
