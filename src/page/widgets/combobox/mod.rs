//! An editable combobox whose list is filtered by typing.
//!
//! <https://www.w3.org/WAI/ARIA/apg/patterns/combobox/>

mod model;

use leptos::html;
use leptos::prelude::*;
use web_sys::Element;

use super::field::{FieldError, FieldIds, is_invalid};
use super::popover::{PopoverOptions, Width, show_beside};
use crate::browser::intl;
use crate::domain::combobox::ListNote;
pub use crate::domain::combobox::{Choice, Choices};
use crate::domain::popover_position::{Align, PositionOptions, Side};
use crate::page::icons::{self, Icon};
use model::Model;

const POPOVER: PopoverOptions = PopoverOptions {
    position: PositionOptions {
        side: Side::Below,
        align: Align::Left,
        gap: 4.0,
        max_height: 300.0,
    },
    width: Width::OfAnchor,
    scroller: Some(".kp-options"),
};

/// A field to choose one of many values, by typing or from the list.
#[component]
pub fn Combobox(
    /// Its label.
    label: &'static str,
    /// The chosen value.
    value: RwSignal<String>,
    /// What was typed since the last choice; `None`: the field shows the text of the chosen value.
    query: RwSignal<Option<String>>,
    /// Finds the choices that match a query; the pinned ones come first.
    search: Callback<String, Choices>,
    /// Gives the text of a value.
    label_of: Callback<String, String>,
    /// How many choices are always listed: the first ones.
    #[prop(default = 0)]
    pinned: usize,
    /// What is wrong with the field.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// To focus it.
    #[prop(optional)]
    node_ref: NodeRef<html::Input>,
) -> impl IntoView {
    let model = Model::new(value, query, search, pinned);
    let ids = FieldIds::new();
    let list_id = format!("{}-list", ids.field);
    let (controls, options_of) = (list_id.clone(), list_id.clone());
    let menu = NodeRef::<html::Div>::new();
    let text = move || {
        query
            .get()
            .unwrap_or_else(|| value.with(|value| label_of.run(value.clone())))
    };
    let anchor = move || {
        let field = model.is_open().then(|| node_ref.get())?;
        field.map(Element::from)
    };
    show_beside(menu, anchor, POPOVER);
    keep_active_in_view(menu, model);
    view! {
        <div class="kp-field">
            <label class="kp-label" for=ids.field.clone()>{label}</label>
            <div class="kp-combobox">
                <input
                    type="text"
                    class="kp-input"
                    id=ids.field.clone()
                    role="combobox"
                    aria-autocomplete="list"
                    aria-expanded=move || model.is_open().to_string()
                    aria-controls=controls
                    aria-activedescendant=move || model.active_index().map(|index| option_id(&options_of, index))
                    aria-invalid=is_invalid(error)
                    aria-describedby=ids.described_by(error)
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    prop:value=text
                    on:input:target=move |event| model.on_input(event.target().value())
                    on:click=move |_| model.toggle()
                    on:focus:target=|event| event.target().select()
                    on:blur=move |_| model.on_blur()
                    on:keydown=move |event| model.on_keydown(&event)
                    node_ref=node_ref
                />
                <Icon svg=icons::CHEVRON />
            </div>
            <div class="kp-menu" popover="manual" node_ref=menu>
                <Options id=list_id label model />
                <p class="kp-menu-note" role="status">{move || model.note().map(words)}</p>
            </div>
            <FieldError id=ids.error error />
        </div>
    }
}

fn option_id(list_id: &str, index: usize) -> String {
    format!("{list_id}-{index}")
}

/// The choices that match what was typed.
#[component]
fn Options(
    /// The id of the list.
    id: String,
    /// Its accessible name.
    label: &'static str,
    /// The state of the combobox.
    model: Model,
) -> impl IntoView {
    let list_id = id.clone();
    let option = move |(index, choice): (usize, Choice)| {
        let Choice {
            value,
            label,
            detail,
        } = choice;
        let is_chosen = move || model.is_chosen(&value);
        view! {
            <li
                role="option"
                class="kp-option"
                class:kp-active=move || model.active_index() == Some(index)
                id=option_id(&list_id, index)
                data-option=index.to_string()
                aria-selected=move || is_chosen().to_string()
                on:pointerdown=|event| event.prevent_default()
                on:click=move |_| model.choose_at(index)
            >
                <span class="kp-option-label">{label}</span>
                <span class="kp-option-detail">{detail}</span>
                <Icon svg=icons::CHECK />
            </li>
        }
    };
    view! {
        <ul class="kp-options" role="listbox" id=id aria-label=label>
            {move || model.choices().into_iter().enumerate().map(&option).collect_view()}
        </ul>
    }
}

fn keep_active_in_view(menu: NodeRef<html::Div>, model: Model) {
    Effect::new(move |_| {
        let (Some(index), Some(menu)) = (model.active_index(), menu.get()) else {
            return;
        };
        let option = menu.query_selector(&format!("[data-option='{index}']"));
        if let Some(option) = option.ok().flatten() {
            scroll_into_menu(&option);
        }
    });
}

/// The text of a note below the list.
fn words(note: ListNote) -> String {
    match note {
        ListNote::More(more) => format!("{} more; type to narrow them down", intl::count(more)),
        ListNote::NoMatches => "No matches".to_owned(),
        ListNote::Empty => "Nothing to choose from".to_owned(),
    }
}

/// Scrolls only the list, not the dialog around it.
fn scroll_into_menu(option: &Element) {
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
