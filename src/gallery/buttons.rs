//! Buttons and other small controls: `style/primitives`, and what the toolbar, a row and a conflict add.

use leptos::prelude::*;

use super::specimen::Specimen;
use super::texts;
use crate::page::icons::{self, Icon};

/// The classes of each kind of button, and its name.
const KINDS: [(&str, &str); 5] = [
    ("Usual", "kp-button"),
    ("Primary", "kp-button kp-primary"),
    ("Dangerous", "kp-button kp-danger"),
    ("Small", "kp-button kp-small"),
    ("Small, primary", "kp-button kp-primary kp-small"),
];

pub fn page() -> impl IntoView {
    let kinds = KINDS.map(|(title, class)| {
        view! {
            <Specimen title>
                <div class="kp-specimen-line">
                    <button type="button" class=class>"Save"</button>
                    <button type="button" class=class><Icon svg=icons::PLUS />"Add"</button>
                    <button type="button" class=class aria-disabled="true">"Off"</button>
                    <button type="button" class=class aria-disabled="true" aria-busy="true">
                        <Icon svg=icons::REFRESH />
                        "Busy"
                    </button>
                </div>
                <div class="kp-specimen-line">
                    <button type="button" class=class>{texts::LONG}</button>
                    <button type="button" class=class>{texts::RIGHT_TO_LEFT}</button>
                </div>
            </Specimen>
        }
    });
    view! {
        <div class="kp-specimens">
            {kinds.into_iter().collect_view()}
            <Specimen title="Icons">
                <div class="kp-specimen-line">
                    <button type="button" class="kp-icon-button" aria-label="Edit" title="Edit"><Icon svg=icons::EDIT /></button>
                    <button type="button" class="kp-icon-button" aria-label="Remove" title="Remove"><Icon svg=icons::REMOVE /></button>
                    <button type="button" class="kp-icon-button" aria-label="Close" title="Close"><Icon svg=icons::CLOSE /></button>
                    <button type="button" class="kp-toggle" aria-label="Details, closed" aria-expanded="false"><Icon svg=icons::CHEVRON /></button>
                    <button type="button" class="kp-toggle" aria-label="Details, open" aria-expanded="true"><Icon svg=icons::CHEVRON /></button>
                </div>
            </Specimen>
            <Specimen title="Text">
                <button type="button" class="kp-text-button">"Create a New Site"</button>
            </Specimen>
            <Specimen title="Choice">
                <div class="kp-specimen-line">
                    <button type="button" class="kp-button kp-small kp-choice" aria-pressed="true">"Keep mine"</button>
                    <button type="button" class="kp-button kp-small kp-choice" aria-pressed="false">"Take theirs"</button>
                </div>
            </Specimen>
            <Specimen title="Chip">
                <div class="kp-specimen-line">
                    <button type="button" class="kp-chip" aria-label="Remove filter: No location">
                        "No location"
                        <Icon svg=icons::CLOSE />
                    </button>
                </div>
            </Specimen>
            <Specimen title="Checkbox">
                <div class="kp-specimen-line">
                    <label class="kp-check"><input type="checkbox" checked />"On"</label>
                    <label class="kp-check"><input type="checkbox" />"Off"</label>
                </div>
            </Specimen>
            <Specimen title="Select">
                <select class="kp-input kp-select" aria-label="Status">
                    <option>"All (340)"</option>
                    <option>"Critical (12)"</option>
                </select>
            </Specimen>
            <Specimen title="Notice">
                <div class="kp-notice">
                    <Icon svg=icons::ALERT />
                    <p><strong>"Could not refresh the agents"</strong>": "{texts::UNBROKEN}</p>
                </div>
            </Specimen>
        </div>
    }
}
