//! The part of the globe that holds a set of places.

use crate::domain::Coordinates;

/// A box on the map, in degrees. `west <= east`; where it crosses the 180th meridian, `east` is
/// over 180.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Bounds {
    pub south: f64,
    pub west: f64,
    pub north: f64,
    pub east: f64,
}

impl Bounds {
    /// The box around all points; `None` around none. It crosses the 180th meridian only where
    /// the plain span is over 180° and the other way round is under.
    pub fn around(points: impl Iterator<Item = Coordinates> + Clone) -> Option<Self> {
        let (south, north) = span(points.clone().map(|point| point.lat))?;
        let (west, east) = span(points.clone().map(|point| point.lon))?;
        let plain = Self {
            south,
            west,
            north,
            east,
        };
        if east - west <= 180.0 {
            return Some(plain);
        }
        // A box narrower than 180° that crosses the meridian ends before 0°: everything west of
        // Greenwich lies in its eastern part.
        let (west, east) = span(points.map(|point| {
            if point.lon < 0.0 {
                point.lon + 360.0
            } else {
                point.lon
            }
        }))?;
        Some(if east - west < 180.0 {
            Self {
                west,
                east,
                ..plain
            }
        } else {
            plain
        })
    }
}

/// The least and the greatest of some numbers.
fn span(mut values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let first = values.next()?;
    Some(values.fold((first, first), |(least, most), value| {
        (least.min(value), most.max(value))
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn around(lons: &[f64]) -> Bounds {
        let points = lons.iter().map(|&lon| Coordinates {
            lat: lon / 10.0,
            lon,
        });
        Bounds::around(points).unwrap()
    }

    fn west_and_east(lons: &[f64]) -> (f64, f64) {
        let bounds = around(lons);
        (bounds.west, bounds.east)
    }

    #[test]
    fn nothing_has_no_bounds() {
        assert_eq!(Bounds::around(std::iter::empty()), None);
    }

    #[test]
    fn one_point_is_its_own_bounds() {
        assert_eq!(
            around(&[30.0]),
            Bounds {
                south: 3.0,
                west: 30.0,
                north: 3.0,
                east: 30.0
            }
        );
    }

    // page.md#fitting/8
    #[test]
    fn europe_and_america_do_not_cross_the_meridian() {
        assert_eq!(west_and_east(&[-122.0, 10.0, 25.0]), (-122.0, 25.0));
    }

    // page.md#fitting/8
    #[test]
    fn fiji_and_samoa_cross_the_meridian() {
        assert_eq!(west_and_east(&[-171.8, 178.4]), (178.4, 188.2));
    }

    // page.md#fitting/8
    #[test]
    fn exactly_half_the_globe_does_not_cross_the_meridian() {
        assert_eq!(west_and_east(&[-90.0, 90.0]), (-90.0, 90.0));
        // Over 180° the plain way, exactly 180° the other way round.
        assert_eq!(west_and_east(&[-100.0, -80.0, 100.0]), (-100.0, 100.0));
    }

    #[test]
    fn points_all_around_the_globe_do_not_cross_the_meridian() {
        assert_eq!(west_and_east(&[-170.0, 0.0, 170.0]), (-170.0, 170.0));
    }

    #[test]
    fn both_names_of_the_meridian_are_one_place() {
        assert_eq!(west_and_east(&[-180.0, 180.0]), (180.0, 180.0));
    }

    proptest! {
        #[test]
        fn bounds_contain_every_point(
            points in prop::collection::vec((-90.0..=90.0_f64, -180.0..=180.0_f64), 1..20)
        ) {
            let points = points.iter().map(|&(lat, lon)| Coordinates { lat, lon });
            let bounds = Bounds::around(points.clone()).unwrap();
            for Coordinates { lat, lon } in points {
                prop_assert!(bounds.south <= lat && lat <= bounds.north);
                let within = |lon: f64| bounds.west <= lon && lon <= bounds.east;
                prop_assert!(within(lon) || within(lon + 360.0));
            }
            prop_assert!(bounds.west <= bounds.east && bounds.west >= -180.0);
            prop_assert!(bounds.east <= 180.0 || bounds.east - bounds.west < 180.0);
        }
    }
}
