//! An editable combobox with a list that is filtered as one types.
//!
//! <https://www.w3.org/WAI/ARIA/apg/patterns/combobox/>

use leptos::html;
use leptos::prelude::*;
use web_sys::{AddEventListenerOptions, HtmlElement, KeyboardEvent};

use super::field::FieldError;
use super::id::unique_id;
use crate::browser::events;
use crate::browser::resize::on_resize;
use crate::page::icons::{self, Icon};

/// Between the field and its list.
const GAP_PX: f64 = 4.0;
/// The list is this high where there is room.
const MOST_PX: f64 = 300.0;

/// One of the things that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Tells it from the others.
    pub value: String,
    /// Its words.
    pub label: String,
    /// What tells it from others with the same words; may be empty.
    pub detail: String,
}

/// What matches a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// In the order in which they are shown.
    pub choices: Vec<Choice>,
    /// How many more there are than these.
    pub more: usize,
}

/// What the combobox is about, and what is going on in it.
#[derive(Clone, Copy)]
struct State {
    value: RwSignal<String>,
    typed: RwSignal<Option<String>>,
    find: Callback<String, Choices>,
    always: usize,
    open: RwSignal<bool>,
    /// The value of the choice that the arrow keys are at.
    active: RwSignal<Option<String>>,
    /// Where that stands among those found. Others may come and go.
    active_index: Memo<Option<usize>>,
    found: Memo<Choices>,
}

impl State {
    fn new(
        value: RwSignal<String>,
        typed: RwSignal<Option<String>>,
        find: Callback<String, Choices>,
        always: usize,
    ) -> Self {
        let open = RwSignal::new(false);
        let found = Memo::new(move |_| {
            if open.get() {
                find.run(typed.get().unwrap_or_default())
            } else {
                Choices::default()
            }
        });
        let active = RwSignal::new(None::<String>);
        let active_index = Memo::new(move |_| {
            let active = active.get()?;
            found.with(|found| {
                found
                    .choices
                    .iter()
                    .position(|choice| choice.value == active)
            })
        });
        Self {
            value,
            typed,
            find,
            always,
            open,
            active,
            active_index,
            found,
        }
    }

    fn len(self) -> usize {
        self.found.with_untracked(|found| found.choices.len())
    }

    fn choose(self, choice: Choice) {
        self.value.set(choice.value);
        self.typed.set(None);
        self.hide();
    }

    fn choose_at(self, index: usize) {
        let choice = self
            .found
            .with_untracked(|found| found.choices.get(index).cloned());
        if let Some(choice) = choice {
            self.choose(choice);
        }
    }

    fn show(self) {
        self.open.set(true);
        self.active.set(Some(self.value.get_untracked()));
    }

    fn activate(self, index: usize) {
        let value = self
            .found
            .with_untracked(|found| Some(found.choices.get(index)?.value.clone()));
        self.active.set(value);
    }

    fn hide(self) {
        self.open.set(false);
        self.active.set(None);
    }

    /// To the next choice, or the one before; round at the ends.
    fn step(self, goes_down: bool) {
        if !self.open.get_untracked() {
            self.show();
            if self.active_index.get_untracked().is_some() {
                return;
            }
        }
        let Some(last) = self.len().checked_sub(1) else {
            return;
        };
        self.activate(match (self.active_index.get_untracked(), goes_down) {
            (Some(index), true) if index < last => index + 1,
            (Some(index), false) if index > 0 => index - 1,
            (_, true) => 0,
            (_, false) => last,
        });
    }

    fn on_keydown(self, event: &KeyboardEvent) {
        if event.is_composing() {
            return;
        }
        let is_open = self.open.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if event.alt_key() => self.show(),
            "ArrowUp" if event.alt_key() => self.hide(),
            "ArrowDown" => self.step(true),
            "ArrowUp" => self.step(false),
            "Enter" if is_open => match self.active_index.get_untracked() {
                Some(index) => self.choose_at(index),
                None => self.hide(),
            },
            "Escape" if is_open => {
                // It closes the list alone, not the dialog around it.
                event.stop_propagation();
                self.hide();
            }
            // They move the cursor in what is typed; no choice is in the way then.
            "ArrowLeft" | "ArrowRight" | "Home" | "End" => {
                self.active.set(None);
                return;
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn on_input(self, text: String) {
        let is_empty = text.is_empty();
        self.typed.set(Some(text));
        self.open.set(true);
        // Enter takes the first that matches, not one that is there anyway.
        if is_empty {
            self.active.set(None);
        } else {
            self.activate(self.always);
        }
    }

    /// What was typed is taken where it names one; else it stays, to be mended.
    fn on_blur(self) {
        // Browsers also blur what is taken off the page: then nothing of this is left.
        let Some(typed) = self.typed.try_get_untracked() else {
            return;
        };
        self.hide();
        let Some(text) = typed else { return };
        let text = text.trim().to_lowercase();
        let choices = untrack(|| self.find.run(text.clone())).choices;
        if text.is_empty() {
            if let Some(first) = choices.into_iter().take(self.always).next() {
                self.choose(first);
            }
            return;
        }
        let mut named = choices
            .into_iter()
            .filter(|choice| choice.label.to_lowercase() == text);
        if let (Some(choice), None) = (named.next(), named.next()) {
            self.choose(choice);
        }
    }
}

/// A field in which one of many is chosen, by typing or from the list.
#[component]
pub fn Combobox(
    /// Its label.
    label: &'static str,
    /// The value of the chosen one.
    value: RwSignal<String>,
    /// What was typed since the last choice; `None`: the chosen one's words stand in the field.
    typed: RwSignal<Option<String>>,
    /// What matches a text, of all there is. The first may stand there whatever the text.
    find: Callback<String, Choices>,
    /// The words of a value.
    label_of: Callback<String, String>,
    /// How many choices there are whatever is typed: the first ones.
    #[prop(default = 0)]
    always: usize,
    /// What is wrong with the field.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// To focus it.
    #[prop(optional)]
    node_ref: NodeRef<html::Input>,
) -> impl IntoView {
    let state = State::new(value, typed, find, always);
    let State {
        open,
        active_index,
        found,
        ..
    } = state;
    let id = unique_id();
    let (list_id, error_id) = (format!("{id}-list"), format!("{id}-error"));
    let (controls, options_of, described_by) = (list_id.clone(), list_id.clone(), error_id.clone());
    let menu = NodeRef::<html::Div>::new();
    let text = move || {
        typed
            .get()
            .unwrap_or_else(|| value.with(|value| label_of.run(value.clone())))
    };
    place_menu(node_ref, menu, open);
    keep_active_in_view(menu, active_index);
    view! {
        <div class="kp-field">
            <label class="kp-label" for=id.clone()>{label}</label>
            <div class="kp-combobox">
                <input
                    type="text"
                    class="kp-input"
                    id=id
                    role="combobox"
                    aria-autocomplete="list"
                    aria-expanded=move || open.get().to_string()
                    aria-controls=controls
                    aria-activedescendant=move || active_index.get().map(|index| option_id(&options_of, index))
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=move || error.with(Option::is_some).then(|| described_by.clone())
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    prop:value=text
                    on:input:target=move |event| state.on_input(event.target().value())
                    on:click=move |_| if open.get_untracked() { state.hide() } else { state.show() }
                    on:focus:target=|event| event.target().select()
                    on:blur=move |_| state.on_blur()
                    on:keydown=move |event| state.on_keydown(&event)
                    node_ref=node_ref
                />
                <Icon svg=icons::CHEVRON />
            </div>
            <div class="kp-menu" popover="manual" node_ref=menu>
                <Options id=list_id label state />
                <p class="kp-menu-note" role="status">
                    {move || open.get().then(|| found.with(|found| note(found, always, typed.with(Option::is_some))))}
                </p>
            </div>
            <FieldError id=error_id error />
        </div>
    }
}

fn option_id(list_id: &str, index: usize) -> String {
    format!("{list_id}-{index}")
}

/// The choices that match what was typed.
#[component]
fn Options(id: String, label: &'static str, state: State) -> impl IntoView {
    let list_id = id.clone();
    let option = move |(index, choice): (usize, Choice)| {
        let Choice {
            value,
            label,
            detail,
        } = choice;
        let is_chosen = move || state.value.with(|chosen| *chosen == value);
        view! {
            <li
                role="option"
                class="kp-option"
                class:kp-active=move || state.active_index.get() == Some(index)
                id=option_id(&list_id, index)
                data-option=index.to_string()
                aria-selected=move || is_chosen().to_string()
                on:pointerdown=|event| event.prevent_default()
                on:click=move |_| state.choose_at(index)
            >
                <span class="kp-option-label">{label}</span>
                <span class="kp-option-detail">{detail}</span>
                <Icon svg=icons::CHECK />
            </li>
        }
    };
    view! {
        <ul class="kp-options" role="listbox" id=id aria-label=label>
            {move || state.found.get().choices.into_iter().enumerate().map(&option).collect_view()}
        </ul>
    }
}

fn keep_active_in_view(menu: NodeRef<html::Div>, active_index: Memo<Option<usize>>) {
    Effect::new(move |_| {
        let (Some(index), Some(menu)) = (active_index.get(), menu.get()) else {
            return;
        };
        let option = menu.query_selector(&format!("[data-option='{index}']"));
        if let Some(option) = option.ok().flatten() {
            scroll_into_menu(&option);
        }
    });
}

/// What stands below the list, if anything has to be said.
fn note(found: &Choices, always: usize, has_typed: bool) -> Option<String> {
    if found.more > 0 {
        let more = crate::browser::intl::count(found.more);
        Some(format!("{more} more; type to narrow them down"))
    } else if has_typed && found.choices.len() <= always {
        Some("None matches".to_owned())
    } else if found.choices.is_empty() {
        Some("Nothing to choose from".to_owned())
    } else {
        None
    }
}

/// Shows and hides the list, and keeps it beside its field.
fn place_menu(field: NodeRef<html::Input>, menu: NodeRef<html::Div>, open: RwSignal<bool>) {
    let place = move || {
        if open.try_get_untracked() == Some(true)
            && let (Some(field), Some(menu)) = (field.get_untracked(), menu.get_untracked())
        {
            place_beside(&menu, &field);
        }
    };
    on_resize(menu, move |_| place());
    Effect::new(move |is_followed: Option<bool>| {
        let (Some(menu), Some(window)) = (menu.get(), web_sys::window()) else {
            return false;
        };
        if is_followed != Some(true) {
            let options = AddEventListenerOptions::new();
            options.set_capture(true);
            events::listen_with(&menu.get_root_node(), "scroll", &options, move |_| place());
            events::listen(&window, "resize", move |_| place());
        }
        true
    });
    Effect::new(move |_| {
        let Some(menu) = menu.get() else { return };
        // Showing what is shown, or hiding what is hidden, throws and changes nothing.
        let _ = if open.get() {
            menu.show_popover()
        } else {
            menu.hide_popover()
        };
        place();
    });
}

/// Below the field, or above it where there is more room; as wide as the field.
fn place_beside(menu: &HtmlElement, field: &HtmlElement) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let height = window
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64());
    let at = field.get_bounding_client_rect();
    let below = height.unwrap_or_default() - at.bottom() - 2.0 * GAP_PX;
    let above = at.top() - 2.0 * GAP_PX;
    let style = menu.style();
    let goes_below = below >= MOST_PX.min(menu.scroll_height().into()) || below >= above;
    let room = if goes_below { below } else { above }.min(MOST_PX);
    let (top, bottom) = if goes_below {
        (format!("{}px", at.bottom() + GAP_PX), "auto".to_owned())
    } else {
        let from_bottom = height.unwrap_or_default() - at.top() + GAP_PX;
        ("auto".to_owned(), format!("{from_bottom}px"))
    };
    for (property, value) in [
        ("left", format!("{}px", at.left())),
        ("width", format!("{}px", at.width())),
        ("max-height", format!("{room}px")),
        ("top", top),
        ("bottom", bottom),
    ] {
        // Setting a known property does not fail.
        let _ = style.set_property(property, &value);
    }
}

/// Scrolls the list alone, not the dialog around it.
fn scroll_into_menu(option: &web_sys::Element) {
    let Some(list) = option.closest(".kp-options").ok().flatten() else {
        return;
    };
    let (at, frame) = (
        option.get_bounding_client_rect(),
        list.get_bounding_client_rect(),
    );
    let down = (at.bottom() - frame.bottom()).max(0.0).ceil();
    let up = (at.top() - frame.top()).min(0.0).floor();
    list.set_scroll_top(list.scroll_top() + (down + up) as i32);
}
