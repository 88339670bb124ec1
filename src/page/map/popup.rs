//! Who stands at a marker: shown while pointer or focus is on it, or once it is activated.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlDivElement, HtmlElement};

use super::marker_key;
use crate::browser::events;
use crate::browser::intl;
use crate::browser::resize::on_resize;
use crate::browser::timers::Alarm;
use crate::domain::{Groups, Row, Status, age_words};
use crate::page::icons::StatusBadge;
use crate::state::highlight::Lit;

/// Beyond these the popup says how many more there are; zoom or filter shows them.
const MOST_AGENTS: usize = 50;
/// How long the pointer may take from marker to popup.
const GRACE_MS: u32 = 250;
const GAP_PX: f64 = 6.0;

/// What the popup shows of a group.
#[derive(Clone)]
struct Content {
    name: String,
    rows: Vec<Arc<Row>>,
    more: usize,
    counts: Vec<(Status, usize)>,
}

impl Content {
    fn of(groups: &Groups, key: &str) -> Option<Self> {
        let group = groups.get(key)?;
        let rows = group.worst_rows(MOST_AGENTS);
        let counts = Status::WORST_FIRST.map(|status| (status, group.counts.of(status)));
        Some(Self {
            name: group.name(),
            more: group.counts.total() - rows.len(),
            rows,
            counts: counts.into_iter().filter(|(_, count)| *count > 0).collect(),
        })
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.counts == other.counts
            && self.rows.len() == other.rows.len()
            && self
                .rows
                .iter()
                .zip(&other.rows)
                .all(|(a, b)| Arc::ptr_eq(a, b))
    }
}

/// The popup of one marker at a time, in the top layer so that the map does not clip it.
#[component]
pub fn Popup(
    /// The map.
    node: NodeRef<Div>,
    /// The map's markers.
    groups: RwSignal<Groups>,
    /// The key of the marker whose popup is open.
    open: RwSignal<Option<String>>,
    /// What is lit up.
    lit: RwSignal<Option<Lit>>,
    /// The time on the server's clock.
    now: ReadSignal<DateTime<Utc>>,
    /// Called with the id of an agent that was activated.
    on_agent: Callback<String>,
) -> impl IntoView {
    let popup = NodeRef::<Div>::new();
    let closing = Alarm::default();
    let open_marker = move || {
        let map = node.get_untracked()?;
        open.with_untracked(|key| marker_of(map.as_ref(), key.as_ref()?))
    };
    let is_in_use = move || {
        let popup = popup.get_untracked();
        popup.is_some_and(|popup| is_at(&popup, ":focus-within, :hover"))
            || open_marker().is_some_and(|marker| is_at(&marker, ":focus-visible, :hover"))
    };
    let close_soon = move || {
        closing.set(GRACE_MS, move || {
            if !is_in_use() {
                close(open, lit);
            }
        });
    };
    let show = move |key: String| {
        closing.clear();
        lit.set(groups.with_untracked(|groups| {
            groups
                .get(&key)
                .map(|group| Lit::Places(group.places().collect()))
        }));
        open.set(Some(key));
    };
    Effect::new(move |_| {
        let Some(map) = node.get() else { return };
        for event in ["pointerover", "focusin"] {
            events::listen(&map, event, move |event| {
                if let Some(key) = marker_key(&event) {
                    show(key);
                }
            });
        }
        for event in ["pointerout", "focusout"] {
            events::listen(&map, event, move |event| {
                if marker_key(&event).is_some() {
                    close_soon();
                }
            });
        }
    });

    events::on_escape(move || {
        if open.with_untracked(Option::is_none) {
            return;
        }
        let has_focus = |popup: HtmlDivElement| is_at(&popup, ":focus-within");
        if popup.get_untracked().is_some_and(has_focus)
            && let Some(marker) = open_marker()
        {
            // A marker that is gone cannot take focus.
            let _ = marker.focus();
        }
        open.set(None);
    });

    let content = Memo::new(move |_| {
        open.with(|key| groups.with(|groups| Content::of(groups, key.as_ref()?)))
    });
    let place = move || {
        if let (Some(popup), Some(marker)) = (popup.get_untracked(), open_marker()) {
            place_beside(&popup, &marker);
        }
    };
    // Content that comes after the popup was placed would make it grow over its marker.
    on_resize(popup, move |_| place());
    Effect::new(move |_| {
        let Some(popup) = popup.get() else { return };
        open.track();
        if content.with(Option::is_some) && open_marker().is_some() {
            // It may be shown already.
            let _ = popup.show_popover();
            place();
        } else {
            let _ = popup.hide_popover();
        }
    });

    view! {
        <div
            class="kp-popup"
            popover="manual"
            role="group"
            aria-label=move || content.get().map(|content| content.name)
            node_ref=popup
            on:pointerenter=move |_| closing.clear()
            on:pointerleave=move |_| close_soon()
            on:focusin=move |_| closing.clear()
            on:focusout=move |_| close_soon()
        >
            {move || content.get().map(|content| {
                let go = move |id: String| {
                    open.set(None);
                    on_agent.run(id);
                };
                match content.rows.as_slice() {
                    [row] if content.more == 0 => view! { <One row=row.clone() now on_go=Callback::new(go) /> }.into_any(),
                    _ => view! { <Many content now on_go=Callback::new(go) /> }.into_any(),
                }
            })}
        </div>
    }
}

#[component]
fn One(row: Arc<Row>, now: ReadSignal<DateTime<Utc>>, on_go: Callback<String>) -> impl IntoView {
    let id = row.id().to_owned();
    let last_seen = row.agent.last_seen;
    let status = row.status;
    view! {
        <button type="button" class="kp-popup-name" on:click=move |_| on_go.run(id.clone())>
            {row.agent.display_name().to_owned()}
        </button>
        <StatusBadge status=Signal::stored(status) />
        <dl class="kp-facts">
            <dt>"Site"</dt>
            <dd>{row.site_title().to_owned()}</dd>
            <dt>"IP Address"</dt>
            <dd>{row.agent.ip_address.clone()}</dd>
            <dt>"Private IP"</dt>
            <dd>{row.agent.display_private_ip().to_owned()}</dd>
            <dt>"Version"</dt>
            <dd>{row.agent.version.clone()}</dd>
            <dt>"Last seen"</dt>
            <dd>{move || age_words(last_seen, now.get())}</dd>
        </dl>
    }
}

#[component]
fn Many(
    content: Content,
    now: ReadSignal<DateTime<Utc>>,
    on_go: Callback<String>,
) -> impl IntoView {
    let counts = content.counts.iter().map(|&(status, count)| {
        view! { <li><StatusBadge status=Signal::stored(status) />" "{intl::count(count)}</li> }
    });
    let agents = content.rows.iter().map(|row| {
        let (id, last_seen) = (row.id().to_owned(), row.agent.last_seen);
        view! {
            <li>
                <button type="button" class="kp-popup-agent" on:click=move |_| on_go.run(id.clone())>
                    <StatusBadge status=Signal::stored(row.status) />
                    <span class="kp-popup-agent-name">{row.agent.display_name().to_owned()}</span>
                    <span class="kp-muted">{row.agent.ip_address.clone()}</span>
                    <span class="kp-muted">{move || age_words(last_seen, now.get())}</span>
                </button>
            </li>
        }
    });
    view! {
        <p class="kp-popup-title">{content.name.clone()}</p>
        <ul class="kp-popup-counts">{counts.collect_view()}</ul>
        <ul class="kp-popup-agents">{agents.collect_view()}</ul>
        {(content.more > 0).then(|| view! {
            <p class="kp-muted">{format!("and {} more", intl::count(content.more))}</p>
        })}
    }
}

/// Closes the popup. What is lit stayed so until now: the pointer may have been on its way from the
/// marker to the popup.
fn close(open: RwSignal<Option<String>>, lit: RwSignal<Option<Lit>>) {
    if open.try_with_untracked(Option::is_some) == Some(true) {
        open.set(None);
    }
    if lit.try_with_untracked(|lit| matches!(lit, Some(Lit::Places(_)))) == Some(true) {
        lit.set(None);
    }
}

/// Whether pointer or focus is at an element, as this selector says.
fn is_at(element: &Element, selector: &str) -> bool {
    element.matches(selector).unwrap_or(false)
}

fn marker_of(map: &HtmlElement, key: &str) -> Option<HtmlElement> {
    // Keys are numbers and commas.
    map.query_selector(&format!("[data-marker=\"{key}\"]"))
        .ok()??
        .dyn_into()
        .ok()
}

/// Above the marker, or below where there is no room; within the window.
fn place_beside(popup: &HtmlElement, marker: &Element) {
    let (at, size) = (
        marker.get_bounding_client_rect(),
        popup.get_bounding_client_rect(),
    );
    let window_width = popup
        .owner_document()
        .and_then(|document| document.document_element());
    let window_width = window_width.map_or(0.0, |root| f64::from(root.client_width()));
    let left = at.left() + at.width() / 2.0 - size.width() / 2.0;
    let left = left.min(window_width - size.width() - GAP_PX).max(GAP_PX);
    let above = at.top() - size.height() - GAP_PX;
    let top = if above >= GAP_PX {
        above
    } else {
        at.bottom() + GAP_PX
    };
    let style = popup.style();
    for (property, value) in [("left", left), ("top", top)] {
        // Setting a known property does not fail.
        let _ = style.set_property(property, &format!("{value}px"));
    }
}
