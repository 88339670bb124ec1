//! Scrolling a list that is higher than a browser can lay out.
//!
//! Browsers end at some 33 million physical pixels, or 17.9 million: what lies beyond cannot be
//! reached. Above a safe height the scroller is made that high instead, and its rows are placed
//! around where it is scrolled to. Near either end, and for each small step, a pixel of the scroller
//! is a pixel of the list; in between, a far jump (by the scroll bar) goes as far as its share.
//!
//! All lengths are in CSS pixels.

/// The greatest height of a scroller, in physical pixels, and in CSS pixels where they are smaller.
const SAFE_PHYSICAL_PX: f64 = 15_000_000.0;
/// The share of the scroller at either end in which its pixels are those of the list.
const END_SHARE: f64 = 0.25;
/// A step of more than so many views is a jump.
const STEP_VIEWS: f64 = 4.0;

/// How positions in a scroller and in its list belong together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScrollScale {
    /// The height of the list.
    content: f64,
    /// The height of the scroller.
    scroller: f64,
    /// What is seen of it.
    view: f64,
}

/// Where a list is scrolled to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ScrollPosition {
    /// As the browser knows it.
    pub scroller: f64,
    /// In the list.
    pub content: f64,
}

impl ScrollPosition {
    /// What is added to a place in the scroller to get the place in the list.
    pub fn offset(self) -> f64 {
        self.content - self.scroller
    }
}

impl ScrollScale {
    /// For a list of this height, of which so much is seen, on a screen with so many physical pixels
    /// for each CSS pixel.
    pub fn new(content: f64, view: f64, pixel_ratio: f64) -> Self {
        Self {
            content,
            scroller: Self::scroller_height(content, pixel_ratio),
            view: view.max(1.0),
        }
    }

    /// How high the scroller of a list of this height is.
    pub fn scroller_height(content: f64, pixel_ratio: f64) -> f64 {
        content.min(SAFE_PHYSICAL_PX / pixel_ratio.max(1.0))
    }

    /// Whether the scroller is lower than the list.
    pub fn is_scaled(self) -> bool {
        self.scroller < self.content
    }

    /// Where the list is after the browser has scrolled from `before` to `scroller`.
    pub fn scrolled(self, before: ScrollPosition, scroller: f64) -> ScrollPosition {
        if !self.is_scaled() {
            return ScrollPosition {
                scroller,
                content: scroller,
            };
        }
        let (last, last_content) = (self.last(), self.last_content());
        let step = scroller - before.scroller;
        let content = if scroller <= 0.0 {
            0.0
        } else if scroller >= last - 1.0 {
            // Browsers round.
            last_content - (last - scroller).max(0.0)
        } else if step.abs() <= self.view * STEP_VIEWS {
            before.content + step
        } else {
            self.to_content(scroller)
        };
        ScrollPosition {
            scroller,
            content: content.clamp(0.0, last_content),
        }
    }

    /// Where the scroller is to be for a place in the list.
    pub fn position_of(self, content: f64) -> ScrollPosition {
        if !self.is_scaled() {
            return ScrollPosition {
                scroller: content,
                content,
            };
        }
        let content = content.clamp(0.0, self.last_content());
        let scroller = map(content, self.ends(), |ends| (ends.content, ends.scroller));
        ScrollPosition {
            scroller: scroller.round(),
            content,
        }
    }

    /// The position to take once scrolling is over, so that there is room again on both sides;
    /// `None`: there is enough. The list stays where it is.
    pub fn settled(self, now: ScrollPosition) -> Option<ScrollPosition> {
        if !self.is_scaled() {
            return None;
        }
        let wanted = self.position_of(now.content);
        ((wanted.scroller - now.scroller).abs() > self.view).then_some(wanted)
    }

    fn last(self) -> f64 {
        (self.scroller - self.view).max(0.0)
    }

    fn last_content(self) -> f64 {
        (self.content - self.view).max(0.0)
    }

    fn to_content(self, scroller: f64) -> f64 {
        map(scroller, self.ends(), |ends| (ends.scroller, ends.content))
    }

    /// The places between which far jumps go by their share.
    fn ends(self) -> [ScrollPosition; 4] {
        let (last, last_content) = (self.last(), self.last_content());
        let end = last * END_SHARE;
        let at = |scroller, content| ScrollPosition { scroller, content };
        [
            at(0.0, 0.0),
            at(end, end),
            at(last - end, last_content - end),
            at(last, last_content),
        ]
    }
}

/// Maps a place from one of two scales to the other, by straight lines between the given points.
fn map(
    place: f64,
    points: [ScrollPosition; 4],
    scales: impl Fn(ScrollPosition) -> (f64, f64),
) -> f64 {
    let [start, head, tail, end] = points.map(scales);
    let ((from, at), (to, to_at)) = if place <= head.0 {
        (start, head)
    } else if place <= tail.0 {
        (head, tail)
    } else {
        (tail, end)
    };
    if to - from <= f64::EPSILON {
        return to_at;
    }
    at + (place - from) / (to - from) * (to_at - at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VIEW: f64 = 600.0;

    fn cards() -> ScrollScale {
        ScrollScale::new(100_000.0 * 144.0, VIEW, 3.0)
    }

    #[test]
    fn a_list_of_safe_height_is_scrolled_as_it_is() {
        let scale = ScrollScale::new(4_400_000.0, VIEW, 1.0);
        assert!((scale.scroller - 4_400_000.0).abs() < f64::EPSILON);
        for place in [0.0, 1_000.0, 2_000_000.0, 4_400_000.0 - VIEW] {
            assert!(scale.position_of(place).offset().abs() < 1e-6);
            let at = scale.scrolled(ScrollPosition::default(), place);
            assert!(at.offset().abs() < 1e-6);
        }
    }

    #[test]
    fn a_list_that_is_too_high_gets_a_safe_scroller() {
        assert!(cards().scroller * 3.0 <= SAFE_PHYSICAL_PX);
        let at_end = cards().scrolled(ScrollPosition::default(), cards().scroller - VIEW);
        assert!((at_end.content - (100_000.0 * 144.0 - VIEW)).abs() < 1e-3);
    }

    #[test]
    fn an_empty_list_has_no_height() {
        let scale = ScrollScale::new(0.0, VIEW, 3.0);
        assert!(!scale.is_scaled());
        assert_eq!(scale.settled(ScrollPosition::default()), None);
    }

    fn any_scale() -> impl Strategy<Value = ScrollScale> {
        (0.0..60_000_000.0_f64, 100.0..2_000.0_f64, 0.5..12.0_f64)
            .prop_map(|(content, view, ratio)| ScrollScale::new(content, view, ratio))
    }

    proptest! {
        #[test]
        fn every_place_can_be_scrolled_to(scale in any_scale(), share in 0.0..1.0_f64) {
            let wanted = share * scale.last_content();
            let at = scale.position_of(wanted);
            prop_assert!(at.scroller >= 0.0 && at.scroller <= scale.last() + 1.0);
            // The browser says that it is there: nothing moves.
            let told = scale.scrolled(at, at.scroller);
            prop_assert!((told.content - wanted).abs() <= 1.0);
            prop_assert_eq!(scale.settled(at), None);
        }

        #[test]
        fn the_scroll_bar_reaches_both_ends_and_never_goes_back(
            scale in any_scale(), a in 0.0..1.0_f64, b in 0.0..1.0_f64,
        ) {
            let (a, b) = (a.min(b) * scale.last(), a.max(b) * scale.last());
            prop_assert!(scale.to_content(a) <= scale.to_content(b) + 1e-6);
            prop_assert!(scale.to_content(0.0).abs() < 1e-6);
            prop_assert!((scale.to_content(scale.last()) - scale.last_content()).abs() < 1e-3);
        }

        #[test]
        fn small_steps_are_as_long_in_the_list_as_in_the_scroller(
            scale in any_scale(), share in 0.0..1.0_f64, step in -500.0..500.0_f64,
        ) {
            let from = scale.position_of(share * scale.last_content());
            let step = step.clamp(-scale.view, scale.view);
            let to = from.scroller + step;
            prop_assume!(to > 0.0 && to < scale.last() - 1.0);
            let moved = scale.scrolled(from, to).content - from.content;
            prop_assert!((moved - step).abs() <= 1.5, "{moved} for {step}");
        }

        #[test]
        fn whoever_scrolls_on_and_on_reaches_the_end(
            content in 1_000_000.0..30_000_000.0_f64, is_down in any::<bool>(),
        ) {
            let scale = ScrollScale::new(content, VIEW, 12.0);
            let mut at = scale.position_of(if is_down { 0.0 } else { content });
            let step = if is_down { VIEW } else { -VIEW };
            for i in 0..(content / VIEW) as usize + 2 {
                at = scale.scrolled(at, (at.scroller + step).clamp(0.0, scale.last()));
                if i % 50 == 0 {
                    at = scale.settled(at).unwrap_or(at);
                }
            }
            let end = if is_down { scale.last_content() } else { 0.0 };
            prop_assert!((at.content - end).abs() <= 1.0);
        }

        #[test]
        fn settling_moves_nothing(scale in any_scale(), share in 0.0..1.0_f64, off in -9_000.0..9_000.0_f64) {
            let at = scale.position_of(share * scale.last_content());
            let at = ScrollPosition { scroller: (at.scroller + off).clamp(0.0, scale.last()), ..at };
            if let Some(settled) = scale.settled(at) {
                prop_assert!((settled.content - at.content).abs() < f64::EPSILON);
                prop_assert_eq!(scale.settled(settled), None);
            }
        }
    }
}
