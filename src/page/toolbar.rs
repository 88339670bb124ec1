//! The toolbar: filter, status, auto-refresh, refresh, and the number of matching agents.

use chrono::DateTime;
use leptos::prelude::*;

use super::icons::{self, Icon};
use crate::browser::intl;
use crate::domain::{Filter, Status, plural, relative_time};
use crate::state::list_model::ListModel;
use crate::state::{FleetReader, Loaded};

/// The statuses, in the order of the status menu.
const CHOICES: [Status; 4] = [
    Status::Healthy,
    Status::Warning,
    Status::Critical,
    Status::Pending,
];

/// The row of controls between the map and the list.
#[component]
pub fn Toolbar(
    /// Reads the agents.
    reader: FleetReader,
    /// The agents, filtered and sorted.
    list_model: ListModel,
    /// The current filter.
    filter: Memo<Filter>,
    /// Called with the text each time it changes.
    on_text: Callback<String>,
    /// Called with the chosen status; `None`: all.
    on_status: Callback<Option<Status>>,
    /// Called to show agents with a location again.
    on_located: Callback<()>,
    /// The id of what says how old the data is.
    as_of_id: StoredValue<String>,
) -> impl IntoView {
    view! {
        <div class="kp-toolbar" part="toolbar">
            <div class="kp-filter">
                <Icon svg=icons::SEARCH />
                <input
                    type="search"
                    class="kp-input"
                    aria-label="Filter"
                    placeholder="Filter"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || filter.with(|filter| filter.text.clone())
                    on:input:target=move |event| on_text.run(event.target().value())
                />
            </div>
            <StatusChoice reader list_model filter on_status />
            <Show when=move || filter.with(|filter| filter.unlocated)>
                <button
                    type="button"
                    class="kp-chip"
                    aria-label="Remove filter: No location"
                    data-focus-successor=".kp-filter input"
                    on:click=move |_| on_located.run(())
                >
                    "No location"
                    <Icon svg=icons::CLOSE />
                </button>
            </Show>
            <ResultCount reader list_model filter />
            <div class="kp-refreshing">
                <LastUpdated reader as_of_id />
                <label class="kp-check">
                    <input
                        type="checkbox"
                        prop:checked=move || reader.auto_refresh().get()
                        on:change:target=move |event| reader.set_auto_refresh(event.target().checked())
                    />
                    "Auto-refresh"
                </label>
                <button
                    type="button"
                    class="kp-button"
                    aria-disabled=move || reader.reading().get().then_some("true")
                    aria-busy=move || reader.reading().get().then_some("true")
                    on:click=move |_| reader.refresh()
                >
                    <Icon svg=icons::REFRESH />
                    "Refresh"
                </button>
            </div>
        </div>
    }
}

/// The field "Status", with the number of agents for each status.
#[component]
fn StatusChoice(
    /// Reads the agents.
    reader: FleetReader,
    /// The agents, filtered and sorted.
    list_model: ListModel,
    /// The current filter.
    filter: Memo<Filter>,
    /// Called with the chosen status; `None`: all.
    on_status: Callback<Option<Status>>,
) -> impl IntoView {
    let chosen = move || filter.with(|filter| filter.status.map_or("all", Status::slug));
    let count = move |number: usize| {
        let count = intl::count(number);
        match reader.store.loaded().get() {
            Loaded::Partly => format!("({count} so far)"),
            Loaded::Nothing | Loaded::Whole => format!("({count})"),
        }
    };
    let option = move |status: Status| {
        view! {
            <option value=status.slug() prop:selected=move || chosen() == status.slug()>
                {move || format!("{} {}", status.label(), count(list_model.counts.get().of(status)))}
            </option>
        }
    };
    view! {
        <select
            class="kp-input kp-select"
            aria-label="Status"
            on:change:target=move |event| on_status.run(Status::from_slug(&event.target().value()))
        >
            <option value="all" prop:selected=move || chosen() == "all">
                {move || format!("All {}", count(list_model.counts.get().total()))}
            </option>
            {CHOICES.map(option)}
        </select>
    }
}

/// "12 of 340 agents", in a polite live region.
#[component]
fn ResultCount(
    /// Reads the agents.
    reader: FleetReader,
    /// The agents, filtered and sorted.
    list_model: ListModel,
    /// The current filter.
    filter: Memo<Filter>,
) -> impl IntoView {
    let text = move || {
        if reader.store.loaded().get() == Loaded::Nothing {
            return String::new();
        }
        let total = list_model.counts.get().total();
        let mut text = plural(total, &intl::count(total), "agent", "agents");
        if filter.with(Filter::is_active) {
            let count = intl::count(list_model.rows.with(|rows| rows.len()));
            text = format!("{count} of {text}");
        }
        if reader.store.loaded().get() == Loaded::Partly {
            text.push_str(" so far");
        }
        text
    };
    view! { <p class="kp-count" role="status" aria-live="polite">{text}</p> }
}

/// The time of the last read, and whether the data is stale, or so old that statuses stand still.
#[component]
fn LastUpdated(
    /// Reads the agents.
    reader: FleetReader,
    /// Its id.
    as_of_id: StoredValue<String>,
) -> impl IntoView {
    move || {
        if let Some(outdated) = reader.store.outdated().get() {
            let then = DateTime::UNIX_EPOCH;
            let text = format!(
                "As of {}, {}",
                intl::time_of_day(outdated.as_of),
                relative_time(Some(then), then + outdated.age)
            );
            return Some(
                view! { <span class="kp-updated kp-stale" id=as_of_id.get_value()>{text}</span> }
                    .into_any(),
            );
        }
        reader.last_read().get().map(|at| {
            let stale = reader.problem().with(Option::is_some);
            view! {
                <span class="kp-updated" class:kp-stale=stale>
                    {format!("Updated {}", intl::time_of_day(at))}
                    {stale.then_some(" (stale)")}
                </span>
            }
            .into_any()
        })
    }
}
