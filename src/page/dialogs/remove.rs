//! The dialog "Remove kproxy Agent": says what follows, and asks.

use leptos::prelude::*;

use super::context::DialogContext;
use super::problem::{ProblemNotice, missing_agent_text, reason};
use crate::api::ApiError;
use crate::browser::intl;
use crate::domain::{Agent, Device, DialogView};
use crate::host::HostEvent;
use crate::page::list::index_of;
use crate::page::widgets::{Dialog, DialogRole, DialogText};

const TITLE: &str = "Remove kproxy Agent";
/// So many devices are named; the others are counted.
const MOST_DEVICES: usize = 12;

/// Asks whether to remove one agent.
#[component]
pub fn RemoveDialog(
    /// What the dialog works with.
    context: DialogContext,
    /// The agent's id.
    id: String,
) -> impl IntoView {
    let fleet = context.fleet;
    let id = StoredValue::new(id);
    let agent = Memo::new(move |before: Option<&Option<Agent>>| {
        fleet.change.track();
        let now = id
            .with_value(|id| fleet.with(|fleet| fleet.get(id).map(|row| Agent::clone(&row.agent))));
        // Gone while the dialog is open, it is still the one that was asked about.
        now.or_else(|| before.cloned().flatten())
    });
    let problem = RwSignal::new(None::<String>);
    let removing = RwSignal::new(false);
    let close = Callback::new(move |()| context.url.close_dialog());
    let is_known = Memo::new(move |_| agent.with(Option::is_some));
    let name = move || agent.with(|agent| agent.as_ref().map(Agent::accessible_name));
    let remove = move |_| {
        if removing.get_untracked() {
            return;
        }
        removing.set(true);
        problem.set(None);
        let (id, name) = (id.get_value(), untrack(name).unwrap_or_default());
        // Goes on when the dialog is closed meanwhile: what was asked for is under way.
        fleet.spawn(async move {
            let outcome = fleet.client.remove_agent(&id).await;
            removing.try_set(false);
            match outcome {
                // Somebody else was quicker: it is gone all the same.
                Ok(()) | Err(ApiError::NotFound) => removed(context, id, &name),
                Err(error) => {
                    let why = reason(&error);
                    if problem.try_set(Some(why.clone())).is_some() {
                        context
                            .announcement
                            .set(format!("Could not remove {name}: {why}"));
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
                <ProblemNotice context text=problem />
                <div id="kp-remove-text">
                    <Show
                        when=move || is_known.get()
                        fallback=move || view! { <p role="status">{move || missing_agent_text(fleet)}</p> }
                    >
                        <p class="kp-remove-question">"Remove "<strong>{name}</strong>"?"</p>
                        <ul class="kp-bullets">
                            <li>"It leaves this list."</li>
                            <li>"The running kproxy is not stopped: it appears again if it goes on sending."</li>
                            <li>{move || agent.with(|agent| agent.as_ref().map(|agent| devices(&agent.devices)))}</li>
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
                        aria-disabled=move || removing.get().then_some("true")
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

/// Which devices send through it.
fn devices(devices: &[Device]) -> AnyView {
    let sentence = match devices.len() {
        0 => return "No devices send through it.".into_any(),
        1 => "1 device sends through it:".to_owned(),
        number => format!("{} devices send through it:", intl::count(number)),
    };
    let names = devices
        .iter()
        .take(MOST_DEVICES)
        .map(|device| view! { <li>{device.display_name().to_owned()}</li> })
        .collect_view();
    let more = devices.len().saturating_sub(MOST_DEVICES);
    view! {
        {sentence}
        <ul class="kp-devices">
            {names}
            {(more > 0).then(|| view! { <li class="kp-muted">{format!("and {} more", intl::count(more))}</li> })}
        </ul>
    }
    .into_any()
}

/// Takes the agent off the list, and closes the dialog, if it is still open; focus goes to the
/// agent's neighbour then.
fn removed(context: DialogContext, id: String, name: &str) {
    let is_open = context.url.state.with_untracked(
        |state| matches!(&state.dialog, Some(DialogView::Remove(open)) if *open == id),
    );
    let neighbour = context.shown.rows.with_untracked(|rows| {
        let index = index_of(rows, &id)?;
        let next = rows
            .get(index + 1)
            .or_else(|| rows.get(index.checked_sub(1)?))?;
        Some(next.id().to_owned())
    });
    context.drop_agent(&id);
    context.host.dispatch(HostEvent::AgentRemoved { id });
    context.announcement.set(format!("Removed {name}"));
    if !is_open {
        return;
    }
    context.url.close_dialog();
    match neighbour {
        Some(neighbour) => context.list.focus(neighbour),
        None => context.list.focus_list(),
    }
}
