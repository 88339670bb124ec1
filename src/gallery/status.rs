//! The statuses, each with its shape, and the icons.

use leptos::prelude::*;

use super::specimen::Specimen;
use crate::domain::Status;
use crate::page::icons::{self, Icon};
use crate::page::status_badge::StatusBadge;

const STATUSES: [Status; 4] = [
    Status::Critical,
    Status::Warning,
    Status::Pending,
    Status::Healthy,
];

const ICONS: [(&str, &str); 14] = [
    ("Alert", icons::ALERT),
    ("Check", icons::CHECK),
    ("Chevron", icons::CHEVRON),
    ("Close", icons::CLOSE),
    ("Copy", icons::COPY),
    ("Edit", icons::EDIT),
    ("External", icons::EXTERNAL),
    ("Fit", icons::FIT),
    ("Map pin", icons::MAP_PIN),
    ("Minus", icons::MINUS),
    ("Plus", icons::PLUS),
    ("Refresh", icons::REFRESH),
    ("Remove", icons::REMOVE),
    ("Search", icons::SEARCH),
];

pub fn page() -> impl IntoView {
    let statuses = STATUSES
        .map(|status| view! { <li><StatusBadge status=Signal::stored(status) /></li> })
        .into_iter()
        .collect_view();
    let icons = ICONS
        .map(|(name, svg)| view! { <li class="kp-specimen-line"><Icon svg />{name}</li> })
        .into_iter()
        .collect_view();
    view! {
        <div class="kp-specimens">
            <Specimen title="Statuses"><ul>{statuses}</ul></Specimen>
            <Specimen title="Icons"><ul>{icons}</ul></Specimen>
        </div>
    }
}
