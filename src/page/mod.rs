//! What is on screen: Leptos components, one file for each thing, named after the words on screen.
//!
//! State is owned by [`LiveFleet`] (the agents), [`ViewUrl`] (filter, expanded agents, dialog) and
//! [`KproxyAgents`] (sorting, what is lit); components take what they show as props.

mod dialogs;
mod empty_state;
pub(crate) mod icons;
mod list;
mod map;
mod notices;
mod toolbar;
pub(crate) mod widgets;

use leptos::prelude::*;

use crate::domain::{DialogView, Filter, Status};
use crate::host::{Host, Options};
use crate::state::fleet_store::{LiveFleet, Loaded};
use crate::state::list_model::Shown;
use crate::state::url_sync::ViewUrl;
use dialogs::{DialogContext, Dialogs};
use empty_state::Empty;
use icons::Icon;
use list::{AgentList, ListHandle, RowActions};
use map::AgentsMap;
use notices::Notices;
use toolbar::Controls;

/// The whole page.
#[component]
pub fn KproxyAgents(
    /// The element that shows it.
    host: Host,
    /// The element's attributes.
    options: RwSignal<Options>,
    /// The agents.
    fleet: LiveFleet,
) -> impl IntoView {
    let url = ViewUrl::new(options);
    let filter = Memo::new(move |_| url.state.with(|state| state.filter.clone()));
    let expanded = Memo::new(move |_| url.state.with(|state| state.expanded.clone()));
    let read_only = Memo::new(move |_| options.with(|options| options.read_only));
    let shown = Shown::new(fleet, filter);
    let heading_level = Memo::new(move |_| options.with(|options| options.heading_level));
    let lit = RwSignal::new(None);
    let list_handle = ListHandle::default();
    let context = DialogContext {
        fleet,
        host,
        url,
        shown,
        list: list_handle,
        announcement: RwSignal::new(String::new()),
    };
    let gone = follow_link(context);

    let clear_filters = move || {
        url.push(|state| state.filter = Filter::default());
    };
    let on_add = Callback::new(move |()| url.open_dialog(DialogView::Add));
    let on_agent = move |id: String| {
        url.replace(|state| {
            if !state.expanded.contains(&id) {
                state.expanded.push(id.clone());
            }
        });
        list_handle.reveal(id);
    };
    let actions = RowActions {
        toggle: Callback::new(move |id| {
            url.replace(|state| state.toggle(id));
            // The next click may lead away, to a device's page.
            url.settle();
        }),
        edit: Callback::new(move |id| url.open_dialog(DialogView::Edit(id))),
        remove: Callback::new(move |id| url.open_dialog(DialogView::Remove(id))),
    };
    let has_rows = Memo::new(move |_| shown.rows.with(|rows| !rows.is_empty()));
    let dialog = Memo::new(move |_| {
        url.state
            .with(|state| state.dialog.clone())
            .filter(|_| !read_only.get())
    });

    view! {
        <div class="kp-heading">
            {move || heading(heading_level.get())}
            <Show when=move || !read_only.get()>
                <AddButton on_add />
            </Show>
        </div>
        <Notices fleet gone />
        <AgentsMap
            host
            options
            shown
            filter
            lit
            now=fleet.now
            loaded=fleet.loaded
            on_agent=Callback::new(on_agent)
            on_unlocated=Callback::new(move |()| url.push(|state| state.filter.unlocated = true))
        />
        <Controls
            fleet
            shown
            filter
            on_text=Callback::new(move |text: String| url.replace(|state| state.filter.text = text))
            on_status=Callback::new(move |status: Option<Status>| {
                url.push(|state| state.filter.status = status);
            })
            on_located=Callback::new(move |()| url.push(|state| state.filter.unlocated = false))
        />
        <AgentList
            host
            options
            handle=list_handle
            shown
            filter
            expanded
            lit
            now=fleet.now
            busy=Memo::new(move |_| fleet.loaded.get() == Loaded::Nothing && fleet.problem.with(Option::is_none))
            actions
        >
            <Show when=move || !has_rows.get()>
                <Empty fleet shown read_only on_add on_clear=Callback::new(move |()| clear_filters()) />
            </Show>
        </AgentList>
        <Dialogs context open=dialog />
        <p class="kp-visually-hidden" role="status">{context.announcement}</p>
    }
}

/// The way to a new agent.
#[component]
pub fn AddButton(
    /// Opens the dialog.
    on_add: Callback<()>,
) -> impl IntoView {
    view! {
        <button type="button" class="kp-button kp-primary" on:click=move |_| on_add.run(())>
            <Icon svg=icons::PLUS />
            "Add kproxy Agent"
        </button>
    }
}

/// Once the whole fleet is known: brings the agent that a link expands into view. Gives how many
/// agents of the link are not there any more.
fn follow_link(context: DialogContext) -> RwSignal<usize> {
    let gone = RwSignal::new(0);
    let linked = context
        .url
        .state
        .with_untracked(|state| state.expanded.clone());
    Effect::new(move |is_done: Option<bool>| {
        if is_done == Some(true) {
            return true;
        }
        if context.fleet.loaded.get() != Loaded::Whole {
            return false;
        }
        let (here, missing): (Vec<_>, Vec<_>) = linked
            .iter()
            .cloned()
            .partition(|id| context.fleet.with(|fleet| fleet.get(id).is_some()));
        if !missing.is_empty() {
            gone.set(missing.len());
            context
                .url
                .replace(|state| state.expanded.retain(|id| !missing.contains(id)));
        }
        if let Some(first) = here.into_iter().next() {
            context.list.show(first);
        }
        true
    });
    gone
}

/// The page's name, on the level that fits the host's outline.
fn heading(level: u8) -> AnyView {
    const NAME: &str = "kproxy Agents";
    match level {
        2 => view! { <h2 class="kp-title">{NAME}</h2> }.into_any(),
        3 => view! { <h3 class="kp-title">{NAME}</h3> }.into_any(),
        4 => view! { <h4 class="kp-title">{NAME}</h4> }.into_any(),
        5 => view! { <h5 class="kp-title">{NAME}</h5> }.into_any(),
        6 => view! { <h6 class="kp-title">{NAME}</h6> }.into_any(),
        _ => view! { <h1 class="kp-title">{NAME}</h1> }.into_any(),
    }
}
