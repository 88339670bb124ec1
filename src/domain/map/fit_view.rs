//! Where a fit moves the map: so that it shows all agents, beside what lies over it.

use super::cluster::clusters;
use super::location::Location;
use super::mercator::{WebMercator, WorldPoint};
use super::view::{MapPoint, MapView};
use crate::domain::popover_position::{Rect, Size};
use crate::domain::{Bounds, Coordinates};

/// A fit of a single location zooms no deeper.
const MAX_ZOOM_OF_ONE_LOCATION: f64 = 8.0;
/// A fit of several zooms no deeper.
const MAX_ZOOM_OF_SEVERAL: f64 = 12.0;
/// The steps between two zooms.
const ZOOM_STEP: f64 = 0.25;
/// Beside and above the outermost markers.
const MARGIN_PX: [f64; 2] = [44.0, 26.0];
/// From a marker's center to its edge, and a little more.
const MARKER_REACH_PX: f64 = 20.0;

/// The part of a map's edges that stays free of markers.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Padding {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// The view that shows all of these locations; `None` where there are none. What lies over the map, such as
/// its buttons, covers no marker, where that can be: for this the view keeps as little room free as it
/// can, at one edge or the other.
pub fn fit_view(locations: &[Location], size: Size, over: &[Rect]) -> Option<MapView> {
    let points = locations.iter().map(|location| location.coordinates);
    let bounds = Bounds::around(points)?;
    let mut views: Vec<MapView> = paddings(size, over)
        .into_iter()
        .map(|padding| within(bounds, size, padding))
        .collect();
    // The sort is stable: of views with the same zoom the one with the least padding comes first.
    views.sort_by(|a, b| b.zoom.total_cmp(&a.zoom));
    let covered = |view: &MapView| covered_markers(view, locations, over);
    let free = views.iter().find(|view| covered(view) == 0);
    free.or_else(|| views.iter().min_by_key(|view| covered(view)))
        .copied()
}

/// All ways to keep clear of what lies over the map: of each by one edge or the other, or not at all.
/// Those with less padding come first.
fn paddings(size: Size, over: &[Rect]) -> Vec<Padding> {
    let [x, y] = MARGIN_PX;
    let plain = Padding {
        left: x,
        top: y,
        right: x,
        bottom: y,
    };
    let mut paddings = vec![plain];
    for rect in over {
        let reach = MARKER_REACH_PX;
        let is_right = rect.left + rect.width / 2.0 > size.width / 2.0;
        let is_low = rect.top + rect.height / 2.0 > size.height / 2.0;
        let with = |padding: &Padding, is_aside: bool| {
            let Padding {
                left,
                top,
                right,
                bottom,
            } = *padding;
            match (is_aside, is_right, is_low) {
                (true, true, _) => Padding {
                    right: right.max(size.width - rect.left + reach),
                    ..*padding
                },
                (true, false, _) => Padding {
                    left: left.max(rect.left + rect.width + reach),
                    ..*padding
                },
                (false, _, true) => Padding {
                    bottom: bottom.max(size.height - rect.top + reach),
                    ..*padding
                },
                (false, _, false) => Padding {
                    top: top.max(rect.top + rect.height + reach),
                    ..*padding
                },
            }
        };
        let more: Vec<_> = [true, false]
            .iter()
            .flat_map(|&is_aside| paddings.iter().map(move |padding| with(padding, is_aside)))
            .collect();
        paddings.extend(more);
    }
    paddings.sort_by(|a, b| {
        let sum = |padding: &Padding| padding.left + padding.top + padding.right + padding.bottom;
        sum(a).total_cmp(&sum(b))
    });
    paddings.dedup();
    paddings
}

/// The deepest view that has these bounds within its padding.
fn within(bounds: Bounds, size: Size, padding: Padding) -> MapView {
    let corner = |lat, lon| Coordinates { lat, lon };
    let world = WebMercator::at(0);
    let north_west = world.project(corner(bounds.north, bounds.west));
    let south_east = world.project(corner(bounds.south, bounds.east));
    let is_one_location = bounds.south >= bounds.north && bounds.west >= bounds.east;
    let max_zoom = if is_one_location {
        MAX_ZOOM_OF_ONE_LOCATION
    } else {
        MAX_ZOOM_OF_SEVERAL
    };
    // At zoom 0; a map that is all padding still has a scale.
    let room = |all: f64, before: f64, after: f64| (all - before - after).max(1.0);
    let width = room(size.width, padding.left, padding.right);
    let height = room(size.height, padding.top, padding.bottom);
    let scale = (width / (south_east.x - north_west.x)).min(height / (south_east.y - north_west.y));
    let zoom = (scale.log2() / ZOOM_STEP).floor() * ZOOM_STEP;
    let zoom = zoom.clamp(0.0, max_zoom);
    let px = zoom.exp2();
    let center = WorldPoint {
        x: f64::midpoint(north_west.x, south_east.x) + (padding.right - padding.left) / 2.0 / px,
        y: f64::midpoint(north_west.y, south_east.y) + (padding.bottom - padding.top) / 2.0 / px,
    };
    MapView {
        center: world.unproject_unwrapped(center),
        zoom,
        size,
    }
}

/// How many markers are covered by what lies over the map.
fn covered_markers(view: &MapView, locations: &[Location], over: &[Rect]) -> usize {
    if over.is_empty() {
        return 0;
    }
    let is_covered = |point: MapPoint| over.iter().any(|rect| point.is_in(*rect, MARKER_REACH_PX));
    clusters(locations, view.zoom)
        .iter()
        .filter(|cluster| is_covered(view.point_of(cluster.coordinates)))
        .count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::map::fixtures::{any_points, locations_at};

    const WIDE: Size = Size {
        width: 1280.0,
        height: 320.0,
    };
    const PHONE: Size = Size {
        width: 288.0,
        height: 224.0,
    };

    fn buttons(size: Size) -> Rect {
        Rect {
            left: size.width - 46.0,
            top: 10.0,
            width: 36.0,
            height: 106.0,
        }
    }

    fn fit(points: &[(f64, f64)], size: Size, over: &[Rect]) -> MapView {
        fit_view(&locations_at(points), size, over).unwrap()
    }

    fn all_in_view(view: &MapView, points: &[(f64, f64)]) -> bool {
        points
            .iter()
            .all(|&(lat, lon)| view.shows(view.point_of(Coordinates { lat, lon })))
    }

    #[test]
    fn no_agents_are_not_fitted() {
        assert_eq!(fit_view(&[], WIDE, &[]), None);
    }

    // page.md#fitting/9
    #[test]
    fn one_location_is_not_fitted_as_closely_as_several() {
        let zoom = |points: &[(f64, f64)]| fit(points, WIDE, &[]).zoom;
        assert!((zoom(&[(1.0, 2.0), (1.0, 2.0)]) - 8.0).abs() < 1e-9);
        assert!((zoom(&[(1.0, 2.0), (1.0, 2.001)]) - 12.0).abs() < 1e-9);
        assert!(zoom(&[(1.0, 2.0), (1.1, 2.0)]) > 8.0);
    }

    // page.md#fitting/1
    #[test]
    fn the_fit_shows_all_as_large_as_it_can() {
        let points = [(50.1, 8.7), (40.7, -74.0), (-33.9, 151.2)];
        let view = fit(&points, WIDE, &[]);
        assert!(all_in_view(&view, &points));
        let closer = MapView {
            zoom: view.zoom + 0.5,
            ..view
        };
        assert!(
            !all_in_view(&closer, &points)
                || closer
                    .point_of(Coordinates {
                        lat: 50.1,
                        lon: 8.7
                    })
                    .y
                    < 26.0
        );
    }

    // page.md#fitting/8
    #[test]
    fn across_the_180th_meridian_the_fit_takes_the_short_way() {
        let points = [(-18.0, 178.0), (-14.0, -172.0)];
        let view = fit(&points, WIDE, &[]);
        assert!(all_in_view(&view, &points));
        assert!(view.zoom > 4.0 && (view.center.lon - 183.0).abs() < 0.1);
    }

    #[test]
    fn what_lies_over_the_map_costs_room_only_where_a_marker_is_under_it() {
        let low = [(50.0, 8.0), (40.0, 9.0), (40.0, 7.0)];
        assert_eq!(fit(&low, WIDE, &[buttons(WIDE)]), fit(&low, WIDE, &[]));
        // In the upper right corner there is one.
        let high = [(50.0, 100.0), (-40.0, -100.0)];
        let view = fit(&high, WIDE, &[buttons(WIDE)]);
        let at = view.point_of(Coordinates {
            lat: 50.0,
            lon: 100.0,
        });
        assert!(!at.is_in(buttons(WIDE), MARKER_REACH_PX));
        assert!(all_in_view(&view, &high));
    }

    #[test]
    fn a_map_without_room_is_fitted_all_the_same() {
        let tiny = Size {
            width: 20.0,
            height: 10.0,
        };
        let view = fit(&[(50.0, 100.0), (-40.0, -100.0)], tiny, &[buttons(tiny)]);
        assert!(view.zoom.abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn what_is_fitted_is_in_view_and_not_covered(points in any_points()) {
            prop_assume!(!points.is_empty());
            // Near the poles the world is higher than the map at any zoom.
            let points: Vec<_> = points.into_iter().map(|(lat, lon)| (lat * 0.7, lon)).collect();
            let over = [buttons(WIDE), Rect { left: 10.0, top: 282.0, width: 200.0, height: 28.0 }];
            let locations = locations_at(&points);
            let view = fit_view(&locations, WIDE, &over).unwrap();
            prop_assert_eq!(covered_markers(&view, &locations, &over), 0);
            prop_assert!(all_in_view(&view, &points));
        }

        #[test]
        fn a_phone_shows_what_it_can(points in any_points()) {
            prop_assume!(!points.is_empty());
            let over = [buttons(PHONE)];
            let locations = locations_at(&points);
            let view = fit_view(&locations, PHONE, &over).unwrap();
            prop_assert!(view.zoom >= 0.0 && view.zoom <= 12.0);
            let plain = fit_view(&locations, PHONE, &[]).unwrap();
            prop_assert!(covered_markers(&view, &locations, &over) <= covered_markers(&plain, &locations, &over));
        }
    }
}
