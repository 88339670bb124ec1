//! Scrolls the list: keeps rows in view in place, and reveals rows on request.

use leptos::html::Div;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollBehavior, ScrollToOptions};

use super::row::{ROW, TOGGLE};
use crate::browser::timers::{Alarm, NextFrame};
use crate::domain::{
    Filter, RowLayout, ScrollPosition, ScrollScale, Sorting, anchored_scroll_top, index_of,
    revealing_scroll_top,
};
use crate::state::list_handle::{ListHandle, RowRequest, WantedRow};
use crate::state::list_model::{ListModel, RowList};

/// Scrolling is over after so long without a step.
const SETTLE_MS: u32 = 200;

/// The scrolling part of the list. Lengths are in CSS pixels.
#[derive(Clone, Copy)]
pub struct Scroller {
    /// The scroller's element.
    pub node: NodeRef<Div>,
    /// The layout of its rows.
    pub layout: Memo<RowLayout>,
    /// Its scroll position.
    pub position: RwSignal<ScrollPosition>,
    /// Its height.
    pub view_height: RwSignal<f64>,
    /// Ends a scroll.
    pub settling: Alarm,
}

impl Scroller {
    /// The browser has scrolled it.
    pub fn on_scroll(self, node: &HtmlElement) {
        let scale = self.scale(node);
        let before = self.position.get_untracked();
        let now = scale.scrolled(before, f64::from(node.scroll_top()));
        if now != before {
            self.position.set(now);
        }
        if scale.settled(now).is_some() {
            let node = SendWrapper::new(node.clone());
            self.settling.set(SETTLE_MS, move || {
                if self.position.try_get_untracked() == Some(now) {
                    self.scroll_to(&node, now.content);
                }
            });
        }
    }

    /// Whether the list is too high to be scrolled as it is.
    pub fn is_scaled(self) -> bool {
        let node = self.node.get_untracked();
        node.is_some_and(|node| self.scale(&node).is_scaled())
    }

    fn scroll_to(self, node: &HtmlElement, content: f64) {
        let wanted = self.scale(node).position_of(content);
        let options = ScrollToOptions::new();
        options.set_top(wanted.scroller);
        options.set_behavior(ScrollBehavior::Instant);
        node.scroll_to_with_scroll_to_options(&options);
        // Effects need the new position before the scroll event. Browsers round it.
        let scroller = f64::from(node.scroll_top());
        let content = scroller + wanted.offset();
        self.position.set(ScrollPosition { scroller, content });
    }

    fn scale(self, node: &HtmlElement) -> ScrollScale {
        let height = self.layout.with_untracked(RowLayout::height);
        let view = f64::from(node.client_height()) - head_height(node);
        ScrollScale::new(height, view, pixel_ratio())
    }
}

/// The height of the scroller's content for rows of this height together.
pub fn scroller_height(content: f64) -> f64 {
    ScrollScale::scroller_height(content, pixel_ratio())
}

fn pixel_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// Keeps rows in view in place when rows above them change. A new filter or order scrolls to the
/// top.
pub fn preserve_scroll(scroller: Scroller, list_model: ListModel, filter: Memo<Filter>) {
    struct Seen {
        filter: Filter,
        sorting: Sorting,
        rows: RowList,
        layout: RowLayout,
    }
    Effect::new(move |before: Option<Seen>| {
        let now = Seen {
            filter: filter.get(),
            sorting: list_model.sorting().get(),
            rows: list_model.rows.get(),
            layout: scroller.layout.get(),
        };
        let (Some(before), Some(node)) = (before, scroller.node.get_untracked()) else {
            return now;
        };
        let at = scroller.position.get_untracked();
        let top = at.content;
        if before.filter != now.filter || before.sorting != now.sorting {
            if top > 0.0 {
                scroller.scroll_to(&node, 0.0);
            }
        } else if top > 0.0 {
            let wanted = anchored_scroll_top(
                (&before.rows, &before.layout),
                (&now.rows, &now.layout),
                top,
                scroller.view_height.get_untracked() - head_height(&node),
            );
            let wanted = wanted.unwrap_or(top);
            let was_scaled = at.offset() != 0.0 && !scroller.is_scaled();
            if (wanted - top).abs() >= 1.0 || was_scaled {
                scroller.scroll_to(&node, wanted);
            }
        }
        now
    });
}

/// Scrolls to rows and moves focus, on request.
pub fn reveal_wanted(
    handle: ListHandle,
    scroller: Scroller,
    list_model: ListModel,
    focused: RwSignal<Option<String>>,
) {
    let next_frame = NextFrame::default();
    Effect::new(move |_| {
        if handle.take_wants_focus()
            && let Some(node) = scroller.node.get_untracked()
        {
            // A list that is gone cannot take focus.
            node.focus().ok();
        }
    });
    Effect::new(move |_| {
        let Some(WantedRow { id, action }) = handle.take_wanted_row() else {
            return;
        };
        let index = list_model.rows.with_untracked(|rows| index_of(rows, &id));
        let Some(node) = scroller.node.get_untracked() else {
            return;
        };
        let Some(index) = index else {
            if action.takes_focus() {
                // As above.
                node.focus().ok();
            }
            return;
        };
        let view_height = scroller.view_height.get_untracked() - head_height(&node);
        let scroll_top = scroller.position.get_untracked().content;
        let revealing = scroller
            .layout
            .with_untracked(|layout| revealing_scroll_top(layout, index, scroll_top, view_height));
        if let Some(top) = revealing {
            scroller.scroll_to(&node, top);
        }
        if action == RowRequest::Reveal {
            node.scroll_into_view();
        }
        if !action.takes_focus() {
            return;
        }
        // The pinned row is in the DOM after the next run of effects.
        focused.set(Some(id.clone()));
        next_frame.set(move || {
            let toggle = row_node(&node, &id)
                .and_then(|row| row.query_selector(TOGGLE).ok().flatten())
                .and_then(|toggle| toggle.dyn_into::<HtmlElement>().ok());
            if let Some(toggle) = toggle {
                // A row that is gone by now cannot take focus, and need not.
                toggle.focus().ok();
            }
        });
    });
}

fn head_height(node: &HtmlElement) -> f64 {
    let head = node.first_element_child();
    head.map_or(0.0, |head| head.get_bounding_client_rect().height())
}

/// Where the list's head ends, in the window.
pub fn head_bottom(node: &Element) -> f64 {
    let head = node.first_element_child();
    head.map_or(0.0, |head| head.get_bounding_client_rect().bottom())
}

/// Finds the row of an agent. The id may be any text.
fn row_node(node: &HtmlElement, id: &str) -> Option<Element> {
    let rows = node.query_selector_all(ROW).ok()?;
    (0..rows.length())
        .filter_map(|i| rows.get(i)?.dyn_into::<Element>().ok())
        .find(|row| row.get_attribute("data-agent").as_deref() == Some(id))
}
