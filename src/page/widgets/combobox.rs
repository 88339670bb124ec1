//! An editable combobox with a list that is filtered as one types.
//!
//! <https://www.w3.org/WAI/ARIA/apg/patterns/combobox/>

use leptos::html;
use leptos::prelude::*;
use web_sys::{AddEventListenerOptions, HtmlElement, KeyboardEvent};

use super::{FieldError, unique_id};
use crate::browser::events;
use crate::browser::observe::on_resize;
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
    let id = unique_id();
    let (list_id, error_id) = (format!("{id}-list"), format!("{id}-error"));
    let option_id = {
        let list_id = list_id.clone();
        Callback::new(move |index: usize| format!("{list_id}-{index}"))
    };
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    let menu = NodeRef::<html::Div>::new();

    let text = move || {
        typed
            .get()
            .unwrap_or_else(|| value.with(|value| label_of.run(value.clone())))
    };
    let found = Memo::new(move |_| {
        if open.get() {
            find.run(typed.get().unwrap_or_default())
        } else {
            Choices::default()
        }
    });
    let len = move || found.with(|found| found.choices.len());
    let choose = move |choice: Choice| {
        value.set(choice.value);
        typed.set(None);
        open.set(false);
        active.set(None);
    };
    let choose_at = move |index: usize| {
        if let Some(choice) = found.with_untracked(|found| found.choices.get(index).cloned()) {
            choose(choice);
        }
    };
    let show = move || {
        open.set(true);
        let chosen = value.get_untracked();
        active.set(found.with_untracked(|found| {
            found
                .choices
                .iter()
                .position(|choice| choice.value == chosen)
        }));
    };
    let hide = move || {
        open.set(false);
        active.set(None);
    };
    let step = move |by: isize| {
        if !open.get_untracked() {
            show();
            if active.get_untracked().is_some() {
                return;
            }
        }
        let len = len() as isize;
        if len > 0 {
            let next = match active.get_untracked() {
                Some(index) => (index as isize + by).rem_euclid(len),
                None if by > 0 => 0,
                None => len - 1,
            };
            active.set(Some(next as usize));
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        match event.key().as_str() {
            "ArrowDown" if event.alt_key() => show(),
            "ArrowUp" if event.alt_key() => hide(),
            "ArrowDown" => step(1),
            "ArrowUp" => step(-1),
            "Enter" if open.get_untracked() => {
                if let Some(index) = active.get_untracked() {
                    choose_at(index);
                } else {
                    hide();
                }
            }
            "Escape" if open.get_untracked() => {
                event.stop_propagation();
                hide();
            }
            _ => return,
        }
        event.prevent_default();
    };
    let on_input = move |text: String| {
        let is_empty = text.is_empty();
        typed.set(Some(text));
        open.set(true);
        // Enter takes the first that matches, not one that is there anyway.
        active.set((!is_empty && len() > always).then_some(always));
    };
    // What was typed is taken where it names one; else it stays, to be mended.
    let on_blur = move || {
        hide();
        let Some(text) = typed.get_untracked() else {
            return;
        };
        let text = text.trim().to_lowercase();
        let choices = find.run(text.clone()).choices;
        let mut named = choices
            .iter()
            .filter(|choice| choice.label.to_lowercase() == text);
        match (named.next(), named.next()) {
            (Some(choice), None) => choose(choice.clone()),
            _ if text.is_empty() => {
                if let Some(first) = choices.into_iter().take(always).next() {
                    choose(first);
                }
            }
            _ => {}
        }
    };

    place_menu(node_ref, menu, open);
    Effect::new(move |_| {
        let (Some(index), Some(menu)) = (active.get(), menu.get()) else {
            return;
        };
        let option = menu.query_selector(&format!("[data-option='{index}']"));
        if let Some(option) = option.ok().flatten() {
            scroll_into_menu(&option);
        }
    });

    let described_by = error_id.clone();
    let controls = list_id.clone();
    let option = move |(index, choice): (usize, Choice)| {
        let is_chosen = {
            let of_option = choice.value.clone();
            move || value.with(|value| *value == of_option)
        };
        let Choice { label, detail, .. } = choice;
        view! {
            <li
                role="option"
                class="kp-option"
                class:kp-active=move || active.get() == Some(index)
                id=option_id.run(index)
                data-option=index.to_string()
                aria-selected=move || is_chosen().to_string()
                on:pointerdown=|event| event.prevent_default()
                on:click=move |_| choose_at(index)
            >
                <span class="kp-option-label">{label}</span>
                <span class="kp-option-detail">{detail}</span>
                <Icon svg=icons::CHECK />
            </li>
        }
    };
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
                    aria-activedescendant=move || active.get().map(|index| option_id.run(index))
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=move || error.with(Option::is_some).then(|| described_by.clone())
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    prop:value=text
                    on:input:target=move |event| on_input(event.target().value())
                    on:click=move |_| if open.get_untracked() { hide() } else { show() }
                    on:focus:target=|event| event.target().select()
                    on:blur=move |_| on_blur()
                    on:keydown=on_keydown
                    node_ref=node_ref
                />
                <Icon svg=icons::CHEVRON />
            </div>
            <div class="kp-menu" popover="manual" node_ref=menu>
                <ul class="kp-options" role="listbox" id=list_id aria-label=label>
                    {move || found.get().choices.into_iter().enumerate().map(option).collect_view()}
                </ul>
                <p class="kp-menu-note" role="status">
                    {move || found.with(|found| note(found, always, typed.with(Option::is_some)))}
                </p>
            </div>
            <FieldError id=error_id error />
        </div>
    }
}

/// What stands below the list, if anything has to be said.
fn note(found: &Choices, always: usize, has_typed: bool) -> Option<String> {
    if found.more > 0 {
        let more = crate::browser::intl::count(found.more);
        Some(format!("{more} more; type to narrow them down"))
    } else if has_typed && found.choices.len() <= always {
        Some("None matches".to_owned())
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
    let by = (at.bottom() - frame.bottom()).max(0.0) + (at.top() - frame.top()).min(0.0);
    list.set_scroll_top(list.scroll_top() + by.round() as i32);
}
