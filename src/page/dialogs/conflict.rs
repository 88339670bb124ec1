//! Fields that somebody else changed while the user did, each with a choice.

use leptos::prelude::*;

use super::form::{AgentForm, Decision, Side};
use crate::domain::{EditableField, FieldConflict};

/// Mine and theirs, field by field.
#[component]
pub fn Conflicts(
    /// Where the choice goes.
    form: AgentForm,
    /// The words of a site's id.
    site_title: Callback<String, String>,
) -> impl IntoView {
    // What the user types on changes a row; only what others do makes it anew.
    let fields = Memo::new(move |_| {
        let theirs = |Decision { conflict, .. }: &Decision| {
            let FieldConflict { field, theirs, .. } = conflict;
            (*field, theirs.clone())
        };
        form.decisions
            .with(|decisions| decisions.iter().map(theirs).collect::<Vec<_>>())
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
                        <h3>"Somebody else has changed this agent meanwhile"</h3>
                        <p>"Choose for each of these fields, then save. All else that they changed is kept."</p>
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
    form: AgentForm,
    site_title: Callback<String, String>,
    field: EditableField,
) -> impl IntoView {
    let side = move |side: Side, words: &'static str, choice: &'static str| {
        let value = Memo::new(move |_| {
            let value = form
                .decisions
                .with(|decisions| value_of(decisions, field, side));
            match field {
                EditableField::Site => site_title.run(value),
                _ if value.is_empty() => "(empty)".to_owned(),
                _ => value,
            }
        });
        let is_chosen = Memo::new(move |_| {
            form.decisions
                .with(|decisions| side_of(decisions, field) == Some(side))
        });
        view! {
            <div class:kp-chosen=is_chosen>
                <dt>{words}</dt>
                <dd>{value}</dd>
                <dd>
                    <button
                        type="button"
                        class="kp-button kp-small kp-choice"
                        aria-pressed=move || is_chosen.get().to_string()
                        aria-description=value
                        on:click=move |_| form.decide(field, side)
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

fn of(decisions: &[Decision], field: EditableField) -> Option<&Decision> {
    decisions
        .iter()
        .find(|decision| decision.conflict.field == field)
}

fn value_of(decisions: &[Decision], field: EditableField, side: Side) -> String {
    let value = of(decisions, field).map(|Decision { conflict, .. }| match side {
        Side::Mine => conflict.mine.clone(),
        Side::Theirs => conflict.theirs.clone(),
    });
    value.unwrap_or_default()
}

fn side_of(decisions: &[Decision], field: EditableField) -> Option<Side> {
    of(decisions, field)?.side
}
