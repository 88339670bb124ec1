//! What is on screen: Leptos components, one file for each thing, named after the words on screen.
//!
//! State is owned by [`LiveFleet`] (the agents), [`ViewUrl`] (filter, expanded agents, dialog) and
//! [`KproxyAgents`] (sorting, what is lit); components take what they show as props.

mod controls;
mod empty;
mod host;
mod icons;
mod list;
mod lit;
mod live_fleet;
mod map;
mod notices;
mod shown;
mod view_url;

pub use host::Host;
pub use live_fleet::LiveFleet;

use leptos::prelude::*;

use crate::domain::Status;
use crate::element::Options;
use controls::Controls;
use empty::Empty;
use list::{AgentList, ListHandle};
use live_fleet::Loaded;
use map::AgentsMap;
use notices::Notices;
use shown::Shown;
use view_url::ViewUrl;

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
    let url = options.with_untracked(ViewUrl::new);
    let filter = Memo::new(move |_| url.state.with(|state| state.filter.clone()));
    let shown = Shown::new(fleet, filter);
    let lit = RwSignal::new(None);
    let list_handle = ListHandle::default();

    let clear_filters = move || {
        url.push(|state| state.filter = crate::domain::Filter::default());
    };
    let has_rows = Memo::new(move |_| shown.rows.with(|rows| !rows.is_empty()));

    view! {
        <header class="kp-heading">
            {move || heading(options.with(|options| options.heading_level))}
        </header>
        <Notices fleet />
        <AgentsMap
            host
            options
            shown
            filter
            lit
            now=fleet.now
            loaded=fleet.loaded
            on_agent=Callback::new(move |id: String| list_handle.reveal(id))
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
            handle=list_handle
            shown
            filter
            lit
            now=fleet.now
            busy=Memo::new(move |_| fleet.loaded.get() == Loaded::Nothing && fleet.problem.with(Option::is_none))
        >
            <Show when=move || !has_rows.get()>
                <Empty fleet shown on_clear=Callback::new(move |()| clear_filters()) />
            </Show>
        </AgentList>
    }
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
