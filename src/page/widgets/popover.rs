//! The one place that shows, hides and places what floats: in the top layer, so that nothing clips
//! it, and beside what it belongs to, its anchor.
//!
//! Where it goes is decided in [`popover_position`](crate::domain::popover_position).

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Element, HtmlElement, Node};

use crate::browser::events;
use crate::browser::resize::on_resize;
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
/// when something is scrolled, and when the window or the popover's own content changes its size.
///
/// `popover` has the attribute `popover="manual"` and `position: fixed`. The signals read by
/// `anchor` are tracked.
pub fn show_beside(
    popover: NodeRef<Div>,
    anchor: impl Fn() -> Option<Element> + Clone + 'static,
    options: PopoverOptions,
) {
    let place_again = {
        let anchor = anchor.clone();
        move || {
            if let Some(popover) = popover.try_get_untracked().flatten()
                && is_shown(&popover)
                && let Some(anchor) = untrack(&anchor)
            {
                place_beside(&popover, &anchor, options);
            }
        }
    };
    // Content that comes after the popover was placed would make it grow over its anchor.
    on_resize(popover, {
        let place_again = place_again.clone();
        move |_| place_again()
    });
    Effect::new(move |_| {
        let Some(popover) = popover.get() else { return };
        // Showing what is shown, or hiding what is hidden, throws and changes nothing.
        if let Some(anchor) = anchor() {
            popover.show_popover().ok();
            place_beside(&popover, &anchor, options);
            follow_anchor(&popover, &place_again);
        } else {
            popover.hide_popover().ok();
        }
    });
}

/// Calls back when something has been scrolled, in the shadow root or around it, or the window has
/// changed its size. Ends with this run of the effect, so that a page at rest listens to neither.
fn follow_anchor(popover: &HtmlElement, place_again: &(impl Fn() + Clone + 'static)) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let capture = AddEventListenerOptions::new();
    capture.set_capture(true);
    let root = popover.get_root_node();
    for target in [root.as_ref(), window.as_ref()] {
        let (popover, place_again) = (popover.clone(), place_again.clone());
        events::listen_with(target, "scroll", &capture, move |event| {
            // What is scrolled within the popover does not move it.
            let scrolled = event
                .target()
                .and_then(|target| target.dyn_into::<Node>().ok());
            if !popover.contains(scrolled.as_ref()) {
                place_again();
            }
        });
    }
    let place_again = place_again.clone();
    events::listen(&window, "resize", move |_| place_again());
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
