//! What the map shows of the world: where in it a place is.

use super::mercator::{WebMercator, WorldPoint};
use crate::domain::Coordinates;
use crate::domain::popover_position::{Rect, Size};

/// A point on the map, in CSS pixels from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct MapPoint {
    pub x: f64,
    pub y: f64,
}

impl MapPoint {
    /// How far it is from here to there, as the crow flies.
    pub fn distance(self, to: Self) -> f64 {
        (to.x - self.x).hypot(to.y - self.y)
    }

    /// Whether a box, made larger by so much on each side, holds the point.
    pub fn is_in(
        self,
        Rect {
            left,
            top,
            width,
            height,
        }: Rect,
        more: f64,
    ) -> bool {
        (left - more..=left + width + more).contains(&self.x)
            && (top - more..=top + height + more).contains(&self.y)
    }
}

/// What a map shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapView {
    /// In its middle. The longitude is not wrapped: it names a copy of the world.
    pub center: Coordinates,
    /// Its zoom, which may lie between two levels.
    pub zoom: f64,
    /// Its width and height.
    pub size: Size,
}

impl MapView {
    /// Where a place is: in the copy of the world in which it is nearest to the middle.
    pub fn point_of(&self, at: Coordinates) -> MapPoint {
        let world = WebMercator::at(self.zoom);
        let off = world.offset(world.project(self.center), world.project(at));
        MapPoint {
            x: self.size.width / 2.0 + off.x,
            y: self.size.height / 2.0 + off.y,
        }
    }

    /// What is at a point.
    pub fn at_point(&self, point: MapPoint) -> Coordinates {
        let world = WebMercator::at(self.zoom);
        let center = world.project(self.center);
        world.unproject_unwrapped(WorldPoint {
            x: center.x + point.x - self.size.width / 2.0,
            y: center.y + point.y - self.size.height / 2.0,
        })
    }

    /// Whether a point is in view.
    pub fn shows(&self, point: MapPoint) -> bool {
        let all = Rect {
            left: 0.0,
            top: 0.0,
            width: self.size.width,
            height: self.size.height,
        };
        point.is_in(all, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn view(lat: f64, lon: f64, zoom: f64) -> MapView {
        MapView {
            center: Coordinates { lat, lon },
            zoom,
            size: Size {
                width: 800.0,
                height: 300.0,
            },
        }
    }

    #[test]
    fn what_is_in_the_middle_is_in_the_middle() {
        let view = view(50.0, 8.0, 4.25);
        let middle = view.point_of(view.center);
        assert!(middle.distance(MapPoint { x: 400.0, y: 150.0 }) < 1e-6);
        assert!(view.shows(middle));
    }

    #[test]
    fn across_the_180th_meridian_places_are_side_by_side() {
        let view = view(0.0, 539.0, 3.0);
        let east = view.point_of(Coordinates {
            lat: 0.0,
            lon: -179.0,
        });
        assert!((east.x - 400.0 - 2.0 * 2048.0 / 360.0).abs() < 1e-6);
    }

    #[test]
    fn what_lies_beyond_an_edge_is_not_in_view() {
        let view = view(0.0, 0.0, 5.0);
        assert!(!view.shows(view.point_of(Coordinates {
            lat: 0.0,
            lon: 90.0
        })));
        assert!(!view.shows(view.point_of(Coordinates {
            lat: 60.0,
            lon: 0.0
        })));
    }

    proptest! {
        #[test]
        fn what_is_at_a_point_is_found_there_again(
            x in 0.0..=800.0_f64, y in 0.0..=300.0_f64, lon in -500.0..500.0_f64, zoom in 2.0..14.0_f64,
        ) {
            let view = view(20.0, lon, zoom);
            let point = MapPoint { x, y };
            prop_assert!(view.point_of(view.at_point(point)).distance(point) < 1e-3);
        }
    }
}
