//! The way through the markers by keyboard: Tab leads to one of those in view, the arrow keys from one to
//! the next.

use std::cmp::Ordering;

use super::view::MapPoint;
use crate::domain::Status;

/// A marker in view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedMarker<'a> {
    /// The marker's key.
    pub key: &'a str,
    /// Where it is.
    pub point: MapPoint,
    /// The worst status of its agents.
    pub worst: Status,
}

/// Where to go from a marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerStep {
    /// To the next one in the west.
    West,
    /// To the next one in the east.
    East,
    /// To the next one in the north.
    North,
    /// To the next one in the south.
    South,
    /// To the westernmost.
    First,
    /// To the easternmost.
    Last,
}

impl MarkerStep {
    /// What a key asks for, by its name in `KeyboardEvent.key`.
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self::West),
            "ArrowRight" => Some(Self::East),
            "ArrowUp" => Some(Self::North),
            "ArrowDown" => Some(Self::South),
            "Home" => Some(Self::First),
            "End" => Some(Self::Last),
            _ => None,
        }
    }
}

/// The marker that Tab leads to: the one that had focus last, while it is in view; otherwise the
/// nearest to the middle of those with the worst status.
pub fn tab_stop<'a>(
    in_view: &[PlacedMarker<'a>],
    last: Option<&str>,
    middle: MapPoint,
) -> Option<&'a str> {
    let had_focus = in_view.iter().find(|marker| Some(marker.key) == last);
    let best = || {
        in_view.iter().min_by(|a, b| {
            let by_status = a.worst.cmp(&b.worst);
            by_status.then_with(|| nearer_to(middle, a, b))
        })
    };
    had_focus.or_else(best).map(|marker| marker.key)
}

/// The marker nearest to a point.
pub fn nearest_marker<'a>(in_view: &[PlacedMarker<'a>], to: MapPoint) -> Option<&'a str> {
    let nearest = in_view.iter().min_by(|a, b| nearer_to(to, a, b));
    nearest.map(|marker| marker.key)
}

/// The marker that a step leads to; `None` where there is none further on. In each direction the next
/// one is the next of all in view, however far it is aside: so the way through leads past each of them.
pub fn step<'a>(in_view: &[PlacedMarker<'a>], from: &str, step: MarkerStep) -> Option<&'a str> {
    let start = in_view.iter().find(|marker| marker.key == from)?;
    let order = |a: &PlacedMarker<'_>, b: &PlacedMarker<'_>| match step {
        MarkerStep::North | MarkerStep::South => by(a, b, |point| [point.y, point.x]),
        _ => by(a, b, |point| [point.x, point.y]),
    };
    let is_after = |other: &&PlacedMarker<'_>| order(start, other) == Ordering::Less;
    let is_before = |other: &&PlacedMarker<'_>| order(start, other) == Ordering::Greater;
    let all = in_view.iter();
    let found = match step {
        MarkerStep::East | MarkerStep::South => all.filter(is_after).min_by(|a, b| order(a, b)),
        MarkerStep::West | MarkerStep::North => all.filter(is_before).max_by(|a, b| order(a, b)),
        MarkerStep::First => all.min_by(|a, b| order(a, b)),
        MarkerStep::Last => all.max_by(|a, b| order(a, b)),
    };
    found.map(|marker| marker.key)
}

/// Compares places by one direction, then the other; then keys, so that no two markers are alike.
fn by(
    a: &PlacedMarker<'_>,
    b: &PlacedMarker<'_>,
    parts: impl Fn(MapPoint) -> [f64; 2],
) -> Ordering {
    let ([first, second], [other_first, other_second]) = (parts(a.point), parts(b.point));
    let by_place = first
        .total_cmp(&other_first)
        .then(second.total_cmp(&other_second));
    by_place.then_with(|| a.key.cmp(b.key))
}

fn nearer_to(to: MapPoint, a: &PlacedMarker<'_>, b: &PlacedMarker<'_>) -> Ordering {
    let (a_far, b_far) = (a.point.distance(to), b.point.distance(to));
    a_far.total_cmp(&b_far).then_with(|| a.key.cmp(b.key))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const MIDDLE: MapPoint = MapPoint { x: 50.0, y: 50.0 };

    fn placed(key: &str, x: f64, y: f64, worst: Status) -> PlacedMarker<'_> {
        PlacedMarker {
            key,
            point: MapPoint { x, y },
            worst,
        }
    }

    fn three() -> [PlacedMarker<'static>; 3] {
        [
            placed("west", 10.0, 60.0, Status::Healthy),
            placed("middle", 50.0, 20.0, Status::Healthy),
            placed("east", 90.0, 50.0, Status::Critical),
        ]
    }

    #[test]
    fn at_first_tab_leads_to_the_worst_status() {
        assert_eq!(tab_stop(&three(), None, MIDDLE), Some("east"));
        let healthy = &three()[..2];
        assert_eq!(tab_stop(healthy, None, MIDDLE), Some("middle"));
        assert_eq!(tab_stop(&[], None, MIDDLE), None);
    }

    #[test]
    fn tab_leads_back_to_the_marker_that_had_focus_while_that_is_in_view() {
        assert_eq!(tab_stop(&three(), Some("west"), MIDDLE), Some("west"));
        assert_eq!(tab_stop(&three(), Some("gone"), MIDDLE), Some("east"));
    }

    #[test]
    fn arrows_lead_to_the_next_marker_in_their_direction() {
        let go = |from, direction| step(&three(), from, direction);
        assert_eq!(go("west", MarkerStep::East), Some("middle"));
        assert_eq!(go("middle", MarkerStep::West), Some("west"));
        assert_eq!(go("west", MarkerStep::North), Some("east"));
        assert_eq!(go("middle", MarkerStep::South), Some("east"));
        assert_eq!(go("east", MarkerStep::East), None);
        assert_eq!(go("middle", MarkerStep::Last), Some("east"));
        assert_eq!(go("middle", MarkerStep::First), Some("west"));
        assert_eq!(go("gone", MarkerStep::First), None);
    }

    #[test]
    fn the_nearest_marker_is_the_nearest() {
        let to = MapPoint { x: 12.0, y: 20.0 };
        assert_eq!(nearest_marker(&three(), to), Some("middle"));
    }

    #[test]
    fn other_keys_lead_nowhere() {
        assert_eq!(MarkerStep::of_key("Tab"), None);
        assert_eq!(MarkerStep::of_key("ArrowUp"), Some(MarkerStep::North));
    }

    proptest! {
        #[test]
        fn each_direction_leads_past_every_marker(
            points in prop::collection::vec((0..20_u8, 0..20_u8), 1..20),
            (there, back, from) in prop::sample::select(vec![
                (MarkerStep::East, MarkerStep::West, MarkerStep::First),
                (MarkerStep::South, MarkerStep::North, MarkerStep::First),
            ]),
        ) {
            let keys: Vec<_> = (0..points.len()).map(|number| number.to_string()).collect();
            let markers: Vec<_> = keys
                .iter()
                .zip(&points)
                .map(|(key, &(x, y))| placed(key, f64::from(x), f64::from(y), Status::Healthy))
                .collect();
            let mut at = step(&markers, "0", from).unwrap();
            while let Some(before) = step(&markers, at, back) {
                at = before;
            }
            let mut seen = HashSet::from([at]);
            while let Some(next) = step(&markers, at, there) {
                prop_assert_eq!(step(&markers, next, back), Some(at));
                prop_assert!(seen.insert(next));
                at = next;
            }
            prop_assert_eq!(seen.len(), markers.len());
        }

        #[test]
        fn there_is_a_tab_stop_wherever_there_is_a_marker(
            points in prop::collection::vec((0..20_u8, 0..20_u8), 0..20), last in "[0-9]{0,2}",
        ) {
            let keys: Vec<_> = (0..points.len()).map(|number| number.to_string()).collect();
            let markers: Vec<_> = keys
                .iter()
                .zip(&points)
                .map(|(key, &(x, y))| placed(key, f64::from(x), f64::from(y), Status::Healthy))
                .collect();
            let stop = tab_stop(&markers, Some(&last), MIDDLE);
            prop_assert_eq!(stop.is_some(), !markers.is_empty());
        }
    }
}
