//! A short text beside what it explains.

use leptos::html::Div;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use web_sys::Element;

use super::popover::{PopoverOptions, Width, show_beside};
use crate::browser::events;
use crate::domain::popover_position::{Align, PositionOptions, Side};

const POPOVER: PopoverOptions = PopoverOptions {
    position: PositionOptions {
        side: Side::Below,
        align: Align::Left,
        gap: 4.0,
        max_height: f64::INFINITY,
    },
    width: Width::OfContent,
    scroller: None,
};

/// A tip's text, and where it is shown.
#[derive(Clone)]
pub struct TipText {
    text: String,
    anchor: SendWrapper<Element>,
}

impl TipText {
    /// Directly below an element, or above it if there is no room.
    pub fn below(element: &Element, text: String) -> Self {
        Self {
            text,
            anchor: SendWrapper::new(element.clone()),
        }
    }

    /// What it explains.
    pub fn anchor(&self) -> &Element {
        &self.anchor
    }
}

/// Shows the text, if any. It is also the element's accessible description.
#[component]
pub fn Tip(
    /// The tip, if any. Esc hides it.
    text: RwSignal<Option<TipText>>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    events::on_escape(move || {
        if text.with_untracked(Option::is_some) {
            text.set(None);
        }
    });
    let anchor = move || text.with(|tip| Some((*tip.as_ref()?.anchor).clone()));
    show_beside(node, anchor, POPOVER);
    view! {
        <div class="kp-tip" popover="manual" aria-hidden="true" node_ref=node>
            {move || text.get().map(|tip| tip.text)}
        </div>
    }
}
