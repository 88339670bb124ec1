//! The list: a sorted table of which only the rows near the viewport are in the DOM.

mod header;
mod row;
mod tip;
mod window;

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, ScrollBehavior, ScrollToOptions};

use super::lit::Lit;
use super::shown::Shown;
use crate::browser::observe::on_resize;
use crate::domain::{Filter, Sorting};
use chrono::{DateTime, Utc};
use header::Header;
use row::AgentRow;
use tip::{Tip, TipText};
use window::Window;

/// Before anything is measured.
const ROW_HEIGHT_PX: f64 = 44.0;

/// Asks the list to show a row.
#[derive(Clone, Copy)]
pub struct ListHandle {
    wanted: RwSignal<Option<String>>,
}

impl Default for ListHandle {
    fn default() -> Self {
        Self {
            wanted: RwSignal::new(None),
        }
    }
}

impl ListHandle {
    /// Scrolls to an agent's row and focuses it. Does nothing where the filters hide it.
    pub fn reveal(self, id: String) {
        self.wanted.set(Some(id));
    }
}

/// The table "kproxy Agents".
#[component]
pub fn AgentList(
    /// Asks for rows to be shown.
    handle: ListHandle,
    /// The agents.
    shown: Shown,
    /// What leaves them; another filter begins at the top.
    filter: Memo<Filter>,
    /// What is lit up.
    lit: RwSignal<Option<Lit>>,
    /// The time on the server's clock.
    now: RwSignal<DateTime<Utc>>,
    /// Whether the first agents are still to come.
    busy: Memo<bool>,
    /// What stands in the place of the rows where there are none.
    children: Children,
) -> impl IntoView {
    let scroller = NodeRef::<Div>::new();
    let ruler = NodeRef::<Div>::new();
    let scroll_top = RwSignal::new(0.0);
    let view_height = RwSignal::new(600.0);
    let row_height = RwSignal::new(ROW_HEIGHT_PX);
    let focused = RwSignal::new(None::<String>);
    let tip = RwSignal::new(None::<TipText>);

    follow_height(scroller, view_height);
    follow_height(ruler, row_height);
    let window = Memo::new(move |_| {
        shown.rows.with(|rows| {
            let focused = focused.get();
            Window::of(
                rows,
                scroll_top.get(),
                view_height.get(),
                row_height.get(),
                focused.as_deref(),
            )
        })
    });
    keep_place(scroller, shown, filter, scroll_top, row_height);
    reveal_wanted(handle, scroller, shown, row_height, view_height, focused);

    let body_height = move || {
        format!(
            "{}px",
            shown.rows.with(|rows| rows.len()) as f64 * row_height.get()
        )
    };
    view! {
        <div class="kp-list-frame" part="list">
            <div
                class="kp-list"
                role="table"
                aria-label="kproxy Agents"
                aria-rowcount=move || (shown.rows.with(|rows| rows.len()) + 1).to_string()
                aria-busy=move || busy.get().then_some("true")
                tabindex="0"
                node_ref=scroller
                on:scroll:target=move |event| {
                    scroll_top.set(f64::from(event.target().scroll_top()));
                    tip.set(None);
                }
                on:focusin=move |event| {
                    focused.set(row_id(&event));
                    shown.list_in_use.set(true);
                }
                on:focusout=move |_| {
                    focused.set(None);
                    shown.list_in_use.set(false);
                }
                on:pointerenter=move |_| shown.list_in_use.set(true)
                on:pointerleave=move |_| shown.list_in_use.set(focused.with_untracked(Option::is_some))
            >
                <Header sorting=shown.sorting />
                <div class="kp-body" role="rowgroup" style:height=body_height>
                    <div class="kp-ruler" node_ref=ruler></div>
                    <For
                        each=move || window.with(|window| window.rows.clone())
                        key=|(_, row)| row.id().to_owned()
                        let:((index, row))
                    >
                        <AgentRow window index row row_height lit now tip />
                    </For>
                </div>
            </div>
            {children()}
            <Tip text=tip />
        </div>
    }
}

/// The agent whose row an event happened in.
fn row_id(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target
        .closest("[data-agent]")
        .ok()??
        .get_attribute("data-agent")
}

fn follow_height(node: NodeRef<Div>, height: RwSignal<f64>) {
    on_resize(node, move |node| {
        let now = node.get_bounding_client_rect().height();
        if now > 0.0 && (height.get_untracked() - now).abs() > 0.01 {
            height.set(now);
        }
    });
}

/// A refresh keeps the topmost row where it is; another filter or order begins at the top.
fn keep_place(
    scroller: NodeRef<Div>,
    shown: Shown,
    filter: Memo<Filter>,
    scroll_top: RwSignal<f64>,
    row_height: RwSignal<f64>,
) {
    type Seen = (Filter, Sorting, super::shown::Rows);
    Effect::new(move |before: Option<Seen>| {
        let now: Seen = (filter.get(), shown.sorting.get(), shown.rows.get());
        let (Some(before), Some(node)) = (before, scroller.get_untracked()) else {
            return now;
        };
        let top = scroll_top.get_untracked();
        if before.0 != now.0 || before.1 != now.1 {
            node.set_scroll_top(0);
        } else if top > 0.0 {
            let height = row_height.get_untracked();
            let first = (top / height) as usize;
            let still_at = before
                .2
                .get(first)
                .and_then(|row| now.2.iter().position(|other| other.id() == row.id()));
            if let Some(index) = still_at.filter(|&index| index != first) {
                let shift = (index as f64 - first as f64) * height;
                node.set_scroll_top((top + shift) as i32);
            }
        }
        now
    });
}

fn reveal_wanted(
    handle: ListHandle,
    scroller: NodeRef<Div>,
    shown: Shown,
    row_height: RwSignal<f64>,
    view_height: RwSignal<f64>,
    focused: RwSignal<Option<String>>,
) {
    Effect::new(move |_| {
        let Some(id) = handle.wanted.get() else {
            return;
        };
        let index = shown
            .rows
            .with_untracked(|rows| rows.iter().position(|row| row.id() == id));
        let (Some(index), Some(node)) = (index, scroller.get_untracked()) else {
            return;
        };
        let middle = (view_height.get_untracked() - row_height.get_untracked()) / 2.0;
        let top = (index as f64 * row_height.get_untracked() - middle).max(0.0);
        let options = ScrollToOptions::new();
        options.set_top(top);
        options.set_behavior(ScrollBehavior::Instant);
        node.scroll_to_with_scroll_to_options(&options);
        node.scroll_into_view();
        // The pinned row is in the DOM after the next turn of effects.
        focused.set(Some(id.clone()));
        request_animation_frame(move || {
            let selector = format!("[data-index='{index}'] time");
            let time = node.query_selector(&selector).ok().flatten();
            if let Some(time) = time.and_then(|time| time.dyn_into::<HtmlElement>().ok()) {
                // A row that has gone meanwhile cannot take focus; nothing is lost by that.
                let _ = time.focus();
            }
            handle.wanted.set(None);
        });
    });
}
