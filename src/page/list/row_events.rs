//! What pointer and focus do in the rows, listened to once on all of them.

use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, FocusEvent, MouseEvent, PointerEvent, Selection, ShadowRoot};

use super::attention::row_id;
use super::context::RowActions;
use super::row::{ROW, TIME, TOGGLE};
use super::rows::Rows;
use crate::page::widgets::TipText;
use crate::state::highlight::Highlight;

/// A pointer that moved farther than this was dragging, not clicking.
const STILL_PX: i32 = 4;

/// What pointer and focus do in the rows. Each method handles an event of the element around them.
#[derive(Clone, Copy)]
pub struct RowEvents {
    /// The rows.
    pub rows: Rows,
    /// What is highlighted.
    pub highlight: RwSignal<Option<Highlight>>,
    /// The tip that shows the exact time.
    pub tip: RwSignal<Option<TipText>>,
    /// What a row's buttons do.
    pub actions: RowActions,
    /// Where the pointer was pressed last, in CSS pixels of the window.
    pub pressed_at: StoredValue<(i32, i32)>,
}

impl RowEvents {
    /// The pointer has come to something else.
    pub fn on_pointerover(self, event: &PointerEvent) {
        let (target, from) = (event.target(), event.related_target());
        if around(target.as_ref(), ROW) != around(from.as_ref(), ROW) {
            self.set_highlight(target.clone());
        }
        let time = around(target.as_ref(), TIME);
        if time != around(from.as_ref(), TIME)
            && let Some(time) = time
        {
            self.show_tip(&time);
        }
    }

    /// The pointer has left something.
    pub fn on_pointerout(self, event: &PointerEvent) {
        let (target, to) = (event.target(), event.related_target());
        // A row that the pointer comes to is highlighted by that.
        if around(target.as_ref(), ROW).is_some() && around(to.as_ref(), ROW).is_none() {
            self.highlight.set(None);
        }
        let time = around(target.as_ref(), TIME);
        if time.is_some() && time != around(to.as_ref(), TIME) {
            self.tip.set(None);
        }
    }

    /// Something in a row has the focus now.
    pub fn on_focusin(self, event: &FocusEvent) {
        let target = event.target();
        let time = target
            .as_ref()
            .and_then(|target| around(Some(target), TIME));
        self.set_highlight(target);
        if let Some(time) = time {
            self.show_tip(&time);
        }
    }

    /// Something in a row has the focus no more. Its row may be about to go: `rows` is not to be asked.
    pub fn on_focusout(self, event: &FocusEvent) {
        self.highlight.set(None);
        if around(event.target().as_ref(), TIME).is_some() {
            self.tip.set(None);
        }
    }

    /// A press has begun.
    pub fn on_pointerdown(self, event: &PointerEvent) {
        self.pressed_at
            .set_value((event.client_x(), event.client_y()));
    }

    /// Does what the button does, or opens or closes the row.
    pub fn on_click(self, event: &MouseEvent) {
        let (x, y) = self.pressed_at.get_value();
        // A click that comes without a press is still.
        self.pressed_at.set_value((0, 0));
        let Some(target) = event.target() else { return };
        let is_in = |selector| around(Some(&target), selector).is_some();
        let actions = self.actions;
        let action = if is_in(TOGGLE) {
            actions.toggle
        } else if is_in(".kp-cell-edit button") {
            actions.edit
        } else if is_in(".kp-cell-remove button") {
            actions.remove
        } else if is_in("a, button, .kp-details")
            || (event.client_x() - x).abs() > STILL_PX
            || (event.client_y() - y).abs() > STILL_PX
            || has_selected_text(&target)
        {
            return;
        } else {
            actions.toggle
        };
        if let Some(id) = row_id(target) {
            action.run(id);
        }
    }

    fn set_highlight(self, target: Option<EventTarget>) {
        if let Some(row) = target.and_then(|target| self.rows.agent_at(target)) {
            self.highlight.set(Some(Highlight::Agent {
                id: row.id().to_owned(),
                at: row.coordinates(),
            }));
        }
    }

    /// The tip says what the time's description says.
    fn show_tip(self, time: &Element) {
        if let Some(text) = time.get_attribute("aria-description") {
            self.tip.set(Some(TipText::below(time, text)));
        }
    }
}

/// What matches the selector: the target, or the nearest element around it.
fn around(target: Option<&EventTarget>, selector: &str) -> Option<Element> {
    target?.dyn_ref::<Element>()?.closest(selector).ok()?
}

/// Whether the user has just selected text in the root that this is in.
fn has_selected_text(target: &EventTarget) -> bool {
    let root = target
        .dyn_ref::<web_sys::Node>()
        .and_then(|node| node.get_root_node().dyn_into::<ShadowRoot>().ok());
    // Where a shadow root has no selection of its own, the document's selection covers it.
    let of_root = root.and_then(|root| {
        let get = js_sys::Reflect::get(&root, &"getSelection".into()).ok()?;
        let get: js_sys::Function = get.dyn_into().ok()?;
        get.call0(&root).ok()?.dyn_into::<Selection>().ok()
    });
    let selection = of_root.or_else(|| web_sys::window()?.get_selection().ok()?);
    selection.is_some_and(|selection| !selection.is_collapsed())
}
