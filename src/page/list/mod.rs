//! The list: a sorted table with only the rows near the viewport in the DOM.

mod attention;
mod body;
mod context;
mod details;
mod header;
mod row;
mod row_events;
mod rows;
mod scroll;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::Element;

use super::part::Part;
use super::widgets::{Tip, TipText};
use crate::browser::lasting::Lasting;
use crate::browser::resize::on_resize;
use crate::browser::timers::Alarm;
use crate::domain::{Filter, RowLayout, ScrollPosition, row_window};
use crate::host::ElementOptions;
use crate::host::Host;
use crate::state::highlight::Highlight;
use crate::state::list_handle::{ListHandle, RowRequest};
use crate::state::list_model::ListModel;
use attention::Attention;
use body::Body;
use context::RowContext;
pub use context::{BuildDetails, RowActions};
pub use details::load as load_details;
use header::Header;
use rows::RowSources;
use scroll::{Scroller, preserve_scroll, reveal_wanted, scroller_height};

/// The height of a row before it is measured.
const ROW_HEIGHT_PX: f64 = 44.0;
/// The height of details before they are measured.
const DETAILS_HEIGHT_PX: f64 = 190.0;

/// The table "kproxy Agents".
#[component]
pub fn AgentList(
    /// Receives `kp-navigate` when a device's link is clicked.
    host: Host,
    /// The element's attributes.
    options: ReadSignal<ElementOptions>,
    /// Whether the page is read-only.
    read_only: Memo<bool>,
    /// Scrolls to rows, and moves focus into the list.
    handle: ListHandle,
    /// The agents, filtered and sorted.
    list_model: ListModel,
    /// The filter; a change scrolls to the top.
    filter: Memo<Filter>,
    /// The ids of the expanded agents.
    expanded: Memo<Vec<String>>,
    /// What is highlighted.
    highlight: RwSignal<Option<Highlight>>,
    /// The time on the server's clock.
    now: Lasting<ReadSignal<DateTime<Utc>>>,
    /// Whether the first agents are still loading.
    busy: Memo<bool>,
    /// The id of what says how old the data is, if it is old.
    described_by: Signal<Option<String>>,
    /// What a row's buttons do.
    actions: RowActions,
    /// Builds the details.
    details: Part<BuildDetails>,
    /// Shown instead of the rows if there are none.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let ruler = NodeRef::<Div>::new();
    let position = RwSignal::new(ScrollPosition::default());
    let view_height = RwSignal::new(600.0);
    let row_height = RwSignal::new(ROW_HEIGHT_PX);
    let detail_heights = RwSignal::new(HashMap::<String, f64>::new());
    let focused = RwSignal::new(None::<String>);
    let tip = RwSignal::new(None::<TipText>);
    let attention = Attention::new(node, list_model, focused);

    follow_height(node, view_height);
    follow_height(ruler, row_height);
    let layout = layout(list_model, row_height, expanded, detail_heights);
    let window = Memo::new(move |_| {
        list_model.rows.with(|rows| {
            let focused = focused.get();
            layout.with(|layout| {
                let (at, height) = (position.get(), view_height.get());
                row_window(rows, layout, at, height, focused.as_deref())
            })
        })
    });
    let scroller = Scroller {
        node,
        layout,
        position,
        view_height,
        settling: Alarm::default(),
    };
    let body_height = Memo::new(move |_| {
        // Changes with the zoom, and the pixels with it.
        view_height.track();
        scroller_height(layout.with(RowLayout::height))
    });
    preserve_scroll(scroller, list_model, filter);
    reveal_wanted(handle, scroller, list_model, focused);

    let context = RowContext {
        detail_heights,
        with_all_devices: RwSignal::new(HashSet::new()).into(),
        now,
        options: options.into(),
        host,
        details,
    };
    let sources = RowSources {
        window,
        row_height,
        expanded,
        highlight,
        now,
        read_only,
    };
    view! {
        <div class="kp-list-frame" part="list">
            <div
                class="kp-list"
                class:kp-read-only=read_only
                role="table"
                aria-label="kproxy Agents"
                aria-describedby=described_by
                aria-rowcount=move || (list_model.rows.with(|rows| rows.len()) + 1).to_string()
                aria-busy=move || busy.get().then_some("true")
                tabindex="0"
                node_ref=node
                on:scroll:target=move |event| {
                    scroller.on_scroll(&event.target());
                    hide_tip_out_of_sight(tip, &event.target());
                }
                on:focusin=move |event| {
                    attention.on_focusin(&event);
                    // The browser scrolls to where a row is, which is not its own place then.
                    if let Some(id) = focused.get_untracked() && scroller.is_scaled() {
                        handle.request(id, RowRequest::Show);
                    }
                }
                on:focusout=move |event| attention.on_focusout(&event)
                on:pointerenter=move |_| attention.set_pointer(true)
                on:pointerleave=move |_| attention.set_pointer(false)
                on:pointerdown=move |_| attention.on_pointerdown()
            >
                <Header list_model read_only />
                <Body sources context tip actions height=body_height ruler />
            </div>
            {children()}
            <Tip text=tip />
        </div>
    }
}

/// The layout of the rows, with the measured heights of details.
fn layout(
    list_model: ListModel,
    row_height: RwSignal<f64>,
    expanded: Memo<Vec<String>>,
    detail_heights: RwSignal<HashMap<String, f64>>,
) -> Memo<RowLayout> {
    // Changes with the rows, not with each height.
    let expanded_at = Memo::new(move |_| {
        let expanded = expanded.get();
        if expanded.is_empty() {
            return Vec::new();
        }
        list_model.rows.with(|rows| {
            rows.iter()
                .enumerate()
                .filter(|(_, row)| expanded.iter().any(|id| id == row.id()))
                .map(|(index, row)| (index, row.id().to_owned()))
                .collect()
        })
    });
    Memo::new(move |_| {
        let len = list_model.rows.with(|rows| rows.len());
        let heights = detail_heights.read();
        let extras = expanded_at.with(|expanded| {
            expanded
                .iter()
                .map(|(index, id)| {
                    let height = heights.get(id).copied();
                    (*index, height.unwrap_or(DETAILS_HEIGHT_PX))
                })
                .collect::<Vec<_>>()
        });
        RowLayout::new(len, row_height.get(), extras)
    })
}

/// While the list scrolls, only the tip of what has the focus stays, as long as that is in sight:
/// the focus may be what scrolled there.
fn hide_tip_out_of_sight(tip: RwSignal<Option<TipText>>, list: &Element) {
    let stays = tip.with_untracked(|tip| {
        tip.as_ref().is_none_or(|tip| {
            let anchor = tip.anchor().get_bounding_client_rect();
            let top = scroll::head_bottom(list);
            let bottom = list.get_bounding_client_rect().bottom();
            tip.anchor().matches(":focus").unwrap_or(false)
                && anchor.bottom() > top
                && anchor.top() < bottom
        })
    });
    if !stays {
        tip.set(None);
    }
}

fn follow_height(node: NodeRef<Div>, height: RwSignal<f64>) {
    on_resize(node, move |node| {
        let now = node.get_bounding_client_rect().height();
        if now > 0.0 && (height.get_untracked() - now).abs() > 0.01 {
            height.set(now);
        }
    });
}
