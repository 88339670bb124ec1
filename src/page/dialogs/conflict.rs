//! Fields that both the user and somebody else changed, with a choice for each.

use leptos::prelude::*;

use super::form::AgentForm;
use crate::domain::{EditableField, Resolution, Side};

/// The fields in conflict, each with the user's value and the other value.
#[component]
pub fn Conflicts(
    /// The form that the choices change.
    form: AgentForm,
    /// Gives the title of the site with an id.
    site_title: Callback<String, String>,
) -> impl IntoView {
    // Typing updates a row; only another user's save adds one.
    let fields = Memo::new(move |_| {
        let theirs = |resolution: &Resolution| {
            let theirs = resolution.value(Side::Theirs).to_owned();
            (resolution.conflict.field, theirs)
        };
        form.resolutions
            .with(|resolutions| resolutions.iter().map(theirs).collect::<Vec<_>>())
    });
    move || {
        let fields = fields.get();
        (!fields.is_empty()).then(|| {
            let rows = fields
                .into_iter()
                .map(|(field, _)| view! { <Conflict form site_title field /> });
            view! {
                <section class="kp-conflicts">
                    <div role="alert">
                        <h3>"Someone else has changed this agent in the meantime"</h3>
                        <p>"Choose for each of these fields, then save. Their other changes are kept."</p>
                    </div>
                    {rows.collect_view()}
                </section>
            }
        })
    }
}

/// The two values of one field.
#[component]
fn Conflict(
    /// The form that the choice changes.
    form: AgentForm,
    /// Gives the title of the site with an id.
    site_title: Callback<String, String>,
    /// The field in conflict.
    field: EditableField,
) -> impl IntoView {
    let side = move |side: Side, label: &'static str, choice: &'static str| {
        let value = Memo::new(move |_| {
            let value = form.resolutions.with(|resolutions| {
                let resolution = resolutions.get(field)?;
                Some(resolution.value(side).to_owned())
            });
            match (field, value.unwrap_or_default()) {
                (EditableField::Site, id) => site_title.run(id),
                (_, value) if value.is_empty() => "(empty)".to_owned(),
                (_, value) => value,
            }
        });
        let is_chosen = Memo::new(move |_| {
            form.resolutions
                .with(|resolutions| resolutions.get(field)?.side)
                == Some(side)
        });
        view! {
            <div class:kp-chosen=is_chosen>
                <dt>{label}</dt>
                <dd>{value}</dd>
                <dd>
                    <button
                        type="button"
                        class="kp-button kp-small kp-choice"
                        aria-pressed=move || is_chosen.get().to_string()
                        aria-description=value
                        on:click=move |_| form.resolve(field, side)
                    >
                        {choice}
                    </button>
                </dd>
            </div>
        }
    };
    view! {
        <div class="kp-conflict" role="group" aria-label=field.label()>
            <p class="kp-conflict-field">{field.label()}</p>
            <dl class="kp-conflict-sides">
                {side(Side::Mine, "Mine", "Keep mine")}
                {side(Side::Theirs, "Theirs", "Take theirs")}
            </dl>
        </div>
    }
}
