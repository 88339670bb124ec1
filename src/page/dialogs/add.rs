//! The dialog "Adding a kproxy Agent": how to install one, and the agents that appear meanwhile.

use leptos::html;
use leptos::prelude::*;
use web_sys::Element;

use super::context::DialogContext;
use super::problem::Problem;
use crate::api::ApiError;
use crate::api::wire::Region;
use crate::browser::tasks::Tasks;
use crate::browser::timers::every;
use crate::domain::{
    DialogView, Fleet, FlowRegion, InstallCommand, InstallValues, NewAgents, Platform, Step,
};
use crate::page::icons::{self, Icon};
use crate::page::status_badge::StatusBadge;
use crate::page::widgets::{CopyButton, Dialog, Disclosure, DisclosureGroup};
use crate::state::fleet_store::Loaded;

/// How often the fleet is checked for new agents.
const CHECK_MS: u32 = 10_000;
/// How many of a package's steps install it; the others run it.
const INSTALL_STEPS: usize = 2;

/// The organization's values, as far as they are loaded.
#[derive(Clone, PartialEq, Eq)]
enum ValuesState {
    Loading,
    Loaded(InstallValues),
    /// Could not be loaded, for this reason.
    Failed(String),
}

impl ValuesState {
    fn have_failed(&self) -> bool {
        matches!(self, Self::Failed(_))
    }
}

/// A pane with commands for each platform, and the agents that appear while the dialog is open.
#[component]
pub fn AddDialog(
    /// What the dialog works with.
    context: DialogContext,
) -> impl IntoView {
    // Dropped with the dialog, and the token with it.
    let values = RwSignal::new(ValuesState::Loading);
    let email = RwSignal::new(String::new());
    let shows_token = RwSignal::new(false);
    let loading = RwSignal::new(false);
    let tasks = Tasks::here();
    let load = move || {
        if loading.get_untracked() {
            return;
        }
        loading.set(true);
        tasks.spawn(async move {
            let (account, loaded) = load_values(context).await;
            email.try_set(account);
            loading.try_set(false);
            values.try_set(loaded);
        });
    };
    load();
    context.on_sign_in(move || {
        values.with_untracked(ValuesState::have_failed).then(load);
    });
    let is_known = Memo::new(move |_| values.with(|values| *values != ValuesState::Loading));
    let rate_limit = context.reader.client.rate_limit;
    let is_off = move || {
        let have_failed = values.with(ValuesState::have_failed);
        loading.get() || (have_failed && rate_limit.is_waiting())
    };
    let retry_or_show = move |_| {
        if untrack(is_off) {
            return;
        }
        if values.with_untracked(ValuesState::have_failed) {
            load();
        } else {
            shows_token.update(|shows| *shows = !*shows);
        }
    };
    let group = DisclosureGroup::with_open(0);
    let in_commands = Memo::new(move |_| match values.get() {
        ValuesState::Loaded(values) => values,
        _ => InstallValues::default(),
    });
    let panes = Platform::ALL
        .into_iter()
        .enumerate()
        .map(move |(index, platform)| {
            view! {
                <Disclosure
                    group
                    index
                    title=platform.label()
                    detail=platform.systems()
                    autofocus=index == 0
                >
                    <Guide platform values=in_commands shows_token />
                </Disclosure>
            }
        });
    view! {
        <Dialog
            title="Adding a kproxy Agent"
            on_close=Callback::new(move |()| context.url.close_dialog())
            on_focus_lost=Box::new(move || context.list.focus_list())
        >
            <div class="kp-dialog-body">
                <p>
                    "Install kproxy on a host that your devices can reach. These are your organization's own values:
                    they are recommended over a user's own, which stop working when that user leaves."
                </p>
                <div class=move || if values.with(ValuesState::have_failed) { "kp-notice" } else { "kp-account" }>
                    {move || match values.get() {
                        ValuesState::Loading => view! { <p role="status" class="kp-muted">"Loading your organization's values…"</p> }.into_any(),
                        ValuesState::Failed(why) => view! { <LoadFailure why /> }.into_any(),
                        ValuesState::Loaded(_) => view! { <Account email shows_token /> }.into_any(),
                    }}
                    <Show when=move || is_known.get()>
                        // One button for both, so that focus stays on it.
                        <button
                            type="button"
                            class="kp-button kp-small"
                            aria-disabled=move || is_off().then_some("true")
                            aria-busy=move || loading.get().then_some("true")
                            on:click=retry_or_show
                        >
                            {move || match (values.with(ValuesState::have_failed), shows_token.get()) {
                                (true, _) => "Try again",
                                (false, false) => "Show",
                                (false, true) => "Hide",
                            }}
                        </button>
                    </Show>
                </div>
                {panes.collect_view()}
                <GoodToKnow />
            </div>
            <NewAgents context />
        </Dialog>
    }
}

/// Loads the organization's account, for display, and its values for the commands.
async fn load_values(context: DialogContext) -> (String, ValuesState) {
    let failed = |why: String| (String::new(), ValuesState::Failed(why));
    match context.reader.client.credentials().await {
        Err(ApiError::Forbidden) => {
            failed("You may not see them; ask an administrator for access".to_owned())
        }
        Err(error) => failed(Problem::Call(error).to_string()),
        Ok(credentials) => {
            let region = match credentials.region {
                Region::Us => FlowRegion::Us,
                Region::Eu => FlowRegion::Eu,
            };
            match InstallValues::new(&credentials.api_email, &credentials.api_token, region) {
                None => failed("They are not as expected".to_owned()),
                Some(values) => (credentials.api_email, ValuesState::Loaded(values)),
            }
        }
    }
}

/// Says why the values could not be loaded.
#[component]
fn LoadFailure(
    /// The reason.
    why: String,
) -> impl IntoView {
    view! {
        <Icon svg=icons::ALERT />
        <p role="alert">
            <strong>"Could not load your organization's values"</strong>
            {format!(": {why}. The commands show placeholders.")}
        </p>
    }
}

/// The account that the values belong to, and whether the token is shown.
#[component]
fn Account(
    /// The account's email address.
    email: RwSignal<String>,
    /// Whether the token is shown.
    shows_token: RwSignal<bool>,
) -> impl IntoView {
    let token = move || {
        if shows_token.get() {
            "Shown in the commands"
        } else {
            "Hidden; Copy includes it"
        }
    };
    view! {
        <dl>
            <dt>"Account"</dt>
            <dd>{email}</dd>
            <dt>"Token"</dt>
            <dd class="kp-muted">{token}</dd>
        </dl>
    }
}

/// The steps for one platform.
#[component]
fn Guide(
    /// The platform.
    platform: Platform,
    /// The organization's values for the commands.
    values: Memo<InstallValues>,
    /// Whether the token is shown.
    shows_token: RwSignal<bool>,
) -> impl IntoView {
    let list = move |steps: Vec<Step>, start: usize| {
        let steps = steps
            .into_iter()
            .map(|step| view! { <StepItem step shows_token /> })
            .collect_view();
        view! { <ol class="kp-steps" start=start.to_string()>{steps}</ol> }
    };
    move || {
        let values = values.get();
        let steps = platform.steps(&values);
        let service = platform.service_steps(&values);
        if service.is_empty() {
            return list(steps, 1).into_any();
        }
        let (install, run) = steps.split_at(INSTALL_STEPS.min(steps.len()));
        let (install, run) = (install.to_vec(), run.to_vec());
        view! {
            {list(install, 1)}
            <h4>"Then run it by hand"</h4>
            {list(run, INSTALL_STEPS + 1)}
            <h4>"Or have systemd run it"</h4>
            {list(service, INSTALL_STEPS + 1)}
        }
        .into_any()
    }
}

/// One step: its title, its command, and a button that copies the command with the token.
#[component]
fn StepItem(
    /// The step.
    step: Step,
    /// Whether the token is shown.
    shows_token: RwSignal<bool>,
) -> impl IntoView {
    let command = StoredValue::new(step.command);
    let shown = move || {
        command.with_value(|command| {
            if shows_token.get() {
                command.whole()
            } else {
                command.masked()
            }
        })
    };
    let is_masked = move || command.with_value(InstallCommand::is_masked) && !shows_token.get();
    let by_hand = move || {
        if is_masked() {
            "press Show, then select and copy the text"
        } else {
            "select and copy the text"
        }
    };
    let on_screen = NodeRef::<html::Code>::new();
    let whole_on_screen = move || {
        on_screen
            .get_untracked()
            .filter(|_| !untrack(is_masked))
            .map(Element::from)
    };
    view! {
        <li class="kp-step">
            <div class="kp-step-head">
                <span>{step.title}</span>
                <CopyButton
                    text=Callback::new(move |()| command.with_value(InstallCommand::whole))
                    by_hand=Signal::derive(by_hand)
                    shown=Signal::derive_local(whole_on_screen)
                />
            </div>
            <pre class="kp-command" role="group" aria-label=step.title><code node_ref=on_screen>{shown}</code></pre>
        </li>
    }
}

/// Facts about every installation.
#[component]
fn GoodToKnow() -> impl IntoView {
    view! {
        <section class="kp-good-to-know">
            <h3>"Good to know"</h3>
            <ul class="kp-bullets">
                <li>"Point each device at the agent's Private IP, port 9995 (UDP), and at only one agent: a device that sends to two is counted twice."</li>
                <li>"kproxy must reach flow.kentik.com (in the EU flow.kentik.eu) on tcp/443, and your devices on udp/161."</li>
                <li>"The host's public IP address must be allowed in the portal's Access Control, and its clock accurate to within a minute."</li>
                <li>"NetFlow v9 and IPFIX need two to three minutes for their templates after a start."</li>
            </ul>
        </section>
    }
}

/// The agents that have appeared since the dialog was opened, each with a way to edit it.
#[component]
fn NewAgents(
    /// What the dialog works with.
    context: DialogContext,
) -> impl IntoView {
    let store = context.store;
    every(CHECK_MS, move || context.reader.refresh_if_visible());
    let new_agents = StoredValue::new(None::<NewAgents>);
    let new = Memo::new(move |_| {
        // No agent is new until the whole fleet has been read once.
        if store.loaded().get() != Loaded::Whole {
            new_agents.set_value(None);
            return Vec::new();
        }
        let update = |fleet: &Fleet| {
            new_agents.try_update_value(|new_agents| {
                let new_agents = new_agents.get_or_insert_with(|| NewAgents::since(fleet));
                new_agents.update(fleet).to_vec()
            })
        };
        store.with(update).unwrap_or_default()
    });
    let agent = move |id: String| {
        let id = StoredValue::new(id);
        let row = Memo::new_with_compare(
            move |_| id.with_value(|id| store.with(|fleet| fleet.get(id).cloned())),
            |_, _| true,
        );
        let name =
            move || row.with(|row| row.as_ref().map(|row| row.agent.display_name().to_owned()));
        let address = move || row.with(|row| row.as_ref().map(|row| row.agent.ip_address.clone()));
        let label = move || {
            row.with(|row| {
                let name = row.as_ref().map(|row| row.agent.accessible_name());
                format!("Update {}", name.unwrap_or_default())
            })
        };
        let status = move || row.with(|row| row.as_ref().map(|row| row.status));
        view! {
            <li class="kp-new-agent">
                {move || status().map(|status| view! { <StatusBadge status=Signal::stored(status) /> })}
                <strong>{name}</strong>
                <span class="kp-muted">{address}</span>
                <button
                    type="button"
                    class="kp-button kp-primary kp-small"
                    aria-label=label
                    on:click=move |_| context.url.open_dialog(DialogView::Edit(id.get_value()))
                >
                    "Update"
                </button>
            </li>
        }
    };
    let waiting = move || match context.reader.problem().get() {
        Some(problem) => format!("Waiting for a new agent… The last check failed: {problem}"),
        None => "Waiting for a new agent…".to_owned(),
    };
    view! {
        <div class="kp-new-agents">
            <div role="status" aria-label="New agents">
                <ul><For each=move || new.get() key=String::clone let:id>{agent(id)}</For></ul>
            </div>
            <p class="kp-waiting"><span class="kp-pulse"></span>{waiting}</p>
        </div>
    }
}
