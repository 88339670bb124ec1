//! One agent's row.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, MouseEvent, PointerEvent, Selection, ShadowRoot};

use super::context::{RowActions, RowContext};
use super::details::LazyDetails;
use crate::browser::intl;
use crate::browser::lasting::Lasting;
use crate::domain::{CellText, PlacedRow, Row, relative_time};
use crate::page::icons::{self, Icon};
use crate::page::status_badge::StatusBadge;
use crate::page::widgets::TipText;
use crate::state::highlight::Highlight;

/// A pointer that moved farther than this was dragging, not clicking.
const STILL_PX: i32 = 4;

/// An agent's row. Its nodes stay as long as the agent is near the viewport.
#[component]
pub fn AgentRow(
    /// What all rows share.
    context: RowContext,
    /// Its content and position.
    row: Lasting<ReadSignal<PlacedRow>>,
) -> impl IntoView {
    let id = StoredValue::new(row.with_untracked(|placed| placed.row.id().to_owned()));
    let is_expanded = Memo::new(move |_| {
        id.with_value(|id| context.expanded.with(|expanded| expanded.contains(id)))
    });
    let is_highlighted = move || {
        context.highlight.with(|highlight| {
            highlight
                .as_ref()
                .is_some_and(|highlight| row.with(|placed| highlight.has_row(&placed.row)))
        })
    };
    let set_highlight = move || {
        let highlight = row.with_untracked(|placed| Highlight::Agent {
            id: placed.row.id().to_owned(),
            at: placed.row.coordinates(),
        });
        context.highlight.set(Some(highlight));
    };
    // Only an expanded row is taller than the others.
    let height = move || {
        is_expanded.get().then(|| {
            let details = id.with_value(|id| {
                context
                    .detail_heights
                    .with(|heights| heights.get(id).copied().unwrap_or_default())
            });
            format!("{}px", context.row_height.get() + details)
        })
    };
    let name = move || row.with(|placed| placed.row.agent.accessible_name());
    let run = move |action: Callback<String>| action.run(id.get_value());

    let down_at = StoredValue::new((0, 0));
    let on_pointerdown =
        move |event: PointerEvent| down_at.set_value((event.client_x(), event.client_y()));
    let on_click = move |event: MouseEvent| {
        let (x, y) = down_at.get_value();
        let is_still =
            (event.client_x() - x).abs() <= STILL_PX && (event.client_y() - y).abs() <= STILL_PX;
        if is_still && is_on_row_itself(&event) && !has_selected_text(&event) {
            run(context.actions.toggle);
        }
    };

    view! {
        <div
            class="kp-row kp-columns"
            class:kp-highlighted=is_highlighted
            class:kp-expanded=is_expanded
            role="row"
            aria-rowindex=move || row.with(|placed| (placed.index + 2).to_string())
            data-agent=id.get_value()
            data-focus-entry=".kp-toggle"
            style:transform=move || row.with(|placed| format!("translateY({}px)", placed.top))
            style:height=height
            on:pointerenter=move |_| set_highlight()
            on:pointerleave=move |_| context.highlight.set(None)
            on:focusin=move |_| set_highlight()
            on:focusout=move |_| context.highlight.set(None)
            on:pointerdown=on_pointerdown
            on:click=on_click
        >
            <div class="kp-cell kp-cell-status" role="cell">
                <StatusBadge status=Signal::derive(move || row.with(|placed| placed.row.status)) />
            </div>
            <div class="kp-cell kp-cell-last-seen" role="cell"><LastSeen row context /></div>
            <div class="kp-cell kp-cell-name" role="cell">
                <button
                    type="button"
                    class="kp-toggle"
                    aria-expanded=move || is_expanded.get().to_string()
                    aria-label=move || format!("Details for {}", name())
                    on:click=move |_| run(context.actions.toggle)
                >
                    <Icon svg=icons::CHEVRON />
                </button>
                <Text row of=|row| row.agent.name_cell() />
                <Show when=move || is_expanded.get()><LazyDetails context row /></Show>
            </div>
            <div class="kp-cell kp-cell-site" role="cell"><Text row of=Row::site_cell /></div>
            <div class="kp-cell kp-cell-ip-address" role="cell"><Text row of=|row| CellText::Value(&row.agent.ip_address) /></div>
            <div class="kp-cell kp-cell-private-ip" role="cell"><Text row of=|row| row.agent.private_ip_cell() /></div>
            <div class="kp-cell kp-cell-version" role="cell"><Text row of=|row| CellText::Value(&row.agent.version) /></div>
            <Show when=move || !context.read_only.get()>
                <Buttons row name=Signal::derive(name) actions=context.actions />
            </Show>
        </div>
    }
}

/// A cell's text, with the whole text on hover if it is cut off.
#[component]
fn Text(
    /// The agent's row.
    row: Lasting<ReadSignal<PlacedRow>>,
    /// Gives the cell's text.
    of: fn(&Row) -> CellText<'_>,
) -> impl IntoView {
    let text = move || row.with(|placed| of(&placed.row).as_str().to_owned());
    let is_muted = move || row.with(|placed| of(&placed.row).is_placeholder());
    view! { <span class="kp-text" class:kp-muted=is_muted title=text>{text}</span> }
}

/// The cells of the last two columns.
#[component]
fn Buttons(
    /// The agent's row.
    row: Lasting<ReadSignal<PlacedRow>>,
    /// The agent's name.
    name: Signal<String>,
    /// What the buttons do.
    actions: RowActions,
) -> impl IntoView {
    let run = move |action: Callback<String>| {
        action.run(row.with_untracked(|placed| placed.row.id().to_owned()));
    };
    view! {
        <div class="kp-cell kp-cell-edit" role="cell">
            <EditButton row name on_click=Callback::new(move |()| run(actions.edit)) />
        </div>
        <div class="kp-cell kp-cell-remove" role="cell">
            <button
                type="button"
                class="kp-icon-button"
                aria-label=move || format!("Remove {}", name.get())
                title="Remove"
                on:click=move |_| run(actions.remove)
            >
                <Icon svg=icons::REMOVE />
            </button>
        </div>
    }
}

/// "Update" while a value that the organization should set is Undefined; otherwise a pencil.
#[component]
fn EditButton(
    /// The agent's row.
    row: Lasting<ReadSignal<PlacedRow>>,
    /// The agent's name.
    name: Signal<String>,
    /// Called on a click.
    on_click: Callback<()>,
) -> impl IntoView {
    let needs_update = Memo::new(move |_| row.with(|placed| placed.row.needs_update()));
    let label = move || {
        let word = if needs_update.get() { "Update" } else { "Edit" };
        format!("{word} {}", name.get())
    };
    // One button for both, so that focus stays on it.
    view! {
        <button
            type="button"
            class=move || if needs_update.get() { "kp-button kp-small kp-update" } else { "kp-icon-button" }
            aria-label=label
            title=move || (!needs_update.get()).then_some("Edit")
            on:click=move |_| on_click.run(())
        >
            {move || if needs_update.get() {
                "Update".into_any()
            } else {
                view! { <Icon svg=icons::EDIT /> }.into_any()
            }}
        </button>
    }
}

/// How long ago the agent was last seen, with the exact time on hover and focus.
#[component]
fn LastSeen(
    /// The agent's row.
    row: Lasting<ReadSignal<PlacedRow>>,
    /// What all rows share.
    context: RowContext,
) -> impl IntoView {
    let at = Memo::new(move |_| row.with(|placed| placed.row.agent.last_seen));
    let words = Memo::new(move |_| relative_time(at.get(), context.now.get()));
    let node = NodeRef::<leptos::html::Time>::new();
    let show = move || {
        if let (Some(at), Some(node)) = (at.get_untracked(), node.get_untracked()) {
            context
                .tip
                .set(Some(TipText::below(&node, intl::exact_time(at))));
        }
    };
    let is_known = Memo::new(move |_| at.get().is_some());
    view! {
        <Show
            when=move || is_known.get()
            fallback=move || view! { <span class="kp-text kp-muted">{words}</span> }
        >
            <time
                class="kp-text kp-time"
                tabindex="0"
                datetime=move || at.get().map(|at| at.to_rfc3339())
                aria-description=move || at.get().map(intl::exact_time)
                node_ref=node
                on:pointerenter=move |_| show()
                on:pointerleave=move |_| context.tip.set(None)
                on:focus=move |_| show()
                on:blur=move |_| context.tip.set(None)
            >
                {words}
            </time>
        </Show>
    }
}

/// Whether a click was meant for the row, not for a control in it.
fn is_on_row_itself(event: &MouseEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| {
        target
            .closest("a, button, .kp-details")
            .is_ok_and(|inner| inner.is_none())
    })
}

/// Whether the user has just selected text.
fn has_selected_text(event: &MouseEvent) -> bool {
    let root = event
        .current_target()
        .and_then(|row| row.dyn_into::<web_sys::Node>().ok())
        .and_then(|row| row.get_root_node().dyn_into::<ShadowRoot>().ok());
    // Where a shadow root has no selection of its own, the document's selection covers it.
    let of_root = root.and_then(|root| {
        let get = js_sys::Reflect::get(&root, &"getSelection".into()).ok()?;
        let get: js_sys::Function = get.dyn_into().ok()?;
        get.call0(&root).ok()?.dyn_into::<Selection>().ok()
    });
    let selection = of_root.or_else(|| web_sys::window()?.get_selection().ok()?);
    selection.is_some_and(|selection| !selection.is_collapsed())
}
