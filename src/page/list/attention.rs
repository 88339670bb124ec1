//! Where the user is in the list: rows keep their places there, and the row with the focus stays.

use leptos::html::Div;
use leptos::prelude::*;
use web_sys::wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, FocusEvent, Node};

use super::row::ROW;
use crate::browser::pointer::PointerHold;
use crate::browser::timers::NextFrame;
use crate::state::list_model::ListModel;

/// Follows focus and pointer in the list.
#[derive(Clone, Copy)]
pub struct Attention {
    node: NodeRef<Div>,
    list_model: ListModel,
    /// The agent whose row has the focus.
    focused: RwSignal<Option<String>>,
    has_focus: StoredValue<bool>,
    has_pointer: StoredValue<bool>,
    hold: PointerHold,
    /// Made once: an event's handler has no owner to clean it up.
    after_release: Callback<()>,
    after_focusout: NextFrame,
}

impl Attention {
    /// Of the list in `node`. `focused` gets the agent whose row has the focus.
    pub fn new(
        node: NodeRef<Div>,
        list_model: ListModel,
        focused: RwSignal<Option<String>>,
    ) -> Self {
        let has_focus = StoredValue::new(false);
        let has_pointer = StoredValue::new(false);
        Self {
            node,
            list_model,
            focused,
            has_focus,
            has_pointer,
            hold: PointerHold::when_told(),
            after_release: Callback::new(move |()| {
                list_model.set_pressed(false);
                list_model.set_list_in_use(has_focus.get_value() || has_pointer.get_value());
            }),
            after_focusout: NextFrame::default(),
        }
    }

    /// Something in the list has the focus now.
    pub fn on_focusin(self, event: &FocusEvent) {
        self.after_focusout.clear();
        self.set_focused(event.target().and_then(row_id));
        self.has_focus.set_value(true);
        self.list_model.set_list_in_use(true);
    }

    /// Something in the list has the focus no more.
    pub fn on_focusout(self, event: &FocusEvent) {
        match event.related_target() {
            // What gets it may be out of view: its row stays in between, too.
            Some(target) if self.contains(&target) => self.set_focused(row_id(target)),
            Some(_) => self.leave(),
            // A window in the background keeps its focus.
            None => self.after_focusout.set(move || {
                let node = self.node.try_get_untracked().flatten();
                if node.is_some_and(|node| !node.matches(":focus, :focus-within").unwrap_or(false))
                {
                    self.leave();
                }
            }),
        }
    }

    /// The pointer has come into the list, or has left it.
    pub fn set_pointer(self, is_inside: bool) {
        self.has_pointer.set_value(is_inside);
        self.update();
    }

    /// A press has begun in the list: no row moves until the click is over.
    pub fn on_pointerdown(self) {
        self.list_model.set_pressed(true);
        self.hold.begin();
        self.hold.run_after_release(self.after_release);
    }

    fn leave(self) {
        self.has_focus.set_value(false);
        self.set_focused(None);
        self.update();
    }

    /// A press may be what takes focus or pointer out of the list.
    fn update(self) {
        self.hold.run_after_release(self.after_release);
    }

    fn set_focused(self, id: Option<String>) {
        if self.focused.with_untracked(|before| *before != id) {
            self.focused.set(id);
        }
    }

    fn contains(self, target: &EventTarget) -> bool {
        let node = self.node.get_untracked();
        node.is_some_and(|node| node.contains(target.dyn_ref::<Node>()))
    }
}

/// The agent whose row this is in.
pub fn row_id(target: EventTarget) -> Option<String> {
    let target: Element = target.dyn_into().ok()?;
    target.closest(ROW).ok()??.get_attribute("data-agent")
}
