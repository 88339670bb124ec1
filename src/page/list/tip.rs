//! A short text beside what it explains, in the top layer so that nothing clips it.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::Element;

use crate::browser::events;

/// What a tip says, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct TipText {
    text: String,
    /// CSS pixels of the viewport.
    left: f64,
    top: f64,
}

impl TipText {
    /// Right below an element.
    pub fn below(element: &Element, text: String) -> Self {
        let rect = element.get_bounding_client_rect();
        Self {
            text,
            left: rect.left(),
            top: rect.bottom() + 4.0,
        }
    }
}

/// Shows the text while there is one. The same text is the element's accessible description.
#[component]
pub fn Tip(
    /// What to show.
    text: RwSignal<Option<TipText>>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    events::on_escape(move || {
        if text.with_untracked(Option::is_some) {
            text.set(None);
        }
    });
    Effect::new(move |_| {
        let Some(node) = node.get() else { return };
        // Showing what is shown, or hiding what is hidden, throws and changes nothing.
        let _ = if text.with(Option::is_some) {
            node.show_popover()
        } else {
            node.hide_popover()
        };
    });
    let px = move |of: fn(&TipText) -> f64| move || text.get().map(|tip| format!("{}px", of(&tip)));
    view! {
        <div
            class="kp-tip"
            popover="manual"
            aria-hidden="true"
            node_ref=node
            style:left=px(|tip| tip.left)
            style:top=px(|tip| tip.top)
        >
            {move || text.get().map(|tip| tip.text)}
        </div>
    }
}
