//! The combobox, with different choices and values.

use leptos::prelude::*;

use super::specimen::Specimen;
use super::texts;
use crate::page::widgets::{Choice, Choices, Combobox};

/// The most choices listed at once, as in the product.
const MOST: usize = 100;

pub fn page() -> impl IntoView {
    let cities = || {
        ["Amsterdam", "Frankfurt", "Lagos", "Singapore", "São Paulo"]
            .map(|city| choice(city, ""))
            .to_vec()
    };
    let many = (1..=5_000)
        .map(|number| choice(&format!("Site {number}"), ""))
        .collect::<Vec<_>>();
    let odd = [
        choice(texts::LONG, "12 Harbour Street, Hamburg, Germany"),
        choice(texts::UNBROKEN, texts::UNBROKEN),
        choice(texts::HOSTILE, texts::HOSTILE),
        choice(texts::RIGHT_TO_LEFT, "القاهرة، مصر"),
    ];
    let twins = vec![
        choice("Springfield", "Illinois, United States"),
        choice("Springfield", "Oregon, United States"),
    ];
    let [long, unbroken, hostile, right_to_left] = odd.clone().map(|chosen| Start {
        choices: odd.to_vec(),
        chosen: Some(chosen.value),
        ..Start::default()
    });
    view! {
        <div class="kp-specimens">
            <Specimen title="Nothing chosen">{combobox(Start { choices: cities(), ..Start::default() })}</Specimen>
            <Specimen title="Chosen">
                {combobox(Start { choices: cities(), chosen: Some(value("Lagos", "")), ..Start::default() })}
            </Specimen>
            <Specimen title="Invalid">
                {combobox(Start {
                    choices: cities(),
                    query: Some("Atlantis"),
                    error: Some("Choose a site from the list, or create a new one"),
                    ..Start::default()
                })}
            </Specimen>
            <Specimen title="Five thousand choices">
                {combobox(Start { choices: many, chosen: Some(value("Site 42", "")), ..Start::default() })}
            </Specimen>
            <Specimen title="Same words, different details">{combobox(Start { choices: twins, ..Start::default() })}</Specimen>
            <Specimen title="Nothing to choose">{combobox(Start { has_undefined: false, ..Start::default() })}</Specimen>
            <Specimen title="Long text">{combobox(long)}</Specimen>
            <Specimen title="Unbroken text">{combobox(unbroken)}</Specimen>
            <Specimen title="Hostile text">{combobox(hostile)}</Specimen>
            <Specimen title="Right-to-left text">{combobox(right_to_left)}</Specimen>
        </div>
    }
}

fn value(label: &str, detail: &str) -> String {
    format!("{label} {detail}")
}

fn choice(label: &str, detail: &str) -> Choice {
    Choice {
        value: value(label, detail),
        label: label.to_owned(),
        detail: detail.to_owned(),
    }
}

/// The initial state of a combobox.
struct Start {
    choices: Vec<Choice>,
    /// Whether "Undefined" is always listed.
    has_undefined: bool,
    chosen: Option<String>,
    query: Option<&'static str>,
    error: Option<&'static str>,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            choices: Vec::new(),
            has_undefined: true,
            chosen: None,
            query: None,
            error: None,
        }
    }
}

fn combobox(start: Start) -> impl IntoView {
    let choices = StoredValue::new(start.choices);
    let undefined = start.has_undefined.then(|| Choice {
        label: "Undefined".to_owned(),
        ..Choice::default()
    });
    let words_of_none = undefined.as_ref().map(|choice| choice.label.clone());
    let search = Callback::new(move |text: String| {
        let text = text.trim().to_lowercase();
        let mut found = choices.with_value(|choices| {
            let matches = |choice: &&Choice| choice.label.to_lowercase().contains(&text);
            choices.iter().filter(matches).cloned().collect::<Vec<_>>()
        });
        let more = found.len().saturating_sub(MOST);
        found.truncate(MOST);
        Choices {
            choices: undefined.clone().into_iter().chain(found).collect(),
            more,
        }
    });
    let label_of = Callback::new(move |value: String| {
        let label = choices.with_value(|choices| {
            let chosen = choices.iter().find(|choice| choice.value == value);
            chosen.map(|choice| choice.label.clone())
        });
        label.or_else(|| words_of_none.clone()).unwrap_or_default()
    });
    view! {
        <Combobox
            label="Site"
            value=RwSignal::new(start.chosen.unwrap_or_default())
            query=RwSignal::new(start.query.map(str::to_owned))
            search
            label_of
            pinned=usize::from(start.has_undefined)
            error=Signal::stored(start.error.map(str::to_owned))
        />
    }
}
