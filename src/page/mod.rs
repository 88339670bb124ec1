//! What is on screen: Leptos components, one file for each part, named after the words on screen.
//!
//! State is owned by [`FleetReader`] (the agents), [`UrlSync`] (filter, expanded agents, dialog) and
//! [`KproxyAgents`] (sorting, what is highlighted); components take what they show as props.

mod dialogs;
mod empty_state;
mod heading;
pub(crate) mod icons;
mod list;
mod map;
mod notices;
mod part;
pub(crate) mod status_badge;
mod toolbar;
pub(crate) mod widgets;

use leptos::prelude::*;

use crate::browser::focus::keep_focus;
use crate::browser::timers::when_idle;
use crate::domain::{DialogView, Filter, Status};
use crate::host::{ElementOptions, Host};
use crate::state::list_handle::{ListHandle, RowRequest};
use crate::state::list_model::ListModel;
use crate::state::url_sync::UrlSync;
use crate::state::{FleetReader, Loaded};
use dialogs::{BuildDialog, DialogContext, Dialogs, LateFailure};
use empty_state::EmptyState;
use heading::Heading;
use list::{AgentList, BuildDetails, RowActions};
use map::{AgentsMap, BuildMap, MapContext};
use notices::Notices;
use part::Part;
use toolbar::Toolbar;
use widgets::id::unique_id;

/// What comes in files of its own, after the list.
struct Parts {
    map: Part<BuildMap>,
    dialogs: Part<BuildDialog>,
    details: Part<BuildDetails>,
}

impl Parts {
    /// The map is asked for by itself, the others once the browser has nothing else to do, so that
    /// they are there when they are opened.
    fn new(host: Host) -> Self {
        let map = Part::new(host, || Box::pin(map::load()));
        let dialogs = Part::new(host, || Box::pin(dialogs::load()));
        let details = Part::new(host, || Box::pin(list::load_details()));
        Effect::new(move |_| {
            if map.is_settled() {
                when_idle(move || {
                    dialogs.request();
                    details.request();
                });
            }
        });
        Self {
            map,
            dialogs,
            details,
        }
    }
}

/// The whole page.
#[component]
pub fn KproxyAgents(
    /// The element that shows the page.
    host: Host,
    /// The element's attributes.
    options: ReadSignal<ElementOptions>,
    /// Reads the agents.
    reader: FleetReader,
) -> impl IntoView {
    if let Some(root) = host.shadow_root() {
        keep_focus(root);
    }
    let store = reader.store;
    let url = UrlSync::new(options);
    let filter = Memo::new(move |_| url.state().with(|state| state.filter.clone()));
    let expanded = Memo::new(move |_| url.state().with(|state| state.expanded.clone()));
    let read_only = Memo::new(move |_| options.with(|options| options.read_only));
    let list_model = ListModel::new(store, filter);
    let heading_level = Memo::new(move |_| options.with(|options| options.heading_level));
    let highlight = RwSignal::new(None);
    let list_handle = ListHandle::default();
    let context = DialogContext {
        store,
        reader,
        host,
        url,
        list_model,
        list: list_handle,
        announcement: RwSignal::new(String::new()),
        late_failure: RwSignal::new(None),
        options: options.into(),
        read_only: read_only.into(),
        is_typing: RwSignal::new(false),
    };
    let gone = follow_link(context);
    let parts = Parts::new(host);
    let as_of_id = StoredValue::new(unique_id());
    let described_by = Signal::derive(move || {
        let is_old = store.outdated().get().is_some();
        is_old.then(|| as_of_id.get_value())
    });

    let clear_filters = move || {
        url.push(|state| state.filter = Filter::default());
    };
    let on_add = Callback::new(move |()| url.open_dialog(DialogView::Add));
    let on_agent = Callback::new(move |id: String| {
        url.replace(|state| {
            if !state.expanded.contains(&id) {
                state.expanded.push(id.clone());
            }
        });
        list_handle.request(id, RowRequest::Reveal);
    });
    let map_context = MapContext {
        host,
        options,
        list_model,
        filter,
        highlight,
        now: store.now(),
        loaded: store.loaded().into(),
        has_sites: store.has_sites().into(),
        on_agent,
        on_unlocated: Callback::new(move |()| url.push(|state| state.filter.unlocated = true)),
    };
    let has_rows = Memo::new(move |_| list_model.rows.with(|rows| !rows.is_empty()));
    let dialog = Memo::new(move |_| {
        url.state()
            .with(|state| state.dialog.clone())
            // What is typed is not taken away.
            .filter(|_| !read_only.get() || context.is_typing.get())
    });

    view! {
        <Heading level=heading_level read_only on_add />
        <Notices reader gone />
        <LateFailure context />
        <AgentsMap context=map_context part=parts.map described_by />
        <Toolbar
            reader
            list_model
            filter
            on_text=Callback::new(move |text: String| url.replace(|state| state.filter.text = text))
            on_status=Callback::new(move |status: Option<Status>| {
                url.push(|state| state.filter.status = status);
            })
            on_located=Callback::new(move |()| url.push(|state| state.filter.unlocated = false))
            as_of_id
        />
        <AgentList
            host
            options
            read_only
            handle=list_handle
            list_model
            filter
            expanded
            highlight
            now=store.now()
            busy=Memo::new(move |_| store.loaded().get() == Loaded::Nothing && reader.problem().with(Option::is_none))
            described_by
            actions=row_actions(url)
            details=parts.details
        >
            <Show when=move || !has_rows.get()>
                <EmptyState reader list_model read_only on_add on_clear=Callback::new(move |()| clear_filters()) />
            </Show>
        </AgentList>
        <Dialogs context open=dialog part=parts.dialogs />
        <p class="kp-visually-hidden" role="status">{repeatable(context.announcement)}</p>
    }
}

fn row_actions(url: UrlSync) -> RowActions {
    RowActions {
        toggle: Callback::new(move |id| {
            url.replace(|state| state.toggle(id));
            // The next click may leave the page, for a device's page.
            url.flush_after_frame();
        }),
        edit: Callback::new(move |id| url.open_dialog(DialogView::Edit(id))),
        remove: Callback::new(move |id| url.open_dialog(DialogView::Remove(id))),
    }
}

/// A live region's text. The same text again is told apart by a blank at its end: what does not
/// change is not read out.
fn repeatable(announcement: RwSignal<String>) -> Memo<String> {
    Memo::new_with_compare(
        move |before: Option<&String>| {
            let text = announcement.get();
            if before == Some(&text) && !text.is_empty() {
                text + "\u{a0}"
            } else {
                text
            }
        },
        |_, _| true,
    )
}

/// Once the whole fleet is read, scrolls to the agent that a link expands. Returns the agents in the
/// link that no longer exist.
fn follow_link(context: DialogContext) -> RwSignal<Vec<String>> {
    let gone = RwSignal::new(Vec::new());
    let linked = context
        .url
        .state()
        .with_untracked(|state| state.expanded.clone());
    Effect::new(move |is_done: Option<bool>| {
        if is_done == Some(true) {
            return true;
        }
        if context.store.loaded().get() != Loaded::Whole {
            return false;
        }
        let (here, missing): (Vec<_>, Vec<_>) = linked
            .iter()
            .cloned()
            .partition(|id| context.store.with(|fleet| fleet.get(id).is_some()));
        if !missing.is_empty() {
            context
                .url
                .replace(|state| state.expanded.retain(|id| !missing.contains(id)));
            gone.set(missing);
        }
        if let Some(first) = here.into_iter().next() {
            context.list.request(first, RowRequest::Show);
        }
        true
    });
    // One that is back does not count any more, nor does any of them with another API.
    Effect::new(move |_| {
        let still = gone.with(|gone| {
            context.store.with(|fleet| {
                let here = |id: &String| fleet.get(id).is_some();
                gone.iter()
                    .filter(|id| !here(id))
                    .cloned()
                    .collect::<Vec<_>>()
            })
        });
        let is_other_api = context.store.loaded().get() == Loaded::Nothing;
        let still = if is_other_api { Vec::new() } else { still };
        if gone.with_untracked(|gone| gone.len() != still.len()) {
            gone.set(still);
        }
    });
    gone
}
