//! Shows, hides and places everything that floats: in the top layer, so that nothing clips it, and
//! beside its anchor.
//!
//! The position is computed by [`popover_position`](crate::domain::popover_position).

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Element, HtmlElement, Node};

use crate::browser::events;
use crate::browser::resize::on_resize;
use crate::domain::popover_position::{PositionOptions, Rect, Side, Size, place};

/// The width of a popover.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Set by its style sheet.
    OfContent,
    /// As wide as its anchor.
    OfAnchor,
}

/// How a popover is placed.
#[derive(Clone, Copy)]
pub struct PopoverOptions {
    /// Its position beside the anchor.
    pub position: PositionOptions,
    /// Its width.
    pub width: Width,
    /// A selector of the part that scrolls if there is not enough room; `None`: the popover itself.
    pub scroller: Option<&'static str>,
}

/// Shows a popover while it has an anchor, and keeps it beside the anchor when that changes, on
/// scrolling, and when the window or the content of the popover is resized.
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
    // Content added later would make the popover grow over its anchor.
    on_resize(popover, {
        let place_again = place_again.clone();
        move |_| place_again()
    });
    follow_anchor(popover, place_again);
    Effect::new(move |_| {
        let Some(popover) = popover.get() else { return };
        // Showing a shown popover, or hiding a hidden one, throws and changes nothing.
        if let Some(anchor) = anchor() {
            popover.show_popover().ok();
            place_beside(&popover, &anchor, options);
        } else {
            popover.hide_popover().ok();
        }
    });
}

/// Calls back on scrolling, in the shadow root or around it, and when the window is resized.
fn follow_anchor(popover: NodeRef<Div>, place_again: impl Fn() + Clone + 'static) {
    Effect::new(move |is_following: Option<bool>| {
        let (Some(popover), Some(window)) = (popover.get(), web_sys::window()) else {
            return false;
        };
        if is_following != Some(true) {
            let capture = AddEventListenerOptions::new();
            capture.set_capture(true);
            let root = popover.get_root_node();
            for target in [root.as_ref(), window.as_ref()] {
                let (popover, place_again) = (popover.clone(), place_again.clone());
                events::listen_with(target, "scroll", &capture, move |event| {
                    // Scrolling inside the popover does not move it.
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
        true
    });
}

fn is_shown(popover: &Element) -> bool {
    popover.matches(":popover-open").unwrap_or(false)
}

/// Places a popover that is shown. If the anchor is gone, the popover stays where it is.
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
    // At the right edge of the window, text would wrap before it is measured.
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

/// The height of a popover with all its content in view.
fn whole_height(popover: &HtmlElement, scroller: Option<&str>) -> f64 {
    let hidden = |element: &Element| element.scroll_height() - element.client_height();
    let scroller = scroller.and_then(|selector| popover.query_selector(selector).ok().flatten());
    let hidden = scroller.map_or_else(|| hidden(popover), |scroller| hidden(&scroller));
    popover.get_bounding_client_rect().height() + f64::from(hidden)
}

/// The visible part of the window, without a vertical scroll bar.
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
