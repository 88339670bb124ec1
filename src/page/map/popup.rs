//! The popup with the agents at a marker: open while pointer or focus is on it, or once activated.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

use super::markers::marker_key;
use crate::browser::events;
use crate::browser::intersection::on_out_of_sight;
use crate::browser::intl;
use crate::browser::lasting::Lasting;
use crate::browser::timers::{Alarm, NextFrame};
use crate::domain::popover_position::{Align, PositionOptions, Side};
use crate::domain::{MarkerGroups, PopupContent, Row, Status, relative_time};
use crate::page::status_badge::StatusBadge;
use crate::page::widgets::{PopoverOptions, Width, keep_children, show_beside};
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
    /// Which marker's popup is open.
    attention: Attention,
    /// The time on the server's clock.
    now: Lasting<ReadSignal<DateTime<Utc>>>,
    /// Called with the id of an agent that the user chooses.
    on_agent: Callback<String>,
) -> impl IntoView {
    let Attention {
        popup,
        open,
        groups,
        ..
    } = attention;
    attention.follow();
    attention.close_on_escape();

    let content = Lasting::from(Memo::new(move |_| {
        open.with(|key| {
            groups.with(|groups| {
                let group = groups.get(key.as_ref()?)?;
                Some(PopupContent::of(&group, intl::count))
            })
        })
    }));
    let anchor = move || {
        // Another marker may have the same content.
        open.track();
        content
            .with(Option::is_some)
            .then(|| attention.open_marker())?
            .map(Element::from)
    };
    show_beside(popup, anchor, POPOVER);
    attention.close_out_of_sight();

    let go = Callback::new(move |id: String| {
        open.set(None);
        on_agent.run(id);
    });
    let next_frame = NextFrame::default();
    let shown = Memo::new(move |_| content.with(|content| content.as_ref().map(Shown::of)));
    view! {
        <div
            class="kp-popup"
            popover="manual"
            role="group"
            tabindex="-1"
            aria-label=move || content.get().map(|content| content.name)
            node_ref=popup
            on:pointerenter=move |_| attention.closing.clear()
            on:pointerleave=move |_| attention.close_soon()
            on:focusin=move |_| attention.closing.clear()
            on:focusout=move |_| attention.close_soon()
        >
            {move || {
                let shown = shown.get()?;
                let focused = attention.focused_agent();
                let card = match shown {
                    Shown::Agent(_) => view! { <AgentCard content now on_agent=go /> }.into_any(),
                    Shown::Agents => view! { <AgentListCard content now on_agent=go /> }.into_any(),
                };
                if let Some(agent) = focused {
                    // When all of the card is there.
                    next_frame.set(move || attention.focus_agent(&agent));
                }
                Some(card)
            }}
        </div>
    }
}

/// What the popup shows; as long as that stays, its nodes do.
#[derive(Clone, PartialEq)]
enum Shown {
    /// All about one agent, by its id.
    Agent(String),
    /// A list of agents.
    Agents,
}

impl Shown {
    fn of(content: &PopupContent) -> Self {
        match content.only_row() {
            Some(row) => Self::Agent(row.id().to_owned()),
            None => Self::Agents,
        }
    }
}

/// Opens a popup when pointer or focus reaches its marker, and closes it once they have left both.
#[derive(Clone, Copy)]
pub struct Attention {
    /// The map's markers.
    pub groups: RwSignal<MarkerGroups>,
    map: NodeRef<Div>,
    popup: NodeRef<Div>,
    /// The key of the marker whose popup is open.
    open: RwSignal<Option<String>>,
    highlight: RwSignal<Option<Highlight>>,
    closing: Alarm,
}

impl Attention {
    /// Without markers; no popup is open. Belongs to the current owner.
    pub fn new(map: NodeRef<Div>, highlight: RwSignal<Option<Highlight>>) -> Self {
        Self {
            groups: RwSignal::default(),
            map,
            popup: NodeRef::new(),
            open: RwSignal::new(None),
            highlight,
            closing: Alarm::default(),
        }
    }

    /// The agents are gathered otherwise. The popup of a marker that is gone becomes that of the marker
    /// which stands for it now.
    pub fn regroup(self, groups: MarkerGroups) {
        let open = self.open.get_untracked();
        let heir = open.as_ref().and_then(|key| {
            if groups.get(key).is_some() {
                return Some(key.clone());
            }
            self.groups.with_untracked(|before| {
                let heir = groups.heir(&before.get(key)?)?;
                Some(heir.key.to_owned())
            })
        });
        if open.is_some() && heir.is_none() {
            self.hand_on_focus();
        }
        self.groups.set(groups);
        if heir != open {
            self.open.set(heir);
        }
    }

    /// Follows pointer and focus on the map.
    fn follow(self) {
        Effect::new(move |_| {
            let Some(map) = self.map.get() else { return };
            for event in ["pointerover", "focusin"] {
                events::listen(&map, event, move |event| {
                    // A marker that took the focus by a press, or from another one after that, is not
                    // what the user looks at.
                    let is_seen = |marker: &Element| {
                        event.type_() != "focusin" || is_at(marker, ":focus-visible")
                    };
                    if let Some(key) = marker_key(&event)
                        && self.marker(&key).is_some_and(|marker| is_seen(&marker))
                    {
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
            if self.open.with_untracked(Option::is_some) {
                self.hand_on_focus();
                self.open.set(None);
            }
        });
    }

    /// Closes when the marker is scrolled out of sight, unless the focus is in the popup.
    fn close_out_of_sight(self) {
        Effect::new(move |_| {
            self.open.track();
            if let Some(marker) = self.open_marker() {
                on_out_of_sight(&marker, move || {
                    if !self.has_focus() {
                        self.close();
                    }
                });
            }
        });
    }

    /// Closes, as the map begins to move.
    pub fn close_for_move(self) {
        if self.open.try_with_untracked(Option::is_some) == Some(true) {
            self.hand_on_focus();
            self.open.set(None);
        }
    }

    /// Opens a marker's popup.
    pub fn open(self, key: String) {
        self.open.set(Some(key));
    }

    fn show(self, key: String) {
        self.closing.clear();
        self.highlight.set(self.groups.with_untracked(|groups| {
            let group = groups.get(&key)?;
            Some(Highlight::Locations(group.coordinates().collect()))
        }));
        if let Some(popup) = self.popup.get_untracked()
            && self.open.with_untracked(|open| open.as_ref() != Some(&key))
        {
            popup.set_scroll_top(0);
        }
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

    /// Focus in the popup, which is about to close, goes to its marker, or else to the map.
    fn hand_on_focus(self) {
        if self.has_focus()
            && let Some(next) = self.open_marker().or_else(|| self.map_element())
        {
            // What is on screen can take focus.
            next.focus().ok();
        }
    }

    /// The agent that has the focus in the popup, whose content is about to be replaced; empty where
    /// something else in it has. The popup itself keeps the focus meanwhile.
    fn focused_agent(self) -> Option<String> {
        if !self.has_focus() {
            return None;
        }
        let popup = self.popup.get_untracked()?;
        let button = popup.query_selector("[data-agent]:focus").ok()?;
        let agent = button.and_then(|button| button.get_attribute("data-agent"));
        popup.focus().ok()?;
        Some(agent.unwrap_or_default())
    }

    /// Focuses an agent in the popup, or else the first.
    fn focus_agent(self, id: &str) {
        let Some(popup) = self.popup.get_untracked() else {
            return;
        };
        let Ok(buttons) = popup.query_selector_all("[data-agent]") else {
            return;
        };
        let buttons: Vec<HtmlElement> = (0..buttons.length())
            .filter_map(|index| buttons.get(index)?.dyn_into().ok())
            .collect();
        let is_same =
            |button: &&HtmlElement| button.get_attribute("data-agent").as_deref() == Some(id);
        if let Some(button) = buttons.iter().find(is_same).or(buttons.first()) {
            button.focus().ok();
        }
    }

    fn has_focus(self) -> bool {
        let popup = self.popup.try_get_untracked().flatten();
        popup.is_some_and(|popup| is_at(&popup, ":focus-within"))
    }

    fn map_element(self) -> Option<HtmlElement> {
        self.map
            .try_get_untracked()
            .flatten()
            .map(HtmlElement::from)
    }

    fn open_marker(self) -> Option<HtmlElement> {
        self.marker(&self.open.try_get_untracked()??)
    }

    fn marker(self, key: &str) -> Option<HtmlElement> {
        marker_of(&self.map_element()?, key)
    }

    fn is_in_use(self) -> bool {
        let popup = self.popup.try_get_untracked().flatten();
        popup.is_some_and(|popup| is_at(&popup, ":focus-within, :hover"))
            || self
                .open_marker()
                .is_some_and(|marker| is_at(&marker, ":focus-visible, :hover"))
    }
}

/// A row, equal to itself alone: a row that changed is another one.
#[derive(Clone)]
struct SameRow(Arc<Row>);

impl PartialEq for SameRow {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// The facts about the only agent at a marker.
#[component]
fn AgentCard(
    /// What the popup shows.
    content: Lasting<Memo<Option<PopupContent>>>,
    /// The time on the server's clock.
    now: Lasting<ReadSignal<DateTime<Utc>>>,
    /// Called with the agent's id when the user chooses it.
    on_agent: Callback<String>,
) -> impl IntoView {
    let row = Memo::new(move |_| {
        content.with(|content| Some(SameRow(Arc::clone(content.as_ref()?.only_row()?))))
    });
    let text = move |read: fn(&Row) -> String| {
        move || row.with(|row| row.as_ref().map(|row| read(&row.0)))
    };
    let id = Memo::new(move |_| row.with(|row| Some(row.as_ref()?.0.id().to_owned())));
    let choose = move || {
        if let Some(id) = id.get_untracked() {
            on_agent.run(id);
        }
    };
    let status = Signal::derive(move || {
        row.with(|row| row.as_ref().map(|row| row.0.status))
            .unwrap_or(Status::Pending)
    });
    let seen = move || {
        let last_seen = row.with(|row| row.as_ref().and_then(|row| row.0.agent.last_seen));
        relative_time(last_seen, now.get())
    };
    view! {
        <button type="button" class="kp-popup-name" data-agent=move || id.get() on:click=move |_| choose()>
            {text(|row| row.agent.display_name().to_owned())}
        </button>
        <StatusBadge status />
        <dl class="kp-facts">
            <dt>"Site"</dt>
            <dd>{text(|row| row.site_title().to_owned())}</dd>
            <dt>"IP Address"</dt>
            <dd>{text(|row| row.agent.ip_address.clone())}</dd>
            <dt>"Private IP"</dt>
            <dd>{text(|row| row.agent.display_private_ip().to_owned())}</dd>
            <dt>"Version"</dt>
            <dd>{text(|row| row.agent.version.clone())}</dd>
            <dt>"Last seen"</dt>
            <dd>{seen}</dd>
        </dl>
    }
}

/// Several agents at a marker: the number with each status, and a line for each agent.
#[component]
fn AgentListCard(
    /// What the popup shows.
    content: Lasting<Memo<Option<PopupContent>>>,
    /// The time on the server's clock.
    now: Lasting<ReadSignal<DateTime<Utc>>>,
    /// Called with the id of an agent that the user chooses.
    on_agent: Callback<String>,
) -> impl IntoView {
    let list = NodeRef::<Div>::new();
    let of = move |read: fn(&PopupContent) -> String| {
        move || content.with(|content| content.as_ref().map(read))
    };
    let counts = move || {
        let counts = content.with(|content| content.as_ref().map(|content| content.counts.clone()));
        let count = |(status, count): (Status, usize)| {
            view! { <li><StatusBadge status=Signal::stored(status) />" "{intl::count(count)}</li> }
        };
        counts
            .unwrap_or_default()
            .into_iter()
            .map(count)
            .collect_view()
    };
    let rows = Signal::derive(move || {
        content.with(|content| {
            let rows = content.iter().flat_map(|content| &content.rows);
            rows.cloned().map(SameRow).collect::<Vec<_>>()
        })
    });
    keep_children(
        list,
        rows,
        |row| row.0.id(),
        move |row| view! { <AgentLine row now on_agent /> }.into_any(),
    );
    let more = Memo::new(move |_| {
        content.with(|content| content.as_ref().map_or(0, |content| content.more))
    });
    view! {
        <p class="kp-popup-title">{of(|content| content.name.clone())}</p>
        <ul class="kp-popup-counts">{counts}</ul>
        <div class="kp-popup-agents" role="list" node_ref=list></div>
        {move || (more.get() > 0).then(|| view! {
            <p class="kp-muted">{format!("and {} more", intl::count(more.get()))}</p>
        })}
    }
}

/// A line for one of several agents.
#[component]
fn AgentLine(
    /// The agent.
    row: Lasting<ReadSignal<SameRow>>,
    /// The time on the server's clock.
    now: Lasting<ReadSignal<DateTime<Utc>>>,
    /// Called with the agent's id when the user chooses it.
    on_agent: Callback<String>,
) -> impl IntoView {
    let id = move || row.with(|row| row.0.id().to_owned());
    let text = move |read: fn(&Row) -> String| move || row.with(|row| read(&row.0));
    let seen = move || relative_time(row.with(|row| row.0.agent.last_seen), now.get());
    view! {
        <div role="listitem">
            <button
                type="button"
                class="kp-popup-agent"
                data-agent=id
                on:click=move |_| on_agent.run(row.with_untracked(|row| row.0.id().to_owned()))
            >
                <StatusBadge status=Signal::derive(move || row.with(|row| row.0.status)) />
                <span class="kp-popup-agent-name">{text(|row| row.agent.display_name().to_owned())}</span>
                <span class="kp-muted">{text(|row| row.agent.ip_address.clone())}</span>
                <span class="kp-muted">{seen}</span>
            </button>
        </div>
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
