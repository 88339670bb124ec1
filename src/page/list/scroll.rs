//! Scrolls the list: keeps rows in view in place, and reveals rows on request.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollBehavior, ScrollToOptions};

use crate::browser::timers::NextFrame;
use crate::domain::{
    Filter, RowLayout, Sorting, anchored_scroll_top, index_of, revealing_scroll_top,
};
use crate::state::list_handle::{ListHandle, RowRequest, WantedRow};
use crate::state::list_model::{ListModel, RowList};

/// The scrolling part of the list. Lengths are in CSS pixels.
#[derive(Clone, Copy)]
pub struct Scroller {
    /// The scroller's element.
    pub node: NodeRef<Div>,
    /// The layout of its rows.
    pub layout: Memo<RowLayout>,
    /// Its scroll position.
    pub scroll_top: RwSignal<f64>,
    /// Its height.
    pub view_height: RwSignal<f64>,
}

impl Scroller {
    fn scroll_to(self, node: &HtmlElement, top: f64) {
        let options = ScrollToOptions::new();
        options.set_top(top);
        options.set_behavior(ScrollBehavior::Instant);
        node.scroll_to_with_scroll_to_options(&options);
        // Effects need the new position before the scroll event.
        self.scroll_top.set(f64::from(node.scroll_top()));
    }
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
        let top = scroller.scroll_top.get_untracked();
        if before.filter != now.filter || before.sorting != now.sorting {
            if top > 0.0 {
                scroller.scroll_to(&node, 0.0);
            }
        } else if top > 0.0 {
            let wanted = anchored_scroll_top(
                (&before.rows, &before.layout),
                (&now.rows, &now.layout),
                top,
            );
            if let Some(wanted) = wanted.filter(|wanted| (wanted - top).abs() >= 1.0) {
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
        let scroll_top = scroller.scroll_top.get_untracked();
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
                .and_then(|row| row.query_selector(".kp-toggle").ok().flatten())
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

/// Finds the row of an agent. The id may be any text.
fn row_node(node: &HtmlElement, id: &str) -> Option<Element> {
    let rows = node.query_selector_all("[data-agent]").ok()?;
    (0..rows.length())
        .filter_map(|i| rows.get(i)?.dyn_into::<Element>().ok())
        .find(|row| row.get_attribute("data-agent").as_deref() == Some(id))
}
