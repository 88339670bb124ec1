//! Text fields with a label, a hint, and what is wrong with them.

use leptos::html;
use leptos::prelude::*;

use super::id::unique_id;
use crate::page::icons::{self, Icon};

/// What is wrong with a field, beside it.
#[component]
pub fn FieldError(
    /// The field's `aria-describedby` names this.
    id: String,
    /// What is wrong; `None`: nothing.
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p class="kp-field-error" id=id hidden=move || error.with(Option::is_none)>
            <Icon svg=icons::ALERT />
            <span>{move || error.get()}</span>
        </p>
    }
}

/// Says that the user has left a field, unless it was taken off the page under the user.
fn left(on_change: Option<Callback<()>>) {
    if let Some(on_change) = on_change {
        on_change.try_run(());
    }
}

/// A field for one line of text.
#[component]
pub fn TextField(
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is in it.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// What an empty field stands for, or an example.
    #[prop(optional)]
    placeholder: &'static str,
    /// Whether it may not be left empty.
    #[prop(optional)]
    required: bool,
    /// Whether focus begins here.
    #[prop(optional)]
    autofocus: bool,
    /// To focus it.
    #[prop(optional)]
    node_ref: NodeRef<html::Input>,
    /// Called when the user has changed it and leaves it.
    #[prop(optional)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let id = unique_id();
    let error_id = format!("{id}-error");
    let described_by = error_id.clone();
    view! {
        <div class="kp-field">
            <label class="kp-label" for=id.clone()>{label}</label>
            <input
                type="text"
                class="kp-input"
                id=id
                placeholder=placeholder
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                required=required
                autofocus=autofocus
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=move || error.with(Option::is_some).then(|| described_by.clone())
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
                on:change=move |_| left(on_change)
                node_ref=node_ref
            />
            <FieldError id=error_id error />
        </div>
    }
}

/// A field for several lines of text.
#[component]
pub fn TextArea(
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is in it.
    value: RwSignal<String>,
    /// What is wrong with it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Beside the label, such as "optional".
    #[prop(optional)]
    hint: &'static str,
    /// To focus it.
    #[prop(optional)]
    node_ref: NodeRef<html::Textarea>,
    /// Called when the user has changed it and leaves it.
    #[prop(optional)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let id = unique_id();
    let error_id = format!("{id}-error");
    let described_by = error_id.clone();
    view! {
        <div class="kp-field">
            <span class="kp-label-line">
                <label class="kp-label" for=id.clone()>{label}</label>
                <span class="kp-hint">{hint}</span>
            </span>
            <textarea
                class="kp-input kp-textarea"
                id=id
                rows="3"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=move || error.with(Option::is_some).then(|| described_by.clone())
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
                on:change=move |_| left(on_change)
                node_ref=node_ref
            ></textarea>
            <FieldError id=error_id error />
        </div>
    }
}
