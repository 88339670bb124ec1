//! Where the list is scrolled to: rows in view stay where they are, and a row can be asked for.

use std::collections::HashMap;

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollBehavior, ScrollToOptions};

use super::row::index_of;
use crate::browser::timers::NextFrame;
use crate::domain::{Filter, RowLayout, Sorting};
use crate::state::list_model::{Rows, Shown};

/// If the topmost row is gone, one of so many below it keeps its place instead.
const ANCHORS: usize = 30;

/// The scrolling part of the list. Heights in CSS pixels.
#[derive(Clone, Copy)]
pub struct Scroller {
    /// It.
    pub node: NodeRef<Div>,
    /// Where its rows lie.
    pub layout: Memo<RowLayout>,
    /// How far it is scrolled down.
    pub scroll_top: RwSignal<f64>,
    /// How high it is.
    pub view_height: RwSignal<f64>,
}

impl Scroller {
    fn scroll_to(self, node: &HtmlElement, top: f64) {
        let options = ScrollToOptions::new();
        options.set_top(top);
        options.set_behavior(ScrollBehavior::Instant);
        node.scroll_to_with_scroll_to_options(&options);
        // What follows must not wait for the event.
        self.scroll_top.set(f64::from(node.scroll_top()));
    }
}

/// Asks the list to show a row.
#[derive(Clone, Copy)]
pub struct ListHandle {
    wanted: RwSignal<Option<Wanted>>,
    list_wanted: RwSignal<bool>,
}

#[derive(Clone)]
struct Wanted {
    id: String,
    /// Whether the host's page is to scroll to the list, too.
    from_elsewhere: bool,
    takes_focus: bool,
}

impl Default for ListHandle {
    fn default() -> Self {
        Self {
            wanted: RwSignal::new(None),
            list_wanted: RwSignal::new(false),
        }
    }
}

impl ListHandle {
    /// Brings the list and an agent's row into view and focuses it; the list as a whole where the
    /// row is not in it.
    pub fn reveal(self, id: String) {
        self.want(id, true, true);
    }

    /// Scrolls the list to an agent's row and focuses it; the list as a whole where the row is not
    /// in it.
    pub fn focus(self, id: String) {
        self.want(id, false, true);
    }

    /// Scrolls the list to an agent's row.
    pub fn show(self, id: String) {
        self.want(id, false, false);
    }

    /// Focuses the list as a whole.
    pub fn focus_list(self) {
        self.list_wanted.set(true);
    }

    fn want(self, id: String, from_elsewhere: bool, takes_focus: bool) {
        self.wanted.set(Some(Wanted {
            id,
            from_elsewhere,
            takes_focus,
        }));
    }
}

/// Whatever changes above them, rows in view stay where they are; another filter or order begins
/// at the top.
pub fn keep_place(scroller: Scroller, shown: Shown, filter: Memo<Filter>) {
    struct Seen {
        filter: Filter,
        sorting: Sorting,
        rows: Rows,
        layout: RowLayout,
    }
    Effect::new(move |before: Option<Seen>| {
        let now = Seen {
            filter: filter.get(),
            sorting: shown.sorting.get(),
            rows: shown.rows.get(),
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
            let first = before.layout.index_at(top);
            if let Some((was, is)) = anchor(&before.rows, &now.rows, first) {
                // A row that is cut off at the top stays cut off, but never hides wholly.
                let offset =
                    (top - before.layout.top(was)).min(now.layout.top(is + 1) - now.layout.top(is));
                let wanted = now.layout.top(is) + offset;
                if (wanted - top).abs() >= 1.0 {
                    scroller.scroll_to(&node, wanted);
                }
            }
        }
        now
    });
}

/// The first row from `first` on that is still there: its index before and now.
fn anchor(before: &Rows, now: &Rows, first: usize) -> Option<(usize, usize)> {
    let top = before.get(first)?;
    if now.get(first).is_some_and(|row| row.id() == top.id()) {
        return Some((first, first));
    }
    let candidates: HashMap<&str, usize> = before
        .iter()
        .enumerate()
        .skip(first)
        .take(ANCHORS)
        .map(|(index, row)| (row.id(), index))
        .collect();
    now.iter()
        .enumerate()
        .filter_map(|(index, row)| Some((*candidates.get(row.id())?, index)))
        .min()
}

/// Brings rows into view as they are asked for.
pub fn reveal_wanted(
    handle: ListHandle,
    scroller: Scroller,
    shown: Shown,
    focused: RwSignal<Option<String>>,
) {
    let next_frame = NextFrame::default();
    Effect::new(move |_| {
        if handle.list_wanted.get()
            && let Some(node) = scroller.node.get_untracked()
        {
            handle.list_wanted.set(false);
            // A list that is gone cannot take focus.
            let _ = node.focus();
        }
    });
    Effect::new(move |_| {
        let Some(wanted) = handle.wanted.get() else {
            return;
        };
        handle.wanted.set(None);
        let index = shown.rows.with_untracked(|rows| index_of(rows, &wanted.id));
        let Some(node) = scroller.node.get_untracked() else {
            return;
        };
        let Some(index) = index else {
            if wanted.takes_focus {
                // As above.
                let _ = node.focus();
            }
            return;
        };
        let (top, bottom) = scroller
            .layout
            .with_untracked(|layout| (layout.top(index), layout.top(index + 1)));
        let scroll_top = scroller.scroll_top.get_untracked();
        let view_height = scroller.view_height.get_untracked();
        let head = head_height(&node);
        if top < scroll_top || bottom > scroll_top + view_height - head {
            let middle = ((view_height - head - (bottom - top)) / 2.0).max(0.0);
            scroller.scroll_to(&node, (top - middle).max(0.0));
        }
        if wanted.from_elsewhere {
            node.scroll_into_view();
        }
        if !wanted.takes_focus {
            return;
        }
        // Pinned, the row is in the DOM after the next turn of effects.
        focused.set(Some(wanted.id.clone()));
        next_frame.set(move || {
            let toggle = row_node(&node, &wanted.id)
                .and_then(|row| row.query_selector(".kp-toggle").ok().flatten())
                .and_then(|toggle| toggle.dyn_into::<HtmlElement>().ok());
            if let Some(toggle) = toggle {
                // A row that has gone meanwhile cannot take focus; nothing is lost by that.
                let _ = toggle.focus();
            }
        });
    });
}

fn head_height(node: &HtmlElement) -> f64 {
    let head = node.first_element_child();
    head.map_or(0.0, |head| head.get_bounding_client_rect().height())
}

/// The row of an agent, whose id may be any text.
fn row_node(node: &HtmlElement, id: &str) -> Option<Element> {
    let rows = node.query_selector_all("[data-agent]").ok()?;
    (0..rows.length())
        .filter_map(|i| rows.get(i)?.dyn_into::<Element>().ok())
        .find(|row| row.get_attribute("data-agent").as_deref() == Some(id))
}
