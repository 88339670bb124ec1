//! Text fields for one line and for several.

use leptos::prelude::*;

use super::specimen::Specimen;
use super::texts;
use crate::page::widgets::{TextArea, TextField};

pub fn page() -> impl IntoView {
    let line = |text: &str, error: Option<&'static str>| {
        view! {
            <TextField
                label="Name"
                value=RwSignal::new(text.to_owned())
                placeholder="Auto Generated"
                error=Signal::stored(error.map(str::to_owned))
            />
        }
    };
    let lines = |text: &str, error: Option<&'static str>| {
        view! {
            <TextArea
                label="Description"
                hint="optional"
                value=RwSignal::new(text.to_owned())
                error=Signal::stored(error.map(str::to_owned))
            />
        }
    };
    view! {
        <div class="kp-specimens">
            <Specimen title="Empty">{line("", None)}</Specimen>
            <Specimen title="Filled">{line("fra1-kproxy", None)}</Specimen>
            <Specimen title="Required"><Required /></Specimen>
            <Specimen title="Invalid">{line("999.1.1.1", Some("This is no IPv4 or IPv6 address"))}</Specimen>
            <Specimen title="Long text">{line(texts::LONG, Some(texts::LONG))}</Specimen>
            <Specimen title="Hostile text">{line(texts::HOSTILE, Some(texts::HOSTILE))}</Specimen>
            <Specimen title="Right-to-left text">{line(texts::RIGHT_TO_LEFT, Some(texts::RIGHT_TO_LEFT))}</Specimen>
            <Specimen title="Several lines, empty">{lines("", None)}</Specimen>
            <Specimen title="Several lines, filled">{lines("In the basement.\nAsk Ada for the key.", None)}</Specimen>
            <Specimen title="Several lines, invalid">{lines(texts::UNBROKEN, Some("At most 1,024 characters"))}</Specimen>
            <Specimen title="Several lines, right-to-left text">{lines(texts::RIGHT_TO_LEFT, None)}</Specimen>
            <Specimen title="Very many lines">{lines(&"Line\n".repeat(40), None)}</Specimen>
        </div>
    }
}

/// A field that shows an error once it is left empty.
#[component]
fn Required() -> impl IntoView {
    let value = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let check = Callback::new(move |()| {
        let is_empty = value.with_untracked(String::is_empty);
        error.set(is_empty.then(|| "Give the site a name".to_owned()));
    });
    view! { <TextField label="Site Name" value required=true error on_change=check /> }
}
