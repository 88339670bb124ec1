//! Keeps the focus: what goes away with it hands it on.
//!
//! A browser lets the focus fall to the document's body when the element that has it is removed,
//! hidden or disabled. Here it goes to the first of these that can take it:
//!
//! 1. the successor that was declared, by [`SUCCESSOR`] on the element or around it;
//! 2. the nearest control after the place where the element was, or before it, within the same
//!    parent, and else within the next one up, or that parent itself. Where that control belongs to
//!    a group with an [`ENTRY`], the entry takes it.
//!
//! What moves the focus on purpose, such as a dialog that closes, does so within two frames,
//! and comes first.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{
    Document, Element, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit,
    MutationRecord, Node, ScrollIntoViewOptions, ScrollLogicalPosition, ShadowRoot,
};

use super::events;
use super::timers::{Alarm, NextFrame};

/// The attribute with the selector of what takes the focus once what carries it is gone, or has
/// come to its end. Several parts, with commas between them, are tried in order.
pub const SUCCESSOR: &str = "data-focus-successor";
/// The attribute of a group with the selector of what in it takes a focus that is handed on.
pub const ENTRY: &str = "data-focus-entry";

const FOCUSABLE: &str = "a[href], button, input, select, textarea, [tabindex]:not([tabindex='-1'])";
const ATTRIBUTES: [&str; 3] = ["disabled", "hidden", "inert"];

/// What had the focus last, and where it was.
#[derive(Clone)]
struct Held {
    element: HtmlElement,
    /// Selectors of declared successors, the innermost first.
    successors: Vec<String>,
    /// The dialog around it.
    dialog: Option<Element>,
    /// Where it was, once it was removed.
    place: Option<Place>,
}

/// A place in the document.
#[derive(Clone)]
struct Place {
    parent: Node,
    next: Option<Node>,
}

#[derive(Clone, Copy)]
struct Keeper {
    root: StoredValue<ShadowRoot, LocalStorage>,
    held: StoredValue<Option<Held>, LocalStorage>,
    next_frame: NextFrame,
    after_frame: Alarm,
}

/// Keeps the focus within this root until the current owner is cleaned up. A focus that left the
/// root on purpose, or that something else in the document has taken, is left alone.
pub fn keep_focus(root: ShadowRoot) {
    let keeper = Keeper {
        root: StoredValue::new_local(root.clone()),
        held: StoredValue::new_local(None),
        next_frame: NextFrame::default(),
        after_frame: Alarm::default(),
    };
    events::listen(&root, "focusin", move |event| {
        let element = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlElement>().ok());
        keeper.held.set_value(element.map(Held::new));
    });
    events::listen(&root, "focusout", move |_| keeper.check_soon());
    let on_records = Closure::<dyn Fn(js_sys::Array)>::new(move |records| keeper.follow(&records));
    let Ok(observer) = MutationObserver::new(on_records.as_ref().unchecked_ref()) else {
        return;
    };
    let what = MutationObserverInit::new();
    what.set_child_list(true);
    what.set_subtree(true);
    let attributes = ATTRIBUTES.map(JsValue::from_str).into_iter();
    what.set_attribute_filter(&attributes.collect::<js_sys::Array>());
    // A root that is there can be observed.
    observer.observe_with_options(&root, &what).ok();
    let kept = send_wrapper::SendWrapper::new((observer, on_records));
    on_cleanup(move || kept.0.disconnect());
}

impl Keeper {
    /// Follows changes of the document: notes where what had the focus was.
    fn follow(self, records: &js_sys::Array) {
        let held = self.held.try_get_value().flatten();
        let Some(held) = held.filter(|held| !can_take_focus(&held.element)) else {
            return;
        };
        if !held.element.is_connected() {
            let records: Vec<MutationRecord> =
                records.iter().filter_map(|it| it.dyn_into().ok()).collect();
            let place = held.place.clone().or_else(|| held.place_in(&records));
            let place = place.map(|place| place.after(&records));
            self.held.try_update_value(|held| {
                if let Some(held) = held {
                    held.place = place;
                }
            });
        }
        self.check_soon();
    }

    /// Looks where the focus is after two frames, when whoever moves it on purpose has done so.
    fn check_soon(self) {
        self.next_frame.set(move || {
            self.next_frame
                .set(move || self.after_frame.set(0, move || self.check()));
        });
    }

    fn check(self) {
        let Some((root, held)) = self
            .root
            .try_get_value()
            .zip(self.held.try_get_value().flatten())
        else {
            return;
        };
        if root.active_element().is_some() || !root.is_connected() {
            return;
        }
        // It was taken off on purpose, by a press elsewhere, or something else has it.
        if can_take_focus(&held.element) || has_focus_elsewhere() {
            self.held.set_value(None);
            return;
        }
        if let Some(successor) = held.successor(&root) {
            hand_to(&successor);
        }
    }
}

impl Held {
    fn new(element: HtmlElement) -> Self {
        let mut successors = Vec::new();
        let mut declared = element.closest(&format!("[{SUCCESSOR}]")).ok().flatten();
        while let Some(by) = declared {
            successors.extend(by.get_attribute(SUCCESSOR));
            let parent = by.parent_element();
            declared = parent.and_then(|it| it.closest(&format!("[{SUCCESSOR}]")).ok()?);
        }
        let dialog = element.closest("dialog").ok().flatten();
        Self {
            element,
            successors,
            dialog,
            place: None,
        }
    }

    /// The place that it was removed from, with all that was removed around it.
    fn place_in(&self, records: &[MutationRecord]) -> Option<Place> {
        let removal = records
            .iter()
            .rev()
            .find(|record| has_removed(record, &self.element))?;
        Some(Place {
            parent: removal.target()?,
            next: removal.next_sibling(),
        })
    }

    /// What takes the focus now.
    fn successor(&self, root: &ShadowRoot) -> Option<HtmlElement> {
        // What is around an open dialog cannot take the focus.
        let dialog = self.dialog.clone().filter(|dialog| dialog.is_connected());
        let dialog = dialog.or_else(|| root.query_selector("dialog[open]").ok()?);
        let within: &Node = dialog.as_ref().map_or(root, |dialog| dialog);
        let declared = self
            .successors
            .iter()
            .flat_map(|selectors| selectors.split(','))
            .find_map(|selector| {
                let found = root.query_selector(selector.trim()).ok()??;
                let found = found.dyn_into::<HtmlElement>().ok()?;
                (within.contains(Some(&found)) && can_take_focus(&found)).then_some(found)
            });
        declared
            .or_else(|| self.nearest(within))
            .or_else(|| nearest_within(within, within.first_child().as_ref()))
    }

    fn nearest(&self, within: &Node) -> Option<HtmlElement> {
        let Place {
            mut parent,
            mut next,
        } = match &self.place {
            Some(place) => place.clone(),
            None => Place {
                parent: self.element.parent_node()?,
                next: self.element.next_sibling(),
            },
        };
        let mut is_first = true;
        while within.contains(Some(&parent)) {
            let element = parent.dyn_ref::<HtmlElement>();
            if !is_first && let Some(element) = element.filter(|it| is_tab_stop(it)) {
                return Some(element.clone());
            }
            if let Some(found) = nearest_within(&parent, next.as_ref()) {
                return Some(entry(found, &parent));
            }
            if let Some(element) = element.filter(|it| is_tab_stop(it)) {
                return Some(element.clone());
            }
            is_first = false;
            next = parent.next_sibling();
            parent = parent.parent_node()?;
        }
        None
    }
}

impl Place {
    /// The same place after further removals.
    fn after(mut self, records: &[MutationRecord]) -> Self {
        for record in records {
            let next = self.next.as_ref();
            if has_removed(record, &self.parent) {
                if let Some(parent) = record.target() {
                    self.parent = parent;
                    self.next = record.next_sibling();
                }
            } else if next.is_some_and(|next| has_removed(record, next)) {
                self.next = record.next_sibling();
            }
        }
        self
    }
}

/// The first control in `parent` at or after `next`, or else the last one before it.
fn nearest_within(parent: &Node, next: Option<&Node>) -> Option<HtmlElement> {
    let controls = match parent.dyn_ref::<Element>() {
        Some(parent) => parent.query_selector_all(FOCUSABLE).ok()?,
        None => parent
            .dyn_ref::<ShadowRoot>()?
            .query_selector_all(FOCUSABLE)
            .ok()?,
    };
    let mut before = None;
    for control in (0..controls.length()).filter_map(|i| controls.get(i)) {
        let Ok(control) = control.dyn_into::<HtmlElement>() else {
            continue;
        };
        if !can_take_focus(&control) {
            continue;
        }
        let follows = next.is_some_and(|next| {
            next.contains(Some(&control))
                || next.compare_document_position(&control) & Node::DOCUMENT_POSITION_FOLLOWING != 0
        });
        if follows {
            return Some(control);
        }
        before = Some(control);
    }
    before
}

/// What takes the focus for the group of a control, where it is a group within `parent`.
fn entry(control: HtmlElement, parent: &Node) -> HtmlElement {
    let group = control.closest(&format!("[{ENTRY}]")).ok().flatten();
    group
        .filter(|group| parent.contains(Some(group)) && parent != group.unchecked_ref::<Node>())
        .and_then(|group| {
            let found = group.query_selector(&group.get_attribute(ENTRY)?).ok()??;
            found.dyn_into().ok().filter(can_take_focus)
        })
        .unwrap_or(control)
}

/// What has the focus in the shadow root that an element is in.
pub fn focused_beside(element: &Element) -> Option<HtmlElement> {
    let root = element.get_root_node().dyn_into::<ShadowRoot>().ok()?;
    root.active_element()?.dyn_into().ok()
}

/// Whether a change of the document removed a node, or something around it.
fn has_removed(record: &MutationRecord, node: &Node) -> bool {
    let removed = record.removed_nodes();
    (0..removed.length())
        .filter_map(|i| removed.get(i))
        .any(|it| it.contains(Some(node)))
}

/// Whether an element is in the document, shown, and not disabled.
pub fn can_take_focus(element: &HtmlElement) -> bool {
    if !element.is_connected() {
        return false;
    }
    let size = element.get_bounding_client_rect();
    let is_off = element.matches(":disabled, [inert] *").unwrap_or(false);
    !is_off && (size.width() > 0.0 || size.height() > 0.0)
}

fn is_tab_stop(element: &HtmlElement) -> bool {
    element.matches(FOCUSABLE).unwrap_or(false) && can_take_focus(element)
}

/// Whether the document's focus is on something else than its body.
fn has_focus_elsewhere() -> bool {
    let document = web_sys::window().and_then(|window| window.document());
    let active = document.as_ref().and_then(Document::active_element);
    let body = document.as_ref().and_then(Document::body);
    active.is_some_and(|active| Some(&active) != body.as_ref().map(AsRef::as_ref))
}

/// Focuses an element, and scrolls to it only if it is out of sight.
fn hand_to(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    // One that cannot take the focus leaves it where it is.
    element.focus_with_options(&options).ok();
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_inline(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}
