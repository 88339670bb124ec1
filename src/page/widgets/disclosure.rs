//! Disclosures: a button that shows and hides what is below it.
//!
//! <https://www.w3.org/WAI/ARIA/apg/patterns/accordion/>

use leptos::prelude::*;

use super::id::unique_id;
use crate::page::icons::{self, Icon};

/// Which of a group of disclosures is open: at most one.
#[derive(Clone, Copy)]
pub struct DisclosureGroup(RwSignal<Option<usize>>);

impl DisclosureGroup {
    /// With this one open, counted from 0.
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

/// One of a group: a heading that is a button, and a pane that it opens.
#[component]
pub fn Disclosure(
    /// The group.
    group: DisclosureGroup,
    /// Its place in the group.
    index: usize,
    /// The button's words.
    title: &'static str,
    /// What else is beside the button.
    #[prop(optional)]
    detail: &'static str,
    /// Whether focus begins here.
    #[prop(optional)]
    autofocus: bool,
    /// What the pane holds.
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
