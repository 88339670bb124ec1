//! One agent's row: a copy of a template, into which what is new is written.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::context::RowContext;
use super::details::LazyDetails;
use crate::browser::intl;
use crate::domain::{PlacedRow, RowCell, RowText, Status};
use crate::page::icons::{self, Icon};
use crate::page::status_badge::{StatusBadge, status_class, status_shape};
use crate::page::widgets::{ItemView, KeyedChild};
use crate::state::highlight::Highlight;

/// What finds an agent's row.
pub const ROW: &str = "[data-agent]";
/// What finds the time in a row.
pub const TIME: &str = ".kp-time";
/// What finds the button in a row that shows and hides the details.
pub const TOGGLE: &str = ".kp-toggle";

/// What rows depend on beside their agents.
pub struct ListState {
    /// The time on the server's clock.
    pub now: DateTime<Utc>,
    /// Whether the page is read-only.
    pub read_only: bool,
    /// The height of a collapsed row, in CSS pixels.
    pub row_height: f64,
    /// The ids of the expanded agents.
    pub expanded: Vec<String>,
    /// What is highlighted.
    pub highlight: Option<Highlight>,
}

/// An agent's row. Its element stays as long as the agent is near the viewport.
pub struct AgentRow {
    context: RowContext,
    placed: PlacedRow,
    parts: Parts,
    shown: Shown,
    details: Option<ItemView<PlacedRow>>,
}

/// What a row shows now, so that only what differs is written. At first it is what the template shows.
#[derive(Default)]
struct Shown {
    index: Option<usize>,
    top: Option<f64>,
    height: Option<f64>,
    is_highlighted: bool,
    is_expanded: bool,
    is_read_only: bool,
    text: Option<RowText>,
    /// When it says what it says.
    at: Option<DateTime<Utc>>,
}

impl AgentRow {
    /// A row for an agent, to be put into the list.
    pub fn new(context: RowContext, placed: PlacedRow, state: &ListState) -> Option<Self> {
        let parts = Parts::new(placed.row.status)?;
        set_attribute(&parts.row, "data-agent", placed.row.id());
        let mut row = Self {
            context,
            placed: placed.clone(),
            parts,
            shown: Shown::default(),
            details: None,
        };
        row.show(placed, state);
        Some(row)
    }

    /// Its agent, and where it is.
    pub fn placed(&self) -> &PlacedRow {
        &self.placed
    }

    /// Shows the agent as it is now.
    pub fn show(&mut self, placed: PlacedRow, state: &ListState) {
        let same_row = Arc::ptr_eq(&self.placed.row, &placed.row);
        self.placed = placed;
        if changes(&mut self.shown.at, Some(state.now)) || !same_row {
            self.write_text(state.now);
        }
        let PlacedRow { index, top, row } = &self.placed;
        let element = &self.parts.row;
        if changes(&mut self.shown.index, Some(*index)) {
            set_attribute(element, "aria-rowindex", &(index + 2).to_string());
        }
        if changes(&mut self.shown.top, Some(*top)) {
            set_style(element, "transform", Some(&format!("translateY({top}px)")));
        }
        let highlight = state.highlight.as_ref();
        let is_highlighted = highlight.is_some_and(|highlight| highlight.has_row(row));
        if changes(&mut self.shown.is_highlighted, is_highlighted) {
            set_class(element, "kp-highlighted", is_highlighted);
        }
        if changes(&mut self.shown.is_read_only, state.read_only) {
            self.parts.set_read_only(state.read_only);
        }
        self.expand_or_collapse(state);
        // Only an expanded row is taller than the others.
        let height = self.shown.is_expanded.then(|| {
            let details = self.context.detail_heights.with_untracked(|heights| {
                let height = heights.get(self.placed.row.id());
                height.copied().unwrap_or_default()
            });
            state.row_height + details
        });
        if changes(&mut self.shown.height, height) {
            let height = height.map(|height| format!("{height}px"));
            set_style(&self.parts.row, "height", height.as_deref());
        }
        if let Some(details) = &self.details {
            details.show(self.placed.clone());
        }
    }

    /// Shows the details while the agent is expanded. Their height is measured at once, so that the
    /// rows below make room for them in the same frame.
    pub fn expand_or_collapse(&mut self, state: &ListState) {
        let id = self.placed.row.id();
        let is_expanded = state.expanded.iter().any(|other| other == id);
        if !changes(&mut self.shown.is_expanded, is_expanded) {
            return;
        }
        set_class(&self.parts.row, "kp-expanded", is_expanded);
        let word = if is_expanded { "true" } else { "false" };
        set_attribute(&self.parts.toggle, "aria-expanded", word);
        if let Some(before) = self.details.take() {
            before.end();
        }
        if is_expanded && let Some(cell) = self.parts.toggle.parent_element() {
            let context = self.context;
            let mut details = ItemView::new(self.placed.clone(), |row| {
                view! { <LazyDetails context row /> }.into_any()
            });
            details.mount(&cell);
            if let Ok(Some(node)) = cell.query_selector(".kp-details[role=group]") {
                context.set_detail_height(id, node.get_bounding_client_rect().height());
            }
            self.details = Some(details);
        }
    }

    fn write_text(&mut self, now: DateTime<Utc>) {
        let text = RowText::new(&self.placed.row, now);
        if self.shown.text.as_ref() != Some(&text) {
            self.parts.write(&text, self.shown.text.as_ref());
            self.shown.text = Some(text);
        }
    }
}

impl KeyedChild for AgentRow {
    fn element(&self) -> Option<&Element> {
        Some(&self.parts.row)
    }

    fn end(self) {
        self.parts.row.remove();
        if let Some(details) = self.details {
            details.end();
        }
    }
}

/// The elements of a row that change.
struct Parts {
    row: HtmlElement,
    status: Element,
    /// When the agent was last seen. Either this or `never` is in the row.
    time: Element,
    never: Element,
    toggle: Element,
    /// The cells of plain text.
    cells: Vec<Element>,
    edit: Element,
    /// The icon of `edit`, while that says "Update" instead.
    pencil: Option<Element>,
    remove: Element,
}

impl Parts {
    fn new(status: Status) -> Option<Self> {
        let row: HtmlElement = copy_of_template(status)?.unchecked_into();
        let found = row
            .query_selector_all(".kp-status, .kp-text, button")
            .ok()?;
        let mut parts = (0..found.length())
            .filter_map(|i| found.get(i))
            .map(JsCast::unchecked_into::<Element>);
        Some(Self {
            status: parts.next()?,
            time: parts.next()?,
            never: parts.next()?,
            toggle: parts.next()?,
            cells: parts.by_ref().take(5).collect(),
            edit: parts.next()?,
            pencil: None,
            remove: parts.next()?,
            row,
        })
    }

    /// Writes what the row did not say before.
    fn write(&mut self, now: &RowText, before: Option<&RowText>) {
        if before.is_some_and(|before| before.status != now.status) {
            self.write_status(now.status);
        }
        let is_known = now.last_seen.is_some();
        if before.map(|before| before.last_seen.is_some()) != Some(is_known) {
            let (shown, other) = if is_known {
                (&self.time, &self.never)
            } else {
                (&self.never, &self.time)
            };
            other.replace_with_with_node_1(shown).ok();
        }
        if let Some(at) = now.last_seen
            && before.and_then(|before| before.last_seen) != now.last_seen
        {
            set_attribute(&self.time, "datetime", &intl::iso_time(at));
            set_attribute(&self.time, "aria-description", &intl::exact_time(at));
        }
        if is_known && before.is_none_or(|before| before.age != now.age) {
            self.time.set_text_content(Some(&now.age));
        }
        let empty: [RowCell; 5] = Default::default();
        let cells_before = before.map_or(&empty, |before| &before.cells);
        for (cell, (now, before)) in self.cells.iter().zip(now.cells.iter().zip(cells_before)) {
            if now.text != before.text {
                cell.set_text_content(Some(&now.text));
                set_attribute(cell, "title", &now.text);
            }
            if now.is_placeholder != before.is_placeholder {
                set_class(cell, "kp-muted", now.is_placeholder);
            }
        }
        let same_name = before.is_some_and(|before| before.name == now.name);
        if !same_name {
            set_attribute(&self.toggle, "aria-label", &now.toggle_label());
            set_attribute(&self.remove, "aria-label", &now.remove_label());
        }
        let needed_update = before.is_some_and(|before| before.needs_update);
        if needed_update != now.needs_update {
            self.write_edit(now.needs_update);
        }
        if !same_name || needed_update != now.needs_update {
            set_attribute(&self.edit, "aria-label", &now.edit_label());
        }
    }

    fn write_status(&self, status: Status) {
        self.status.set_class_name(&status_class(status));
        let Some(icon) = self.status.first_element_child() else {
            return;
        };
        icon.set_inner_html(status_shape(status));
        if let Some(word) = icon.next_sibling() {
            word.set_node_value(Some(status.label()));
        }
    }

    /// "Update" while a value that the organization should set is Undefined; otherwise a pencil. One
    /// button for both, so that focus stays on it.
    fn write_edit(&mut self, needs_update: bool) {
        if needs_update {
            self.pencil = self.edit.first_element_child();
            self.edit.set_class_name("kp-button kp-small kp-update");
            // Removing an attribute does not fail.
            self.edit.remove_attribute("title").ok();
            self.edit.set_text_content(Some("Update"));
        } else if let Some(pencil) = self.pencil.take() {
            self.edit.set_class_name("kp-icon-button");
            set_attribute(&self.edit, "title", "Edit");
            self.edit.replace_children_with_node_1(&pencil);
        }
    }

    /// The last two cells are there unless the page is read-only.
    fn set_read_only(&self, read_only: bool) {
        for cell in [&self.edit, &self.remove] {
            let Some(cell) = cell.parent_element() else {
                continue;
            };
            if read_only {
                cell.remove();
            } else {
                // A cell that is in no row can be put into one.
                self.row.append_child(&cell).ok();
            }
        }
    }
}

thread_local! {
    /// Rows as they are before an agent is written into them, by status.
    static TEMPLATES: RefCell<HashMap<Status, Element>> = RefCell::default();
}

/// Copying a row's nodes is several times as quick as making them one by one.
fn copy_of_template(status: Status) -> Option<Element> {
    let made = TEMPLATES.with_borrow(|templates| templates.get(&status).cloned());
    let template = made.or_else(|| {
        let made = template(status)?;
        TEMPLATES.with_borrow_mut(|templates| templates.insert(status, made.clone()));
        Some(made)
    })?;
    let copy = template.clone_node_with_deep(true).ok()?;
    copy.dyn_into().ok()
}

/// Has both the time and "Never"; one of them goes when the row is written.
fn template(status: Status) -> Option<Element> {
    let owner = Owner::new();
    let build = || {
        let row = view! {
            <div class="kp-row kp-columns" role="row" data-focus-entry=TOGGLE>
                <div class="kp-cell kp-cell-status" role="cell">
                    <StatusBadge status=Signal::stored(status) />
                </div>
                <div class="kp-cell kp-cell-last-seen" role="cell">
                    <time class="kp-text kp-time" tabindex="0"></time>
                    <span class="kp-text kp-muted">"Never"</span>
                </div>
                <div class="kp-cell kp-cell-name" role="cell">
                    <button type="button" class="kp-toggle" aria-expanded="false">
                        <Icon svg=icons::CHEVRON />
                    </button>
                    <span class="kp-text" title=""></span>
                </div>
                <div class="kp-cell kp-cell-site" role="cell"><span class="kp-text" title=""></span></div>
                <div class="kp-cell kp-cell-ip-address" role="cell"><span class="kp-text" title=""></span></div>
                <div class="kp-cell kp-cell-private-ip" role="cell"><span class="kp-text" title=""></span></div>
                <div class="kp-cell kp-cell-version" role="cell"><span class="kp-text" title=""></span></div>
                <div class="kp-cell kp-cell-edit" role="cell">
                    <button type="button" class="kp-icon-button" title="Edit"><Icon svg=icons::EDIT /></button>
                </div>
                <div class="kp-cell kp-cell-remove" role="cell">
                    <button type="button" class="kp-icon-button" title="Remove"><Icon svg=icons::REMOVE /></button>
                </div>
            </div>
        };
        let state = row.into_any().build();
        state.elements().into_iter().next()
    };
    let row = owner.with(|| untrack(build));
    owner.cleanup();
    row
}

/// Takes the new value; whether it is another one.
fn changes<T: PartialEq>(shown: &mut T, now: T) -> bool {
    let is_other = *shown != now;
    *shown = now;
    is_other
}

fn set_attribute(element: &Element, name: &str, value: &str) {
    // Setting an attribute of a known name does not fail.
    element.set_attribute(name, value).ok();
}

fn set_class(element: &Element, class: &str, is_on: bool) {
    // Nor does setting a known class.
    element.class_list().toggle_with_force(class, is_on).ok();
}

fn set_style(element: &HtmlElement, property: &str, value: Option<&str>) {
    // Nor does setting a known property; an empty value removes it.
    element
        .style()
        .set_property(property, value.unwrap_or_default())
        .ok();
}
