//! The dialog "kproxy Agent": edits an agent, and makes a site for it.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use wasm_bindgen::prelude::*;
use web_sys::{BeforeUnloadEvent, HtmlElement, SubmitEvent};

use super::conflict::Conflicts;
use super::form::{AgentForm, FormField, Saved};
use super::{Desk, Problem, no_agent};
use crate::browser::events;
use crate::browser::timers::NextFrame;
use crate::domain::{Agent, find_sites};
use crate::page::icons::StatusBadge;
use crate::page::widgets::{Choice, Choices, Combobox, Dialog, DialogRole, TextArea, TextField};

const TITLE: &str = "kproxy Agent";
/// No more sites are listed at once; a few more letters find the others.
const MOST_SITES: usize = 100;

/// The dialog of one agent, once that is known.
#[component]
pub fn AgentDialog(
    /// What it stands on.
    desk: Desk,
    /// The agent's id.
    id: String,
) -> impl IntoView {
    let fleet = desk.fleet;
    // The agent as the dialog was opened with: later reads do not touch the form.
    let find = move || fleet.with(|fleet| fleet.get(&id).map(|row| Agent::clone(&row.agent)));
    let opened = RwSignal::new(find());
    Effect::new(move |_| {
        fleet.change.track();
        if opened.with_untracked(Option::is_none)
            && let Some(agent) = find()
        {
            opened.set(Some(agent));
        }
    });
    move || match opened.get() {
        Some(agent) => view! { <Editing desk agent /> }.into_any(),
        None => view! { <NoAgent desk /> }.into_any(),
    }
}

/// While the agent is not known, and where it is there no more.
#[component]
fn NoAgent(desk: Desk) -> impl IntoView {
    let on_close = Callback::new(move |()| desk.url.close_dialog());
    view! {
        <Dialog title=TITLE on_close on_focus_lost=Box::new(move || desk.list.focus_list())>
            <div class="kp-dialog-body"><p role="status">{move || no_agent(desk.fleet)}</p></div>
            <div class="kp-dialog-actions">
                <button type="button" class="kp-button" on:click=move |_| on_close.run(())>
                    "Cancel"
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn Editing(desk: Desk, agent: Agent) -> impl IntoView {
    let id = StoredValue::new(agent.id.clone());
    let ip_address = agent.ip_address.clone();
    let version = agent.version.clone();
    let name = agent.accessible_name();
    let form = AgentForm::new(desk, agent);
    form.forget_errors_when_typed();
    form.decide_when_typed();
    let check = check_when_released(form);
    let asks = RwSignal::new(false);
    let fields = NodeRef::<html::Form>::new();

    let close = move || desk.url.close_dialog();
    let on_close = Callback::new(move |()| {
        if untrack(move || form.is_dirty()) {
            asks.set(true);
        } else {
            close();
        }
    });
    desk.url.guard_dialog(Callback::new(move |()| {
        let is_dirty = untrack(move || form.is_dirty());
        asks.set(is_dirty);
        is_dirty
    }));
    ask_before_unload(form);

    let next_frame = NextFrame::default();
    let save = move || {
        spawn_local_scoped_with_cancellation(async move {
            match form.save().await {
                Saved::Yes => {
                    desk.announcement.set(format!("Saved {name}"));
                    close();
                }
                // What is wrong is on screen after the next turn of effects.
                Saved::No => next_frame.set(move || focus_first_problem(fields)),
            }
        });
    };
    let owner = Owner::current().unwrap_or_default();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let save = save.clone();
        owner.with(save);
    };
    let status = move || {
        desk.fleet.change.track();
        id.with_value(|id| desk.fleet.with(|fleet| fleet.get(id).map(|row| row.status)))
    };
    view! {
        <Dialog
            title=TITLE
            on_close
            on_focus_lost=desk.focus_row(id.get_value())
        >
            <form class="kp-dialog-form" novalidate node_ref=fields on:submit=on_submit>
                <div class="kp-dialog-body">
                    <p class="kp-dialog-about">
                        {move || status().map(|status| view! { <StatusBadge status=Signal::stored(status) /> })}
                        <span>{ip_address}</span>
                        <span class="kp-muted">{version}</span>
                    </p>
                    <Problem desk text=form.problem />
                    <Conflicts form site_title=site_title(desk) />
                    <TextField
                        label="Name"
                        value=form.name
                        placeholder="Auto Generated"
                        autofocus=true
                        error=form.error(FormField::Name)
                        on_change=Callback::new(move |()| check(FormField::Name))
                    />
                    <TextArea
                        label="Description"
                        hint="optional"
                        value=form.description
                        error=form.error(FormField::Description)
                        on_change=Callback::new(move |()| check(FormField::Description))
                    />
                    <TextField
                        label="Private IP"
                        value=form.private_ip
                        placeholder="Undefined"
                        error=form.error(FormField::PrivateIp)
                        on_change=Callback::new(move |()| check(FormField::PrivateIp))
                    />
                    <SiteFields desk form check=Callback::new(check) />
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
                on_keep=Callback::new(move |()| asks.set(false))
                on_discard=Callback::new(move |()| close())
            />
        </Show>
    }
}

/// An existing site, or a new one. What was typed for either stays.
#[component]
fn SiteFields(desk: Desk, form: AgentForm, check: Callback<FormField>) -> impl IntoView {
    let fleet = desk.fleet;
    let title_of = site_title(desk);
    let undefined = move || Choice {
        label: "Undefined".to_owned(),
        ..Choice::default()
    };
    let search = Callback::new(move |text: String| {
        // Sites may come and go while the list is open.
        fleet.change.track();
        let (sites, more) = fleet.with(|fleet| find_sites(fleet.sites(), &text, MOST_SITES));
        let choices = sites.iter().map(|site| Choice {
            value: site.id.clone(),
            label: site.title.clone(),
            detail: site.place_words(),
        });
        Choices {
            choices: std::iter::once(undefined()).chain(choices).collect(),
            more,
        }
    });
    let first_of_new = NodeRef::<html::Input>::new();
    let of_existing = NodeRef::<html::Input>::new();
    let next_frame = NextFrame::default();
    let toggle = move |_| {
        form.makes_site
            .update(|makes_site| *makes_site = !*makes_site);
        let makes_site = form.makes_site.get_untracked();
        next_frame.set(move || {
            let field = if makes_site {
                first_of_new
            } else {
                of_existing
            };
            if let Some(field) = field.try_get_untracked().flatten() {
                // Hidden again meanwhile: focus stays on the button.
                let _ = field.focus();
            }
        });
    };
    view! {
        <div class="kp-site-fields">
            <div hidden=move || form.makes_site.get()>
                <Combobox
                    label="Site"
                    value=form.site_id
                    query=form.site_typed
                    search
                    label_of=title_of
                    pinned=1
                    error=form.error(FormField::Site)
                    node_ref=of_existing
                />
                {move || fleet.sites_problem.get().map(|problem| view! {
                    <p class="kp-hint" role="status">{format!("Could not read the sites: {problem}.")}</p>
                })}
            </div>
            <Show when=move || form.makes_site.get()>
                <TextField
                    label="Site Name"
                    value=form.site_name
                    required=true
                    error=form.error(FormField::SiteName)
                    on_change=Callback::new(move |()| check.run(FormField::SiteName))
                    node_ref=first_of_new
                />
                <TextField
                    label="Street Address"
                    value=form.street_address
                    required=true
                    placeholder="Street, city, country"
                    error=form.error(FormField::StreetAddress)
                    on_change=Callback::new(move |()| check.run(FormField::StreetAddress))
                />
            </Show>
            <button type="button" class="kp-text-button" on:click=toggle>
                {move || if form.makes_site.get() { "Use an Existing Site" } else { "Create a New Site" }}
            </button>
        </div>
    }
}

/// The words of a site's id.
fn site_title(desk: Desk) -> Callback<String, String> {
    let fleet = desk.fleet;
    Callback::new(move |id: String| {
        fleet.change.track();
        fleet.with(|fleet| {
            fleet
                .site(&id)
                .map_or_else(|| "Undefined".to_owned(), |site| site.title.clone())
        })
    })
}

/// Asks before what was typed is lost.
#[component]
fn DiscardDialog(on_keep: Callback<()>, on_discard: Callback<()>) -> impl IntoView {
    view! {
        <Dialog
            title="Discard what you typed?"
            role=DialogRole::AlertDialog
            described_by="kp-discard-text"
            on_close=on_keep
        >
            <div class="kp-dialog-body">
                <p id="kp-discard-text">"Your changes to this agent have not been saved."</p>
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

/// Looks at a field that was left once no mouse button is down: what is said beside it would move
/// away what is about to be clicked.
fn check_when_released(form: AgentForm) -> impl Fn(FormField) + Copy + Send + Sync + 'static {
    let is_down = StoredValue::new(false);
    let left = StoredValue::new(Vec::new());
    if let Some(window) = web_sys::window() {
        events::listen(&window, "pointerdown", move |_| is_down.set_value(true));
        for event in ["pointerup", "pointercancel"] {
            events::listen(&window, event, move |_| {
                is_down.set_value(false);
                let check = move || {
                    let left = left.try_update_value(std::mem::take);
                    left.unwrap_or_default()
                        .into_iter()
                        .for_each(|field| form.check(field));
                };
                // After the click.
                set_timeout(check, Duration::ZERO);
            });
        }
    }
    move |field| {
        if is_down.get_value() {
            left.update_value(|left| left.push(field));
        } else {
            form.check(field);
        }
    }
}

/// While something is typed and not saved, the browser asks before it leaves the host's page.
fn ask_before_unload(form: AgentForm) {
    let is_dirty = Memo::new(move |_| form.is_dirty());
    Effect::new(move |_| {
        if is_dirty.get()
            && let Some(window) = web_sys::window()
        {
            // Ends with this run of the effect.
            events::listen(&window, "beforeunload", |event| {
                event.prevent_default();
                // Older browsers go by this.
                event
                    .unchecked_ref::<BeforeUnloadEvent>()
                    .set_return_value("unsaved");
            });
        }
    });
}

/// Shows what is wrong with the whole, and moves focus to the first field that is wrong, or to the
/// first open choice.
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
        // What cannot take focus leaves it where it is.
        let _ = element.focus();
    }
}
