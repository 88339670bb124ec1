//! Disclosures: buttons that show and hide what is below them.
//!
//! <https://www.w3.org/WAI/ARIA/apg/patterns/accordion/>

use leptos::prelude::*;

use super::id::unique_id;
use crate::page::icons::{self, Icon};

/// The open disclosure of a group: at most one.
#[derive(Clone, Copy)]
pub struct DisclosureGroup(RwSignal<Option<usize>>);

impl DisclosureGroup {
    /// A group with this one open, counted from 0.
    pub fn with_open(index: usize) -> Self {
        Self(RwSignal::new(Some(index)))
    }

    fn is_open(self, index: usize) -> bool {
        self.0.get() == Some(index)
    }

    fn toggle(self, index: usize) {
        self.0.update(|open| {
            *open = if *open == Some(index) {
                None
            } else {
                Some(index)
            }
        });
    }
}

/// One disclosure of a group: a heading with a button, and the pane that it opens.
#[component]
pub fn Disclosure(
    /// The group.
    group: DisclosureGroup,
    /// Its index in the group.
    index: usize,
    /// The button's text.
    title: &'static str,
    /// What else is beside the button.
    #[prop(optional)]
    detail: &'static str,
    /// Whether the button takes focus first.
    #[prop(optional)]
    autofocus: bool,
    /// The content of the pane.
    children: ChildrenFn,
) -> impl IntoView {
    let id = unique_id();
    let is_open = Memo::new(move |_| group.is_open(index));
    view! {
        <section class="kp-disclosure">
            <div class="kp-disclosure-head">
                <h3 class="kp-disclosure-title">
                    <button
                        type="button"
                        class="kp-disclosure-button"
                        aria-expanded=move || is_open.get().to_string()
                        aria-controls=id.clone()
                        autofocus=autofocus
                        on:click=move |_| group.toggle(index)
                    >
                        <Icon svg=icons::CHEVRON />
                        <span>{title}</span>
                    </button>
                </h3>
                <span class="kp-disclosure-detail">{detail}</span>
            </div>
            <div class="kp-disclosure-pane" id=id hidden=move || !is_open.get()>
                <Show when=move || is_open.get()>{children()}</Show>
            </div>
        </section>
    }
}
