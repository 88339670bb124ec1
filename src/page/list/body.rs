//! The rows, as high together as all rows of the list are.

use leptos::html::Div;
use leptos::prelude::*;

use super::context::{RowActions, RowContext};
use super::row_events::RowEvents;
use super::rows::{RowSources, Rows};
use crate::page::widgets::TipText;

/// The rows that are near the viewport.
#[component]
pub fn Body(
    /// What the rows follow.
    sources: RowSources,
    /// What the details share.
    context: RowContext,
    /// The tip that shows the exact time.
    tip: RwSignal<Option<TipText>>,
    /// What a row's buttons do.
    actions: RowActions,
    /// The height of all rows together, in CSS pixels.
    height: Memo<f64>,
    /// Has the height of a row, to be measured.
    ruler: NodeRef<Div>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let events = RowEvents {
        rows: Rows::keep(node, sources, context),
        highlight: sources.highlight,
        tip,
        actions,
        pressed_at: StoredValue::new((0, 0)),
    };
    view! {
        <div
            class="kp-body"
            role="rowgroup"
            node_ref=node
            style:height=move || format!("{}px", height.get())
            on:pointerover=move |event| events.on_pointerover(&event)
            on:pointerout=move |event| events.on_pointerout(&event)
            on:focusin=move |event| events.on_focusin(&event)
            on:focusout=move |event| events.on_focusout(&event)
            on:pointerdown=move |event| events.on_pointerdown(&event)
            on:click=move |event| events.on_click(&event)
        >
            <div class="kp-ruler" node_ref=ruler></div>
        </div>
    }
}
