//! The one place that shows, hides and places what floats: in the top layer, so that nothing clips
//! it, and beside what it belongs to, its anchor.
//!
//! Where it goes is decided in [`popover_position`](crate::domain::popover_position).

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::{Element, HtmlElement};

use crate::browser::resize::on_resize;
use crate::browser::timers::NextFrame;
use crate::domain::popover_position::{PositionOptions, Rect, Side, Size, place};

/// How wide a popover is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// As its style sheet says.
    OfContent,
    /// As wide as its anchor.
    OfAnchor,
}

/// How a popover floats.
#[derive(Clone, Copy)]
pub struct PopoverOptions {
    /// Where.
    pub position: PositionOptions,
    /// How wide it is.
    pub width: Width,
    /// A selector of the part of it that scrolls where there is no room for all; `None`: the popover
    /// itself does.
    pub scroller: Option<&'static str>,
}

/// Shows a popover while it has an anchor, and keeps it beside that: when the anchor is another one,
/// when it moves, whatever moves it, and when the window or the popover's own content changes its size.
///
/// `popover` has the attribute `popover="manual"` and `position: fixed`. The signals read by
/// `anchor` are tracked.
pub fn show_beside(
    popover: NodeRef<Div>,
    anchor: impl Fn() -> Option<Element> + Clone + 'static,
    options: PopoverOptions,
) {
    // Content that comes after the popover was placed would make it grow over its anchor.
    on_resize(popover, {
        let anchor = anchor.clone();
        move |popover| {
            if is_shown(popover)
                && let Some(anchor) = untrack(&anchor)
            {
                place_beside(popover, &anchor, options);
            }
        }
    });
    Effect::new(move |_| {
        let Some(popover) = popover.get() else { return };
        // Showing what is shown, or hiding what is hidden, throws and changes nothing.
        if let Some(anchor) = anchor() {
            popover.show_popover().ok();
            place_beside(&popover, &anchor, options);
            let follower = Follower {
                popover: popover.into(),
                anchor,
                options,
                frame: NextFrame::default(),
            };
            follower.follow(None);
        } else {
            popover.hide_popover().ok();
        }
    });
}

/// Looks at each frame where the anchor is: what may move it is scrolled, shown or resized anywhere around
/// the page, and tells nobody. Ends with the run of the effect that made it, so that a page at rest asks
/// for no frames.
#[derive(Clone)]
struct Follower {
    popover: HtmlElement,
    anchor: Element,
    options: PopoverOptions,
    frame: NextFrame,
}

impl Follower {
    fn follow(self, before: Option<[f64; 6]>) {
        let frame = self.frame;
        frame.set(move || {
            let now = self.where_it_is();
            if now != before {
                place_beside(&self.popover, &self.anchor, self.options);
            }
            self.follow(now);
        });
    }

    /// The anchor's box, and the window's size.
    fn where_it_is(&self) -> Option<[f64; 6]> {
        let rect = self.anchor.get_bounding_client_rect();
        let window = window_size(&self.popover)?;
        let [width, height] = [window.width, window.height];
        Some([
            rect.left(),
            rect.top(),
            rect.width(),
            rect.height(),
            width,
            height,
        ])
    }
}

fn is_shown(popover: &Element) -> bool {
    popover.matches(":popover-open").unwrap_or(false)
}

/// Places a popover that is shown. An anchor that has gone leaves it where it is.
fn place_beside(popover: &HtmlElement, anchor: &Element, options: PopoverOptions) {
    if !anchor.is_connected() {
        return;
    }
    let Some(window) = window_size(popover) else {
        return;
    };
    let rect = anchor.get_bounding_client_rect();
    let anchor = Rect {
        left: rect.left(),
        top: rect.top(),
        width: rect.width(),
        height: rect.height(),
    };
    if options.width == Width::OfAnchor {
        set_style(popover, "width", &px(anchor.width));
    }
    // At the right edge of the window, text would be wrapped before it is measured.
    set_style(popover, "left", "0px");
    let size = Size {
        width: popover.get_bounding_client_rect().width(),
        height: whole_height(popover, options.scroller),
    };
    let placement = place(anchor, size, window, options.position);
    let (top, bottom) = match placement.side {
        Side::Below => (px(placement.edge), "auto".to_owned()),
        Side::Above => ("auto".to_owned(), px(placement.edge)),
    };
    set_style(popover, "left", &px(placement.left));
    set_style(popover, "top", &top);
    set_style(popover, "bottom", &bottom);
    set_style(popover, "max-height", &px(placement.max_height));
}

/// How high a popover would be with all its content in view.
fn whole_height(popover: &HtmlElement, scroller: Option<&str>) -> f64 {
    let hidden = |element: &Element| element.scroll_height() - element.client_height();
    let scroller = scroller.and_then(|selector| popover.query_selector(selector).ok().flatten());
    let hidden = scroller.map_or_else(|| hidden(popover), |scroller| hidden(&scroller));
    popover.get_bounding_client_rect().height() + f64::from(hidden)
}

/// The part of the window that is seen, without a vertical scroll bar.
fn window_size(popover: &Element) -> Option<Size> {
    let root = popover.owner_document()?.document_element()?;
    Some(Size {
        width: f64::from(root.client_width()),
        height: web_sys::window()?.inner_height().ok()?.as_f64()?,
    })
}

fn px(length: f64) -> String {
    format!("{length}px")
}

fn set_style(element: &HtmlElement, property: &str, value: &str) {
    // Setting a known property does not fail.
    element.style().set_property(property, value).ok();
}
