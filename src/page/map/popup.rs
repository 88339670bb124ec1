//! The popup with the agents at a marker: open while pointer or focus is on it, or once activated.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlDivElement, HtmlElement};

use super::markers::marker_key;
use crate::browser::events;
use crate::browser::intl;
use crate::browser::timers::Alarm;
use crate::domain::popover_position::{Align, PositionOptions, Side};
use crate::domain::{MarkerGroups, PopupContent, Row, relative_time};
use crate::page::status_badge::StatusBadge;
use crate::page::widgets::{PopoverOptions, Width, show_beside};
use crate::state::highlight::Highlight;

/// How long the pointer may take from the marker to the popup.
const GRACE_MS: u32 = 250;

const POPOVER: PopoverOptions = PopoverOptions {
    position: PositionOptions {
        side: Side::Above,
        align: Align::Center,
        gap: 6.0,
        max_height: 304.0,
    },
    width: Width::OfContent,
    scroller: None,
};

/// The popup of one marker at a time.
#[component]
pub fn Popup(
    /// The map's element.
    map: NodeRef<Div>,
    /// The map's markers.
    #[prop(into)]
    groups: Signal<MarkerGroups>,
    /// The key of the marker whose popup is open.
    open: RwSignal<Option<String>>,
    /// What is highlighted.
    highlight: RwSignal<Option<Highlight>>,
    /// The time on the server's clock.
    now: Signal<DateTime<Utc>>,
    /// Called with the id of an agent that the user chooses.
    on_agent: Callback<String>,
) -> impl IntoView {
    let popup = NodeRef::<Div>::new();
    let attention = Attention {
        map,
        popup,
        groups,
        open,
        highlight,
        closing: Alarm::default(),
    };
    attention.follow();
    attention.close_on_escape();

    let content = Memo::new(move |_| {
        open.with(|key| {
            groups.with(|groups| {
                let group = groups.get(key.as_ref()?)?;
                Some(PopupContent::of(&group))
            })
        })
    });
    let anchor = move || {
        // Another marker may have the same content.
        open.track();
        content
            .with(Option::is_some)
            .then(|| attention.open_marker())?
            .map(Element::from)
    };
    show_beside(popup, anchor, POPOVER);

    view! {
        <div
            class="kp-popup"
            popover="manual"
            role="group"
            aria-label=move || content.get().map(|content| content.name)
            node_ref=popup
            on:pointerenter=move |_| attention.closing.clear()
            on:pointerleave=move |_| attention.close_soon()
            on:focusin=move |_| attention.closing.clear()
            on:focusout=move |_| attention.close_soon()
        >
            {move || content.get().map(|content| {
                let go = move |id: String| {
                    open.set(None);
                    on_agent.run(id);
                };
                match content.only_row() {
                    Some(row) => view! { <AgentCard row=row.clone() now on_agent=Callback::new(go) /> }.into_any(),
                    None => view! { <AgentListCard content now on_agent=Callback::new(go) /> }.into_any(),
                }
            })}
        </div>
    }
}

/// Opens a popup when pointer or focus reaches its marker, and closes it once they have left both.
#[derive(Clone, Copy)]
struct Attention {
    map: NodeRef<Div>,
    popup: NodeRef<Div>,
    groups: Signal<MarkerGroups>,
    open: RwSignal<Option<String>>,
    highlight: RwSignal<Option<Highlight>>,
    closing: Alarm,
}

impl Attention {
    /// Follows pointer and focus on the map.
    fn follow(self) {
        Effect::new(move |_| {
            let Some(map) = self.map.get() else { return };
            for event in ["pointerover", "focusin"] {
                events::listen(&map, event, move |event| {
                    if let Some(key) = marker_key(&event) {
                        self.show(key);
                    }
                });
            }
            for event in ["pointerout", "focusout"] {
                events::listen(&map, event, move |event| {
                    if marker_key(&event).is_some() {
                        self.close_soon();
                    }
                });
            }
        });
    }

    /// Closes on Esc; focus in the popup goes back to its marker.
    fn close_on_escape(self) {
        events::on_escape(move || {
            if self.open.with_untracked(Option::is_none) {
                return;
            }
            let has_focus = |popup: HtmlDivElement| is_at(&popup, ":focus-within");
            if self.popup.get_untracked().is_some_and(has_focus)
                && let Some(marker) = self.open_marker()
            {
                // A marker that is gone cannot take focus.
                marker.focus().ok();
            }
            self.open.set(None);
        });
    }

    fn show(self, key: String) {
        self.closing.clear();
        self.highlight.set(self.groups.with_untracked(|groups| {
            let group = groups.get(&key)?;
            Some(Highlight::Locations(group.coordinates().collect()))
        }));
        self.open.set(Some(key));
    }

    fn close_soon(self) {
        self.closing.set(GRACE_MS, move || {
            if !self.is_in_use() {
                self.close();
            }
        });
    }

    /// Closes the popup and removes its highlight, which stayed while the pointer may have been on its
    /// way from the marker to the popup.
    fn close(self) {
        if self.open.try_with_untracked(Option::is_some) == Some(true) {
            self.open.set(None);
        }
        let is_lit_here =
            |highlight: &Option<Highlight>| matches!(highlight, Some(Highlight::Locations(_)));
        if self.highlight.try_with_untracked(is_lit_here) == Some(true) {
            self.highlight.set(None);
        }
    }

    fn open_marker(self) -> Option<HtmlElement> {
        let map = self.map.get_untracked()?;
        let key = self.open.get_untracked()?;
        marker_of(map.as_ref(), &key)
    }

    fn is_in_use(self) -> bool {
        let popup = self.popup.get_untracked();
        popup.is_some_and(|popup| is_at(&popup, ":focus-within, :hover"))
            || self
                .open_marker()
                .is_some_and(|marker| is_at(&marker, ":focus-visible, :hover"))
    }
}

/// The facts about the only agent at a marker.
#[component]
fn AgentCard(
    /// The agent.
    row: Arc<Row>,
    /// The time on the server's clock.
    now: Signal<DateTime<Utc>>,
    /// Called with the agent's id when the user chooses it.
    on_agent: Callback<String>,
) -> impl IntoView {
    let id = row.id().to_owned();
    let last_seen = row.agent.last_seen;
    let status = row.status;
    view! {
        <button type="button" class="kp-popup-name" on:click=move |_| on_agent.run(id.clone())>
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
            <dd>{move || relative_time(last_seen, now.get())}</dd>
        </dl>
    }
}

/// Several agents at a marker: the number with each status, and a line for each agent.
#[component]
fn AgentListCard(
    /// The agents.
    content: PopupContent,
    /// The time on the server's clock.
    now: Signal<DateTime<Utc>>,
    /// Called with the id of an agent that the user chooses.
    on_agent: Callback<String>,
) -> impl IntoView {
    let counts = content.counts.iter().map(|&(status, count)| {
        view! { <li><StatusBadge status=Signal::stored(status) />" "{intl::count(count)}</li> }
    });
    let agents = content.rows.iter().map(|row| {
        let (id, last_seen) = (row.id().to_owned(), row.agent.last_seen);
        view! {
            <li>
                <button type="button" class="kp-popup-agent" on:click=move |_| on_agent.run(id.clone())>
                    <StatusBadge status=Signal::stored(row.status) />
                    <span class="kp-popup-agent-name">{row.agent.display_name().to_owned()}</span>
                    <span class="kp-muted">{row.agent.ip_address.clone()}</span>
                    <span class="kp-muted">{move || relative_time(last_seen, now.get())}</span>
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

/// Whether an element matches a selector for pointer or focus.
fn is_at(element: &Element, selector: &str) -> bool {
    element.matches(selector).unwrap_or(false)
}

fn marker_of(map: &HtmlElement, key: &str) -> Option<HtmlElement> {
    // Keys are numbers and commas, which need no escaping.
    map.query_selector(&format!("[data-marker=\"{key}\"]"))
        .ok()??
        .dyn_into()
        .ok()
}
