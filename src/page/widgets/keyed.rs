//! Children by key, in order, of which none is moved without need, and never the one with focus.
//!
//! Leptos's `<For>` takes children out of the DOM and puts them in again when several others are
//! added before them, which costs their focus and the text selected in them.

use std::collections::HashMap;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use web_sys::{Element, Node};

use crate::domain::items_to_keep_in_place;

struct Child {
    key: String,
    node: Option<Element>,
    /// Holds the child's effects.
    state: AnyViewState,
    owner: Owner,
}

/// Keeps a child for each item at the end of `parent`, in the order of the items. A child has one
/// element; it is made when its key comes up, and goes with it. No two items have the same key.
///
/// `on_focus_lost` is called when a child went that had the focus, with the key of the one that is
/// next to it now.
pub fn keep_children<T: Send + Sync + Clone + 'static>(
    parent: NodeRef<Div>,
    items: Signal<Vec<T>>,
    key: impl Fn(&T) -> &str + 'static,
    child: impl Fn(T) -> AnyView + 'static,
    on_focus_lost: impl Fn(Option<&str>) + 'static,
) {
    let owner = Owner::current().unwrap_or_default();
    let children = StoredValue::new_local(Vec::<Child>::new());
    Effect::new(move |_| {
        let Some(parent) = parent.get() else { return };
        let items = items.get();
        children.update_value(|children| {
            let next_to_focused = neighbour_of_lost(children, &items, &key);
            let mut before: HashMap<_, _> = std::mem::take(children)
                .into_iter()
                .enumerate()
                .map(|(place, child)| (child.key.clone(), (place, child)))
                .collect();
            let mut places = Vec::with_capacity(items.len());
            for item in items {
                let (place, kept) = before.remove(key(&item)).unzip();
                let key = key(&item).to_owned();
                places.push(place);
                children.push(kept.unwrap_or_else(|| Child::new(&owner, key, || child(item))));
            }
            for (_, child) in before.into_values() {
                child.end();
            }
            put_in_order(&parent, children, &places);
            if let Some(neighbour) = next_to_focused {
                on_focus_lost(neighbour.as_deref());
            }
        });
    });
}

impl Child {
    fn new(parent: &Owner, key: String, view: impl FnOnce() -> AnyView) -> Self {
        let owner = parent.child();
        let state = owner.with(|| untrack(|| view().build()));
        Self {
            key,
            node: state.elements().into_iter().next(),
            state,
            owner,
        }
    }

    fn has_focus(&self) -> bool {
        let node = self.node.as_ref();
        node.is_some_and(|node| node.matches(":focus-within").unwrap_or(false))
    }

    fn end(self) {
        let Self {
            mut state, owner, ..
        } = self;
        // Losing focus is still an event of the child's.
        state.unmount();
        drop(state);
        owner.cleanup();
    }
}

/// If a child with the focus is about to go: the key of the nearest one after it that stays, or else
/// before it; `Some(None)` where none stays.
#[allow(
    clippy::option_option,
    reason = "whether focus is lost, and then to whom it goes"
)]
fn neighbour_of_lost<T>(
    children: &[Child],
    items: &[T],
    key: impl Fn(&T) -> &str,
) -> Option<Option<String>> {
    let focused = children.iter().position(Child::has_focus)?;
    let stays = |child: &&Child| items.iter().any(|item| key(item) == child.key);
    let (before, after) = children.split_at(focused);
    if after.first().is_some_and(|child| stays(&child)) {
        return None;
    }
    let neighbour = after
        .iter()
        .find(stays)
        .or_else(|| before.iter().rfind(stays));
    Some(neighbour.map(|child| child.key.clone()))
}

/// `places`: where each of the children was before; `None`: it is new.
fn put_in_order(parent: &Node, children: &[Child], places: &[Option<usize>]) {
    let stay = items_to_keep_in_place(places, children.iter().position(Child::has_focus));
    let mut next: Option<&Element> = None;
    for (child, stays) in children.iter().zip(stay).rev() {
        if let Some(node) = &child.node {
            if !stays {
                // A child can go before any of its siblings.
                let _ = parent.insert_before(node, next.map(AsRef::as_ref));
            }
            next = Some(node);
        }
    }
}
