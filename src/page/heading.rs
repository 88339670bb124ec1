//! The heading "kproxy Agents", with the button "Add kproxy Agent" beside it.

use leptos::prelude::*;

use super::icons::{self, Icon};

/// The heading, with the button unless the page is read-only.
#[component]
pub fn Heading(
    /// Its level in the host's outline, 1 to 6.
    level: Memo<u8>,
    /// Whether the page is read-only.
    read_only: Memo<bool>,
    /// Opens the dialog that adds an agent.
    on_add: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="kp-heading">
            {move || heading(level.get())}
            <Show when=move || !read_only.get()>
                <AddButton on_add />
            </Show>
        </div>
    }
}

/// The button "Add kproxy Agent".
#[component]
pub fn AddButton(
    /// Opens the dialog.
    on_add: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class="kp-button kp-primary" on:click=move |_| on_add.run(())>
            <Icon svg=icons::PLUS />
            "Add kproxy Agent"
        </button>
    }
}

/// The page's name, at the level that fits the host's outline.
fn heading(level: u8) -> AnyView {
    const NAME: &str = "kproxy Agents";
    match level {
        2 => view! { <h2 class="kp-title">{NAME}</h2> }.into_any(),
        3 => view! { <h3 class="kp-title">{NAME}</h3> }.into_any(),
        4 => view! { <h4 class="kp-title">{NAME}</h4> }.into_any(),
        5 => view! { <h5 class="kp-title">{NAME}</h5> }.into_any(),
        6 => view! { <h6 class="kp-title">{NAME}</h6> }.into_any(),
        _ => view! { <h1 class="kp-title">{NAME}</h1> }.into_any(),
    }
}
