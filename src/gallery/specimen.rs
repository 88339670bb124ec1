//! The frame around a widget in one state.

use leptos::prelude::*;

/// A widget in one state, with the name of that state.
#[component]
pub fn Specimen(
    /// The name of the state.
    title: &'static str,
    /// The widget.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="kp-specimen" aria-label=title>
            <h2>{title}</h2>
            {children()}
        </section>
    }
}
