//! Notices of what went wrong, above the data still on screen.

use leptos::prelude::*;

use super::icons::{self, Icon};
use crate::api::error::ApiError;
use crate::browser::intl;
use crate::domain::plural;
use crate::state::{FleetReader, Loaded};

/// The problems of the last read. While the list is empty, it shows them instead.
#[component]
pub fn Notices(
    /// Reads the agents.
    reader: FleetReader,
    /// How many of the agents that a link expands no longer exist.
    gone: ReadSignal<usize>,
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
    let unreadable = move |number: ReadSignal<usize>, one, many| {
        let number = number.get();
        (number > 0).then(|| {
            let things = plural(number, &intl::count(number), one, many);
            view! { <Notice>{things} " could not be read"</Notice> }
        })
    };
    let agents = move || unreadable(reader.unreadable(), "agent", "agents");
    let unread_sites = move || unreadable(reader.unreadable_sites(), "site", "sites");
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
                    </Notice>
                }
            })
    };
    let missing = move || {
        let number = gone.get();
        (number > 0).then(|| {
            let text = match number {
                1 => "The agent that this link leads to no longer exists".to_owned(),
                _ => format!(
                    "{} agents that this link leads to no longer exist",
                    intl::count(number)
                ),
            };
            view! {
                <Notice>{text}</Notice>
            }
        })
    };
    view! { <div class="kp-notices" role="status">{problem}{agents}{unread_sites}{sites}{missing}</div> }
}

/// One notice, with an icon.
#[component]
fn Notice(
    /// Its text.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="kp-notice">
            <Icon svg=icons::ALERT />
            <p>{children()}</p>
        </div>
    }
}

/// What happens after a failed read, or what the user can do.
pub fn advice(reader: FleetReader, problem: &ApiError) -> String {
    if let Some(until) = reader.client.rate_limit.until().get() {
        return format!("Retrying at {}", intl::time_of_day(until));
    }
    if problem.is_transient() {
        "Retrying soon".to_owned()
    } else {
        String::new()
    }
}
