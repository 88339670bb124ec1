//! What the list shows when it has no rows: one of four reasons, each with what to do next.

use leptos::prelude::*;

use super::heading::AddButton;
use super::notices::advice;

use crate::state::list_model::ListModel;
use crate::state::{FleetReader, Loaded};

/// The number of gray placeholder rows.
const SKELETON_ROWS: usize = 8;

/// Says why there are no rows: loading, no agents yet, no matches, or a failed load.
#[component]
pub fn EmptyState(
    /// Reads the agents.
    reader: FleetReader,
    /// The agents, filtered and sorted.
    list_model: ListModel,
    /// Whether the page is read-only.
    read_only: Memo<bool>,
    /// Called to add an agent.
    on_add: Callback<()>,
    /// Called to clear all filters.
    on_clear: Callback<()>,
) -> impl IntoView {
    move || {
        if reader.store.loaded().get() == Loaded::Nothing {
            return match reader.problem().get() {
                None => view! { <Skeleton /> }.into_any(),
                Some(problem) => view! {
                    <div class="kp-empty-state" role="alert" data-focus-successor=".kp-list">
                        <p class="kp-empty-state-title">"Could not load the agents"</p>
                        <p>{problem.to_string()} ". " {advice(reader, &problem)}</p>
                        <button type="button" class="kp-button kp-primary" on:click=move |_| reader.refresh()>
                            "Try again"
                        </button>
                    </div>
                }
                .into_any(),
            };
        }
        if list_model.counts.get().total() == 0 {
            return view! {
                <div class="kp-empty-state" data-focus-successor=".kp-heading button, .kp-list">
                    <p class="kp-empty-state-title">"No agents yet"</p>
                    <p>"An agent appears here as soon as it has started and reached Kentik."</p>
                    {(!read_only.get()).then(|| view! { <AddButton on_add /> })}
                </div>
            }
            .into_any();
        }
        view! {
            <div class="kp-empty-state" data-focus-successor=".kp-filter input, .kp-list">
                <p class="kp-empty-state-title">"No agents match"</p>
                <p>"No agent matches the filters."</p>
                <button type="button" class="kp-button kp-primary" on:click=move |_| on_clear.run(())>
                    "Clear filters"
                </button>
            </div>
        }
        .into_any()
    }
}

/// Placeholder rows, shown while the first agents load.
#[component]
fn Skeleton() -> impl IntoView {
    let rows = (0..SKELETON_ROWS)
        .map(|_| view! { <div class="kp-skeleton"></div> })
        .collect_view();
    view! { <div class="kp-loading" aria-hidden="true">{rows}</div> }
}
