//! Fields that somebody else changed while the user did, each with a choice.

use leptos::prelude::*;

use super::form::{AgentForm, Decision, Side};
use crate::domain::EditableField;

/// Mine and theirs, field by field.
#[component]
pub fn Conflicts(
    /// Where the choice goes.
    form: AgentForm,
    /// The words of a site's id.
    site_title: Callback<String, String>,
) -> impl IntoView {
    let fields = Memo::new(move |_| {
        form.decisions.with(|decisions| {
            decisions
                .iter()
                .map(|decision| decision.conflict.clone())
                .collect::<Vec<_>>()
        })
    });
    move || {
        let conflicts = fields.get();
        (!conflicts.is_empty()).then(|| {
            let rows = conflicts.into_iter().map(|conflict| {
                let field = conflict.field;
                let shown = move |value: String| match field {
                    EditableField::Site => site_title.run(value),
                    _ if value.is_empty() => "(empty)".to_owned(),
                    _ => value,
                };
                let is_chosen = move |side| {
                    form.decisions
                        .with(|decisions| side_of(decisions, field) == Some(side))
                };
                let choice = move |side: Side, word: &'static str| {
                    view! {
                        <button
                            type="button"
                            class="kp-button kp-small kp-choice"
                            aria-pressed=move || is_chosen(side).to_string()
                            on:click=move |_| form.decide(field, side)
                        >
                            {word}
                        </button>
                    }
                };
                view! {
                    <div class="kp-conflict" role="group" aria-label=field.label()>
                        <p class="kp-conflict-field">{field.label()}</p>
                        <dl class="kp-conflict-sides">
                            <div class:kp-chosen=move || is_chosen(Side::Mine)>
                                <dt>"Mine"</dt>
                                <dd>{shown(conflict.mine)}</dd>
                                <dd>{choice(Side::Mine, "Keep mine")}</dd>
                            </div>
                            <div class:kp-chosen=move || is_chosen(Side::Theirs)>
                                <dt>"Theirs"</dt>
                                <dd>{shown(conflict.theirs)}</dd>
                                <dd>{choice(Side::Theirs, "Take theirs")}</dd>
                            </div>
                        </dl>
                    </div>
                }
            });
            view! {
                <section class="kp-conflicts" role="alert">
                    <h3>"Somebody else has changed this agent meanwhile"</h3>
                    <p>"Choose for each of these fields, then save. All else that they changed is kept."</p>
                    {rows.collect_view()}
                </section>
            }
        })
    }
}

fn side_of(decisions: &[Decision], field: EditableField) -> Option<Side> {
    decisions
        .iter()
        .find(|decision| decision.conflict.field == field)?
        .side
}
