//! The world as the map draws it: in Web Mercator, repeated from west to east.

use std::f64::consts::PI;

use crate::domain::Coordinates;

/// The side of a map tile; at zoom 0 one tile is the world.
const TILE_PX: f64 = 256.0;
/// The latitude at which Web Mercator ends.
const MAX_MERCATOR_LAT: f64 = 85.051_128_779_806_59;

/// The world in Web Mercator at one zoom.
pub(super) struct WebMercator {
    world_px: f64,
}

/// A point of the world in pixels, from its north-western corner.
#[derive(Clone, Copy)]
pub(super) struct WorldPoint {
    pub x: f64,
    pub y: f64,
}

impl WebMercator {
    /// The zoom may lie between two levels.
    pub fn at(zoom: impl Into<f64>) -> Self {
        Self {
            world_px: TILE_PX * zoom.into().exp2(),
        }
    }

    /// How wide and how high the world is.
    pub fn world_px(&self) -> f64 {
        self.world_px
    }

    pub fn project(&self, Coordinates { lat, lon }: Coordinates) -> WorldPoint {
        let lat = lat.clamp(-MAX_MERCATOR_LAT, MAX_MERCATOR_LAT).to_radians();
        WorldPoint {
            x: (lon / 360.0 + 0.5) * self.world_px,
            y: (0.5 - lat.tan().asinh() / (2.0 * PI)) * self.world_px,
        }
    }

    pub fn unproject(&self, WorldPoint { x, y }: WorldPoint) -> Coordinates {
        let x = x.rem_euclid(self.world_px);
        self.unproject_unwrapped(WorldPoint { x, y })
    }

    /// In the copy of the world that the point is in.
    pub fn unproject_unwrapped(&self, WorldPoint { x, y }: WorldPoint) -> Coordinates {
        Coordinates {
            lat: ((0.5 - y / self.world_px) * 2.0 * PI)
                .sinh()
                .atan()
                .to_degrees(),
            lon: (x / self.world_px - 0.5) * 360.0,
        }
    }

    /// How far it is from one point to another the shorter way round the globe.
    pub fn offset(&self, from: WorldPoint, to: WorldPoint) -> WorldPoint {
        let half = self.world_px / 2.0;
        WorldPoint {
            x: (to.x - from.x + half).rem_euclid(self.world_px) - half,
            y: to.y - from.y,
        }
    }
}

/// The longitude of the copy of the world that is nearest to the view's center. In degrees; the
/// result is not wrapped.
pub fn nearest_copy(lon: f64, center: f64) -> f64 {
    lon + 360.0 * ((center - lon) / 360.0).round()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_view_across_the_180th_meridian_has_its_points_side_by_side() {
        let near = |lon: f64, center: f64| nearest_copy(lon, center).round() as i32;
        assert_eq!(near(-179.0, 178.0), 181);
        assert_eq!(near(179.0, -178.0), -181);
        assert_eq!(near(10.0, 20.0), 10);
        assert_eq!(near(10.0, 380.0), 370);
    }

    proptest! {
        #[test]
        fn the_nearest_copy_is_half_a_world_away_at_most(
            lon in -180.0..=180.0_f64, center in -540.0..=540.0_f64,
        ) {
            let copy = nearest_copy(lon, center);
            prop_assert!((copy - center).abs() <= 180.0 + 1e-9);
            let worlds = (copy - lon) / 360.0;
            prop_assert!((worlds - worlds.round()).abs() < 1e-9);
        }

        #[test]
        fn what_is_projected_is_found_again(
            lat in -85.0..=85.0_f64, lon in -180.0..180.0_f64, zoom in 0..=18_u8,
        ) {
            let map = WebMercator::at(zoom);
            let back = map.unproject(map.project(Coordinates { lat, lon }));
            prop_assert!((back.lat - lat).abs() < 1e-6);
            let lon_off = (back.lon - lon).rem_euclid(360.0);
            prop_assert!(lon_off.min(360.0 - lon_off) < 1e-6);
        }
    }
}
