//! The dialog "kproxy Agent": edits an agent, and creates a site for it.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{BeforeUnloadEvent, HtmlElement, SubmitEvent};

use super::conflict::Conflicts;
use super::context::DialogContext;
use super::draft_offer::{DRAFT_OFFER_ID, DraftOffer};
use super::form::AgentForm;
use super::problem::{ProblemNotice, missing_agent_text};
use super::save::save;
use super::site_fields::{SiteFields, site_title};
use crate::browser::events;
use crate::browser::timers::NextFrame;
use crate::domain::{Agent, EditableField};
use crate::page::icons::{self, Icon};
use crate::page::status_badge::StatusBadge;
use crate::page::widgets::{Dialog, DialogRole, TextArea, TextField};

const TITLE: &str = "kproxy Agent";
/// Said where changes are switched off while something is typed.
const READ_ONLY_TEXT: &str =
    "Agents can only be looked at for now, so Save is off. What you typed is kept.";

/// Edits one agent, once it has been read.
#[component]
pub fn AgentDialog(
    /// What the dialog works with.
    context: DialogContext,
    /// The agent's id.
    id: String,
) -> impl IntoView {
    let store = context.store;
    // The agent as it was when the dialog opened; later reads do not change the form.
    let find = move || store.with(|fleet| fleet.get(&id).map(|row| Agent::clone(&row.agent)));
    let opened = RwSignal::new(find());
    Effect::new(move |_| {
        if opened.with_untracked(Option::is_none)
            && let Some(agent) = find()
        {
            opened.set(Some(agent));
        }
    });
    move || match opened.get() {
        Some(agent) => view! { <AgentFormView context agent /> }.into_any(),
        None => view! { <MissingAgent context /> }.into_any(),
    }
}

/// The dialog while the agent has not been read, or if it does not exist.
#[component]
fn MissingAgent(
    /// What the dialog works with.
    context: DialogContext,
) -> impl IntoView {
    let on_close = Callback::new(move |()| context.url.close_dialog());
    view! {
        <Dialog title=TITLE on_close on_focus_lost=Box::new(move || context.list.focus_list())>
            <div class="kp-dialog-body"><p role="status">{move || missing_agent_text(context.reader)}</p></div>
            <div class="kp-dialog-actions">
                <button type="button" class="kp-button" on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
            </div>
        </Dialog>
    }
}

/// The form for an agent, with its buttons; asks before closing loses something typed.
#[component]
fn AgentFormView(
    /// What the dialog works with.
    context: DialogContext,
    /// The agent as the dialog opened.
    agent: Agent,
) -> impl IntoView {
    let id = StoredValue::new(agent.id.clone());
    let ip_address = agent.ip_address.clone();
    let version = agent.version.clone();
    let name = agent.accessible_name();
    let form = AgentForm::new(context, agent);
    let offered = RwSignal::new(form.base.with_untracked(|base| form.drafts.offer(base)));
    let described_by = if offered.with_untracked(Option::is_some) {
        DRAFT_OFFER_ID
    } else {
        ""
    };
    let asks = RwSignal::new(false);
    let fields = NodeRef::<html::Form>::new();
    let first_field = NodeRef::<html::Input>::new();

    let close = move || context.url.close_dialog();
    let forget_and_close = move || {
        id.with_value(|id| form.drafts.forget(id));
        close();
    };
    let on_close = Callback::new(move |()| {
        if untrack(move || form.is_dirty()) {
            asks.set(true);
        } else {
            close();
        }
    });
    context.url.guard_dialog(Callback::new(move |()| {
        let is_dirty = untrack(move || form.is_dirty());
        asks.set(is_dirty);
        is_dirty
    }));
    let is_dirty = Memo::new(move |_| form.is_dirty());
    ask_before_unload(is_dirty);
    Effect::new(move |_| context.is_typing.set(is_dirty.get()));
    on_cleanup(move || {
        context.is_typing.try_set(false);
    });

    let next_frame = NextFrame::default();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let name = name.clone();
        // Continues even if the dialog is closed, because the save is under way.
        context.reader.spawn(async move {
            match save(form).await {
                Ok(()) => {
                    context.announcement.try_set(format!("Saved {name}"));
                    if form.is_open() {
                        forget_and_close();
                    }
                }
                // What is wrong is on screen once effects have run.
                Err(_) => next_frame.set(move || focus_first_problem(fields)),
            }
        });
    };
    let focus_first_field = Callback::new(move |()| {
        if let Some(field) = first_field.get_untracked() {
            // It is on screen.
            field.focus().ok();
        }
    });
    let status = move || {
        id.with_value(|id| {
            context
                .store
                .with(|fleet| fleet.get(id).map(|row| row.status))
        })
    };
    view! {
        <Dialog
            title=TITLE
            described_by
            on_close
            on_focus_lost=context.focus_row(id.get_value())
        >
            <form class="kp-dialog-form" novalidate node_ref=fields on:submit=on_submit>
                <div class="kp-dialog-body">
                    <p class="kp-dialog-about">
                        {move || status().map(|status| view! { <StatusBadge status=Signal::stored(status) /> })}
                        <span>{ip_address}</span>
                        <span class="kp-muted">{version}</span>
                    </p>
                    <DraftOffer form offered on_decided=focus_first_field />
                    <ProblemNotice context problem=form.problem />
                    <div class="kp-dialog-problem" role="status">
                        {move || context.read_only.get().then(|| view! {
                            <Icon svg=icons::ALERT />
                            <p>{READ_ONLY_TEXT}</p>
                        })}
                    </div>
                    <Conflicts form site_title=site_title(context) />
                    <TextField
                        label="Name"
                        value=form.name
                        placeholder="Auto Generated"
                        autofocus=true
                        node_ref=first_field
                        error=form.error(EditableField::Name)
                        on_change=form.check_on_leave(EditableField::Name)
                    />
                    <TextArea
                        label="Description"
                        hint="optional"
                        value=form.description
                        error=form.error(EditableField::Description)
                        on_change=form.check_on_leave(EditableField::Description)
                    />
                    <TextField
                        label="Private IP"
                        value=form.private_ip
                        placeholder="Undefined"
                        error=form.error(EditableField::PrivateIp)
                        on_change=form.check_on_leave(EditableField::PrivateIp)
                    />
                    <SiteFields context form />
                </div>
                <div class="kp-dialog-actions">
                    <button type="button" class="kp-button" on:click=move |_| on_close.run(())>
                        "Cancel"
                    </button>
                    <button
                        type="submit"
                        class="kp-button kp-primary"
                        aria-disabled=move || form.is_blocked().then_some("true")
                        aria-busy=move || form.saving.get().then_some("true")
                    >
                        "Save"
                    </button>
                </div>
            </form>
        </Dialog>
        <Show when=move || asks.get()>
            <DiscardDialog
                saving=form.saving
                on_keep=Callback::new(move |()| asks.set(false))
                on_discard=Callback::new(move |()| forget_and_close())
            />
        </Show>
    }
}

/// Asks whether to discard what was typed.
#[component]
fn DiscardDialog(
    /// Whether a save is under way.
    #[prop(into)]
    saving: Signal<bool>,
    /// Called to keep editing.
    on_keep: Callback<()>,
    /// Called to discard what was typed.
    on_discard: Callback<()>,
) -> impl IntoView {
    view! {
        <Dialog
            title="Discard what you typed?"
            role=DialogRole::AlertDialog
            described_by="kp-discard-text"
            on_close=on_keep
        >
            <div class="kp-dialog-body">
                <p id="kp-discard-text">
                    {move || if saving.get() {
                        "A save is under way, and may go through all the same."
                    } else {
                        "Your changes to this agent have not been saved."
                    }}
                </p>
            </div>
            <div class="kp-dialog-actions">
                <button type="button" class="kp-button" autofocus on:click=move |_| on_keep.run(())>
                    "Keep editing"
                </button>
                <button type="button" class="kp-button kp-danger" on:click=move |_| on_discard.run(())>
                    "Discard"
                </button>
            </div>
        </Dialog>
    }
}

/// Makes the browser ask before it leaves the host's page while something typed is not saved.
fn ask_before_unload(is_dirty: Memo<bool>) {
    Effect::new(move |_| {
        if is_dirty.get()
            && let Some(window) = web_sys::window()
        {
            // Ends with this run of the effect.
            events::listen(&window, "beforeunload", |event| {
                event.prevent_default();
                // For older browsers.
                event
                    .unchecked_ref::<BeforeUnloadEvent>()
                    .set_return_value("unsaved");
            });
        }
    });
}

/// Scrolls to the problem on top, and moves focus to the first invalid field, or otherwise to the
/// first undecided conflict.
fn focus_first_problem(form: NodeRef<html::Form>) {
    let Some(form) = form.try_get_untracked().flatten() else {
        return;
    };
    let open_choice = ".kp-conflict:not(:has([aria-pressed=true])) .kp-choice";
    let wanted = ["[aria-invalid=true]", open_choice]
        .into_iter()
        .find_map(|selector| form.query_selector(selector).ok().flatten())
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Ok(Some(problem)) = form.query_selector(".kp-dialog-problem") {
        problem.scroll_into_view();
    }
    if let Some(element) = wanted {
        // If it cannot take focus, focus stays where it is.
        element.focus().ok();
    }
}
