//! One agent's row.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::tip::TipText;
use super::window::Window;
use crate::browser::intl;
use crate::domain::{Row, age_words};
use crate::page::icons::StatusBadge;
use crate::page::lit::Lit;

/// An agent's row; keeps its nodes while the agent stays near the viewport.
#[component]
pub fn AgentRow(
    /// Where the row's present content and place are found.
    window: Memo<Window>,
    /// Its place at first.
    index: usize,
    /// Its content at first.
    row: Arc<Row>,
    /// In CSS pixels.
    row_height: RwSignal<f64>,
    /// What is lit up.
    lit: RwSignal<Option<Lit>>,
    /// The time on the server's clock.
    now: RwSignal<DateTime<Utc>>,
    /// Where the exact time shows.
    tip: RwSignal<Option<TipText>>,
) -> impl IntoView {
    let id = StoredValue::new(row.id().to_owned());
    let place = Memo::new_with_compare(
        move |before: Option<&(usize, Arc<Row>)>| {
            let found = id.with_value(|id| window.with(|window| window.get(id).cloned()));
            found
                .or_else(|| before.cloned())
                .unwrap_or_else(|| (index, row.clone()))
        },
        |a, b| match (a, b) {
            (Some(a), Some(b)) => a.0 != b.0 || !Arc::ptr_eq(&a.1, &b.1),
            _ => true,
        },
    );
    let index = Memo::new(move |_| place.with(|(index, _)| *index));
    let text =
        move |of: fn(&Row) -> &str| Memo::new(move |_| place.with(|(_, row)| of(row).to_owned()));
    let status = Memo::new(move |_| place.with(|(_, row)| row.status));
    let last_seen = Memo::new(move |_| place.with(|(_, row)| row.agent.last_seen));
    let is_lit = move || {
        lit.with(|lit| {
            lit.as_ref()
                .is_some_and(|lit| place.with(|(_, row)| lit.has_row(row)))
        })
    };
    let light = move || {
        let (id, at) = place.with_untracked(|(_, row)| (row.id().to_owned(), row.coordinates()));
        lit.set(Some(Lit::Agent { id, at }));
    };

    view! {
        <div
            class="kp-row kp-columns"
            class:kp-lit=is_lit
            role="row"
            aria-rowindex=move || (index.get() + 2).to_string()
            data-agent=id.get_value()
            data-index=move || index.get().to_string()
            style:transform=move || format!("translateY({}px)", index.get() as f64 * row_height.get())
            on:pointerenter=move |_| light()
            on:pointerleave=move |_| lit.set(None)
            on:focusin=move |_| light()
            on:focusout=move |_| lit.set(None)
        >
            <div class="kp-cell kp-cell-status" role="cell"><StatusBadge status=status.into() /></div>
            <div class="kp-cell kp-cell-last-seen" role="cell"><LastSeen at=last_seen now tip /></div>
            <Cell class="kp-cell kp-cell-name" text=text(|row| row.agent.display_name()) />
            <Cell class="kp-cell kp-cell-site" text=text(Row::site_title) />
            <Cell class="kp-cell kp-cell-ip-address" text=text(|row| row.agent.ip_address.as_str()) />
            <Cell class="kp-cell kp-cell-private-ip" text=text(|row| row.agent.display_private_ip()) />
            <Cell class="kp-cell kp-cell-version" text=text(|row| row.agent.version.as_str()) />
        </div>
    }
}

/// A cell of text; what is cut off is shown whole on hover.
#[component]
fn Cell(class: &'static str, text: Memo<String>) -> impl IntoView {
    let muted = move || text.with(|text| matches!(text.as_str(), "Undefined" | "Auto Generated"));
    view! {
        <div class=class role="cell">
            <span class="kp-text" class:kp-muted=muted title=text>{text}</span>
        </div>
    }
}

/// How long ago; with the exact time on hover and focus.
#[component]
fn LastSeen(
    at: Memo<Option<DateTime<Utc>>>,
    now: RwSignal<DateTime<Utc>>,
    tip: RwSignal<Option<TipText>>,
) -> impl IntoView {
    let words = Memo::new(move |_| age_words(at.get(), now.get()));
    let exact = move || {
        at.get()
            .map_or_else(|| "Never".to_owned(), intl::exact_time)
    };
    let exact = Memo::new(move |_| exact());
    let node = NodeRef::<leptos::html::Time>::new();
    let show = move || {
        if at.get_untracked().is_some()
            && let Some(node) = node.get_untracked()
        {
            tip.set(Some(TipText::below(&node, exact.get_untracked())));
        }
    };
    view! {
        <time
            class="kp-text kp-time"
            class:kp-muted=move || at.get().is_none()
            tabindex="0"
            datetime=move || at.get().map(|at| at.to_rfc3339())
            aria-description=move || at.get().map(|_| exact.get())
            node_ref=node
            on:pointerenter=move |_| show()
            on:pointerleave=move |_| tip.set(None)
            on:focus=move |_| show()
            on:blur=move |_| tip.set(None)>
            {words}
        </time>
    }
}
