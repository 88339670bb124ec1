//! Where something floats beside what it belongs to: a popup beside its marker, a tip beside a time,
//! a list of choices beside its field.
//!
//! It knows nothing of agents. It is here because what is decided here is tested natively.

/// A box in the window, in CSS pixels from the window's top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    fn bottom(self) -> f64 {
        self.top + self.height
    }
}

/// A width and a height, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// On which side of its anchor something floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Side {
    Above,
    Below,
}

impl Side {
    fn opposite(self) -> Self {
        match self {
            Self::Above => Self::Below,
            Self::Below => Self::Above,
        }
    }
}

/// How something that floats is aligned with its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Left edge to left edge.
    Left,
    /// Center to center.
    Center,
}

/// How something is to float.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PositionOptions {
    /// The side where it floats if there is room for it.
    pub side: Side,
    /// How it is aligned with its anchor, unless it would leave the window.
    pub align: Align,
    /// Between it and its anchor, and between it and the edges of the window. In CSS pixels.
    pub gap: f64,
    /// It gets no higher than this, in CSS pixels.
    pub max_height: f64,
}

/// Where something floats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// On this side of its anchor.
    pub side: Side,
    /// Its left edge from the window's left edge, in CSS pixels.
    pub left: f64,
    /// Its edge next to the anchor, in CSS pixels: its top edge from the window's top where it is
    /// below, its bottom edge from the window's bottom where it is above. So it grows away from the
    /// anchor.
    pub edge: f64,
    /// It gets no higher than this, in CSS pixels; what does not fit is scrolled to.
    pub max_height: f64,
}

/// Places something of this size beside its anchor: on the preferred side; on the other one if there
/// is room only there; and where neither has room for all of it, on the side that has more. It stays
/// within the window.
pub fn place(anchor: Rect, size: Size, window: Size, options: PositionOptions) -> Placement {
    let gap = options.gap;
    // How far the edge next to the anchor is from the opposite edge of the window, on each side;
    // an anchor out of view does not take it along.
    let edge = |side: Side| {
        let beside_anchor = match side {
            Side::Above => window.height - anchor.top + gap,
            Side::Below => anchor.bottom() + gap,
        };
        beside_anchor.max(gap)
    };
    let room = |side: Side| window.height - edge(side) - gap;
    let height = size.height.min(options.max_height);
    let (preferred, other) = (options.side, options.side.opposite());
    let chosen = if room(preferred) >= height || room(preferred) >= room(other) {
        preferred
    } else {
        other
    };
    let left = match options.align {
        Align::Left => anchor.left,
        Align::Center => anchor.left + (anchor.width - size.width) / 2.0,
    };
    Placement {
        side: chosen,
        left: left.min(window.width - size.width - gap).max(gap),
        edge: edge(chosen),
        max_height: room(chosen).min(options.max_height).max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Size = Size {
        width: 800.0,
        height: 600.0,
    };
    const BELOW: PositionOptions = PositionOptions {
        side: Side::Below,
        align: Align::Left,
        gap: 4.0,
        max_height: 300.0,
    };
    const ABOVE: PositionOptions = PositionOptions {
        side: Side::Above,
        align: Align::Center,
        gap: 6.0,
        max_height: 304.0,
    };

    fn anchor(left: f64, top: f64) -> Rect {
        Rect {
            left,
            top,
            width: 100.0,
            height: 40.0,
        }
    }

    fn size(width: f64, height: f64) -> Size {
        Size { width, height }
    }

    #[test]
    fn it_floats_on_the_preferred_side_where_there_is_room() {
        let placement = place(anchor(50.0, 200.0), size(200.0, 150.0), WINDOW, BELOW);
        assert_eq!(
            placement,
            Placement {
                side: Side::Below,
                left: 50.0,
                edge: 244.0,
                max_height: 300.0
            }
        );
        let placement = place(anchor(350.0, 400.0), size(200.0, 150.0), WINDOW, ABOVE);
        assert_eq!(
            placement,
            Placement {
                side: Side::Above,
                left: 300.0,
                edge: 206.0,
                max_height: 304.0
            }
        );
    }

    #[test]
    fn it_flips_to_the_other_side_where_there_is_room_only_there() {
        let low = place(anchor(50.0, 540.0), size(200.0, 30.0), WINDOW, BELOW);
        assert_eq!((low.side, low.edge), (Side::Above, 64.0));
        let high = place(anchor(50.0, 20.0), size(200.0, 150.0), WINDOW, ABOVE);
        assert_eq!((high.side, high.edge), (Side::Below, 66.0));
    }

    #[test]
    fn where_neither_side_has_room_it_takes_the_one_with_more_and_scrolls() {
        let window = size(800.0, 200.0);
        let placement = place(anchor(50.0, 120.0), size(200.0, 500.0), window, BELOW);
        assert_eq!((placement.side, placement.max_height), (Side::Above, 112.0));
        let placement = place(anchor(50.0, 40.0), size(200.0, 500.0), window, BELOW);
        assert_eq!((placement.side, placement.max_height), (Side::Below, 112.0));
    }

    #[test]
    fn more_content_than_the_most_height_does_not_make_it_flip() {
        let placement = place(anchor(50.0, 250.0), size(200.0, 5000.0), WINDOW, BELOW);
        assert_eq!((placement.side, placement.max_height), (Side::Below, 300.0));
    }

    #[test]
    fn it_stays_within_the_left_and_right_edges() {
        let left = |left: f64| place(anchor(left, 200.0), size(200.0, 50.0), WINDOW, ABOVE).left;
        assert!((left(0.0) - 6.0).abs() < 1e-9);
        assert!((left(700.0) - 594.0).abs() < 1e-9);
    }

    #[test]
    fn an_anchor_that_was_scrolled_away_does_not_take_it_out_of_the_window() {
        let gone_up = place(anchor(50.0, -500.0), size(200.0, 50.0), WINDOW, ABOVE);
        assert_eq!((gone_up.side, gone_up.edge), (Side::Below, 6.0));
        let gone_down = place(anchor(50.0, 900.0), size(200.0, 50.0), WINDOW, BELOW);
        assert_eq!((gone_down.side, gone_down.edge), (Side::Above, 4.0));
    }

    /// The top and the bottom edge.
    fn edges(placement: Placement, size: Size, window: Size) -> (f64, f64) {
        let height = size.height.min(placement.max_height);
        match placement.side {
            Side::Below => (placement.edge, placement.edge + height),
            Side::Above => {
                let bottom = window.height - placement.edge;
                (bottom - height, bottom)
            }
        }
    }

    fn any_window() -> impl Strategy<Value = Size> {
        (200.0..2000.0_f64, 150.0..1500.0_f64).prop_map(|(width, height)| size(width, height))
    }

    /// A window and an anchor in it.
    fn any_window_and_anchor() -> impl Strategy<Value = (Size, Rect)> {
        let parts = [0.0..=1.0_f64, 0.0..=1.0, 0.0..=1.0, 0.0..=1.0];
        (any_window(), parts).prop_map(|(window, [left, top, width, height])| {
            let (left, top) = (left * window.width, top * window.height);
            let rect = Rect {
                left,
                top,
                width: width * (window.width - left),
                height: height * (window.height - top),
            };
            (window, rect)
        })
    }

    fn any_size() -> impl Strategy<Value = Size> {
        (1.0..2500.0_f64, 1.0..2500.0_f64).prop_map(|(width, height)| size(width, height))
    }

    fn any_options() -> impl Strategy<Value = PositionOptions> {
        (
            prop::sample::select(vec![Side::Above, Side::Below]),
            prop::sample::select(vec![Align::Left, Align::Center]),
            0.0..20.0_f64,
            prop_oneof![Just(f64::INFINITY), 50.0..500.0_f64],
        )
            .prop_map(|(side, align, gap, max_height)| PositionOptions {
                side,
                align,
                gap,
                max_height,
            })
    }

    const EPSILON: f64 = 1e-6;

    proptest! {
        #[test]
        fn it_is_always_within_the_window_if_it_fits(
            window in any_window(),
            [left, top] in [-3000.0..3000.0_f64, -3000.0..3000.0],
            size in any_size(),
            options in any_options(),
        ) {
            let placement = place(anchor(left, top), size, window, options);
            let gap = options.gap - EPSILON;
            if size.width + 2.0 * options.gap <= window.width {
                prop_assert!(placement.left >= gap);
                prop_assert!(placement.left + size.width <= window.width - gap);
            }
            if placement.max_height > 0.0 {
                let (top, bottom) = edges(placement, size, window);
                prop_assert!(top >= gap && bottom <= window.height - gap);
            }
        }

        #[test]
        fn it_never_covers_an_anchor_that_is_in_the_window(
            (window, anchor) in any_window_and_anchor(),
            size in any_size(),
            options in any_options(),
        ) {
            let (top, bottom) = edges(place(anchor, size, window, options), size, window);
            let is_above = bottom <= anchor.top - options.gap + EPSILON;
            let is_below = top >= anchor.bottom() + options.gap - EPSILON;
            prop_assert!(is_above || is_below);
        }

        #[test]
        fn it_leaves_the_preferred_side_only_for_one_with_more_room(
            (window, anchor) in any_window_and_anchor(),
            size in any_size(),
            options in any_options(),
        ) {
            let chosen = place(anchor, size, window, options);
            let height = size.height.min(options.max_height);
            let room_above = anchor.top - 2.0 * options.gap;
            let room_below = window.height - anchor.bottom() - 2.0 * options.gap;
            let (preferred, other) = match options.side {
                Side::Above => (room_above, room_below),
                Side::Below => (room_below, room_above),
            };
            if preferred >= height + EPSILON {
                prop_assert_eq!(chosen.side, options.side);
            } else if other >= height + EPSILON {
                prop_assert_eq!(chosen.side, options.side.opposite());
            }
            if preferred.max(other) >= height + EPSILON {
                prop_assert!(chosen.max_height >= height);
            }
        }

        #[test]
        fn content_that_grows_does_not_bring_it_back_to_a_side_without_room(
            (window, anchor) in any_window_and_anchor(),
            size in any_size(),
            more in 0.0..500.0_f64,
            options in any_options(),
        ) {
            let before = place(anchor, size, window, options);
            let grown = Size { height: size.height + more, ..size };
            let after = place(anchor, grown, window, options);
            prop_assert!(before.side == options.side || after.side == before.side);
        }
    }
}
