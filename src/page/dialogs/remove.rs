//! The dialog "Remove kproxy Agent": says what a removal does, and asks for confirmation.

use leptos::prelude::*;

use super::context::DialogContext;
use super::problem::{Problem, ProblemNotice, missing_agent_text};
use crate::api::ApiError;
use crate::browser::intl;
use crate::domain::{
    Agent, Device, DialogView, devices_to_name, distinguishing_facts, neighbor, plural,
};
use crate::host::HostEvent;
use crate::page::widgets::{Dialog, DialogRole, DialogText};
use crate::state::FleetReader;

const TITLE: &str = "Remove kproxy Agent";

/// Labels and values.
type Facts = Vec<(&'static str, String)>;

/// Asks whether to remove one agent.
#[component]
pub fn RemoveDialog(
    /// What the dialog works with.
    context: DialogContext,
    /// The agent's id.
    id: String,
) -> impl IntoView {
    let store = context.store;
    let id = StoredValue::new(id);
    let agent = Memo::new(move |before: Option<&Option<Agent>>| {
        let now = id
            .with_value(|id| store.with(|fleet| fleet.get(id).map(|row| Agent::clone(&row.agent))));
        // The question is about this agent even if it is removed meanwhile.
        now.or_else(|| before.cloned().flatten())
    });
    let facts = Memo::new(move |before: Option<&Facts>| {
        let now = store.now().get();
        let facts = id.with_value(|id| {
            store.with(|fleet| fleet.get(id).map(|row| distinguishing_facts(row, now)))
        });
        facts.unwrap_or_else(|| before.cloned().unwrap_or_default())
    });
    let problem = RwSignal::new(None);
    let removing = RwSignal::new(false);
    let close = Callback::new(move |()| context.url.close_dialog());
    let is_known = Memo::new(move |_| agent.with(Option::is_some));
    let name = move || agent.with(|agent| agent.as_ref().map(Agent::accessible_name));
    let rate_limit = context.reader.client.rate_limit;
    let is_blocked = move || removing.get() || rate_limit.is_waiting();
    let remove = move |_| {
        if untrack(is_blocked) {
            return;
        }
        removing.set(true);
        problem.set(None);
        let (id, name) = (id.get_value(), untrack(name).unwrap_or_default());
        // Continues even if the dialog is closed, because the removal is under way.
        let reader = context.reader;
        reader.spawn(async move {
            let outcome = remove_agent(reader, &id).await;
            removing.try_set(false);
            match outcome {
                // Not found: somebody else removed it first.
                Ok(()) | Err(ApiError::NotFound) => finish_removal(context, id, &name),
                Err(error) => {
                    let why = if error == ApiError::NoAnswer {
                        Problem::NoAnswerToRemove
                    } else {
                        Problem::Call(error)
                    };
                    if problem.try_set(Some(why.clone())).is_some() {
                        context
                            .late_failure
                            .try_set(Some(format!("Could not remove {name}: {why}")));
                    }
                }
            }
        });
    };
    view! {
        <Dialog
            title=TITLE
            role=DialogRole::AlertDialog
            described_by="kp-remove-text"
            on_close=close
            on_focus_lost=context.focus_row(id.get_value())
        >
            <DialogText>
                <ProblemNotice context problem />
                <div id="kp-remove-text">
                    <Show
                        when=move || is_known.get()
                        fallback=move || view! { <p role="status">{move || missing_agent_text(context.reader)}</p> }
                    >
                        <p class="kp-remove-question">"Remove "<strong>{name}</strong>"?"</p>
                        <dl class="kp-remove-facts">{move || facts.get().into_iter().map(fact).collect_view()}</dl>
                        <ul class="kp-bullets">
                            <li>"It leaves this list."</li>
                            <li>"The running kproxy is not stopped: it appears again if it keeps sending."</li>
                            <li>{move || agent.with(|agent| agent.as_ref().map(|agent| device_list(&agent.devices)))}</li>
                        </ul>
                    </Show>
                </div>
            </DialogText>
            <div class="kp-dialog-actions">
                <button type="button" class="kp-button" autofocus on:click=move |_| close.run(())>
                    "Cancel"
                </button>
                <Show when=move || is_known.get()>
                    <button
                        type="button"
                        class="kp-button kp-danger"
                        aria-disabled=move || is_blocked().then_some("true")
                        aria-busy=move || removing.get().then_some("true")
                        on:click=remove
                    >
                        "Remove"
                    </button>
                </Show>
            </div>
        </Dialog>
    }
}

/// Removes the agent. Where the answer is lost, the agent itself tells whether it is gone.
async fn remove_agent(reader: FleetReader, id: &str) -> Result<(), ApiError> {
    let outcome = reader.client.remove_agent(id).await;
    if !outcome.as_ref().is_err_and(ApiError::may_have_been_done) {
        return outcome;
    }
    match reader.client.agent(id).await {
        Ok(answer) => {
            reader.store.apply_saved(answer);
            outcome
        }
        Err(ApiError::NotFound) => Ok(()),
        Err(_) => outcome,
    }
}

/// One of the facts that tell the agent from others of its name.
fn fact((label, value): (&'static str, String)) -> impl IntoView {
    view! { <div><dt>{label}</dt><dd>{value}</dd></div> }
}

/// The devices that send to Kentik through the agent.
fn device_list(devices: &[Device]) -> AnyView {
    if devices.is_empty() {
        return "No devices send through it.".into_any();
    }
    let (one, many) = ("device sends through it:", "devices send through it:");
    let sentence = plural(devices.len(), &intl::count(devices.len()), one, many);
    let (named, more) = devices_to_name(devices);
    let items = named
        .iter()
        .map(|device| view! { <li>{device.display_name().to_owned()}</li> })
        .collect_view();
    view! {
        {sentence}
        <ul class="kp-devices">
            {items}
            {(more > 0).then(|| view! { <li class="kp-muted">{format!("and {} more", intl::count(more))}</li> })}
        </ul>
    }
    .into_any()
}

/// Removes the agent from the list. Closes the dialog if it is still open, and moves focus to the
/// neighboring row.
fn finish_removal(context: DialogContext, id: String, name: &str) {
    let is_open = context.url.state().with_untracked(
        |state| matches!(&state.dialog, Some(DialogView::Remove(open)) if *open == id),
    );
    let neighbor = context
        .list_model
        .rows
        .with_untracked(|rows| neighbor(rows, &id).map(|row| row.id().to_owned()));
    context.drop_agent(&id);
    context.host.dispatch(HostEvent::AgentRemoved { id });
    context.announcement.set(format!("Removed {name}"));
    if !is_open {
        return;
    }
    context.url.close_dialog();
    match neighbor {
        Some(neighbor) => context.list.focus(neighbor),
        None => context.list.focus_list(),
    }
}
