//! Text fields with a label, a hint and an error message.

use leptos::html;
use leptos::prelude::*;

use super::id::unique_id;
use crate::page::icons::{self, Icon};

/// The ids that link a field, its label and its error message.
pub struct FieldIds {
    /// The field's id, for its label.
    pub field: String,
    /// The error message's id.
    pub error: String,
}

impl FieldIds {
    /// New ids, for one field.
    pub fn new() -> Self {
        let field = unique_id();
        Self {
            error: format!("{field}-error"),
            field,
        }
    }

    /// The field's `aria-describedby`: its error message, if any.
    pub fn described_by(
        &self,
        error: Signal<Option<String>>,
    ) -> impl Fn() -> Option<String> + use<> {
        let id = self.error.clone();
        move || error.with(Option::is_some).then(|| id.clone())
    }
}

/// A field's `aria-invalid`.
pub fn is_invalid(error: Signal<Option<String>>) -> impl Fn() -> Option<&'static str> {
    move || error.with(Option::is_some).then_some("true")
}

/// A field's error message, beside it.
#[component]
pub fn FieldError(
    /// Its id, for the field's `aria-describedby`.
    id: String,
    /// The message, if any.
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p class="kp-field-error" id=id hidden=move || error.with(Option::is_none)>
            <Icon svg=icons::ALERT />
            <span>{move || error.get()}</span>
        </p>
    }
}

/// Reports that the user has changed a field and left it, unless it was removed from the page.
fn report_change(on_change: Option<Callback<()>>) {
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
    /// What an empty field means, or an example.
    #[prop(optional)]
    placeholder: &'static str,
    /// Whether it is required.
    #[prop(optional)]
    required: bool,
    /// Whether it takes focus first.
    #[prop(optional)]
    autofocus: bool,
    /// To focus it.
    #[prop(optional)]
    node_ref: NodeRef<html::Input>,
    /// Called when the user has changed it and leaves it.
    #[prop(optional)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let ids = FieldIds::new();
    view! {
        <div class="kp-field">
            <label class="kp-label" for=ids.field.clone()>{label}</label>
            <input
                type="text"
                class="kp-input"
                id=ids.field.clone()
                placeholder=placeholder
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                required=required
                autofocus=autofocus
                aria-invalid=is_invalid(error)
                aria-describedby=ids.described_by(error)
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
                on:change=move |_| report_change(on_change)
                node_ref=node_ref
            />
            <FieldError id=ids.error error />
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
    /// A note beside the label, such as "optional".
    #[prop(optional)]
    hint: &'static str,
    /// To focus it.
    #[prop(optional)]
    node_ref: NodeRef<html::Textarea>,
    /// Called when the user has changed it and leaves it.
    #[prop(optional)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let ids = FieldIds::new();
    view! {
        <div class="kp-field">
            <span class="kp-label-line">
                <label class="kp-label" for=ids.field.clone()>{label}</label>
                <span class="kp-hint">{hint}</span>
            </span>
            <textarea
                class="kp-input kp-textarea"
                id=ids.field.clone()
                rows="3"
                aria-invalid=is_invalid(error)
                aria-describedby=ids.described_by(error)
                prop:value=value
                on:input:target=move |event| value.set(event.target().value())
                on:change=move |_| report_change(on_change)
                node_ref=node_ref
            ></textarea>
            <FieldError id=ids.error error />
        </div>
    }
}
