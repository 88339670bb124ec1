//! Notices of what went wrong, above the data still on screen.

use chrono::TimeDelta;
use leptos::prelude::*;

use super::icons::{self, Icon};
use crate::api::error::ApiError;
use crate::browser::intl;
use crate::browser::timers::local_now;
use crate::domain::plural;
use crate::state::{FleetReader, Loaded};

/// The problems of the last read. While the list is empty, it shows them instead.
#[component]
pub fn Notices(
    /// Reads the agents.
    reader: FleetReader,
    /// The agents that a link expands and that no longer exist.
    gone: RwSignal<Vec<String>>,
) -> impl IntoView {
    let problem = move || {
        reader
            .problem()
            .get()
            .filter(|_| reader.store.loaded().get() != Loaded::Nothing)
            .map(|problem| {
                let advice = advice(reader, &problem);
                view! {
                    <Notice>
                        <strong>"Could not refresh the agents"</strong>
                        ": "
                        {problem.to_string()}
                        ". "
                        {advice}
                    </Notice>
                }
            })
    };
    let unreadable = move || {
        let agents = reader.unreadable().get();
        let sites = reader.unreadable_sites().get();
        let parts: Vec<_> = [(agents, "agent", "agents"), (sites, "site", "sites")]
            .into_iter()
            .filter(|&(number, ..)| number > 0)
            .map(|(number, one, many)| plural(number, &intl::count(number), one, many))
            .collect();
        let text = parts.join(" and ");
        (!parts.is_empty()).then(|| view! { <Notice>{text} " could not be read"</Notice> })
    };
    let sites = move || {
        reader
            .sites_problem()
            .get()
            .filter(|_| reader.problem().with(Option::is_none))
            .map(|problem| {
                view! {
                    <Notice>
                        <strong>"Could not read the sites"</strong>
                        ": "
                        {problem.to_string()}
                        ". Retrying soon"
                    </Notice>
                }
            })
    };
    let missing = move || {
        let number = gone.with(Vec::len);
        (number > 0).then(|| {
            let text = match number {
                1 => "The agent that this link leads to no longer exists".to_owned(),
                _ => format!(
                    "{} agents that this link leads to no longer exist",
                    intl::count(number)
                ),
            };
            view! {
                <Notice on_close=Callback::new(move |()| gone.set(Vec::new()))>{text}</Notice>
            }
        })
    };
    view! { <div class="kp-notices" role="status">{problem}{unreadable}{sites}{missing}</div> }
}

/// One notice, with an icon.
#[component]
pub fn Notice(
    /// Closes it, where it does not go by itself.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="kp-notice">
            <Icon svg=icons::ALERT />
            <p>{children()}</p>
            {on_close.map(|on_close| view! {
                <button
                    type="button"
                    class="kp-icon-button kp-notice-close"
                    aria-label="Close this notice"
                    title="Close"
                    data-focus-successor=".kp-notice-close, .kp-list"
                    on:click=move |_| on_close.run(())
                >
                    <Icon svg=icons::CLOSE />
                </button>
            })}
        </div>
    }
}

/// What happens after a failed read.
pub fn advice(reader: FleetReader, problem: &ApiError) -> String {
    if *problem == ApiError::Unauthenticated {
        return String::new();
    }
    let until = reader.client.rate_limit.until().get();
    let Some(at) = until.or_else(|| reader.retry_at().get()) else {
        return String::new();
    };
    let is_soon = at.signed_duration_since(local_now()) < TimeDelta::seconds(15);
    if until.is_none() && is_soon {
        "Retrying soon".to_owned()
    } else {
        format!("Retrying at {}", intl::time_of_day(at))
    }
}
