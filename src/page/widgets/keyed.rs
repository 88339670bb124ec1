//! Keyed children in order. None is moved without need, and never the one with focus.
//!
//! Leptos's `<For>` removes children from the DOM and inserts them again when several others are
//! added before them, which loses their focus and selected text. `Node.moveBefore` keeps both: once
//! all browsers have it, most of this can go.

use std::collections::HashMap;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use web_sys::{Element, Node};

use crate::browser::lasting::Lasting;
use crate::domain::items_to_keep_in_place;

struct Child<T: Send + Sync + 'static> {
    key: String,
    /// Its item; belongs to `owner`.
    item: RwSignal<T>,
    node: Option<Element>,
    /// Owns the child's effects.
    state: AnyViewState,
    owner: Owner,
}

/// Keeps a child for each item at the end of `parent`, in the order of the items. A child has one
/// element, which lives as long as its key is among the items. No two items have the same key.
///
/// `view` creates a child from a signal of its item, which changes only when the item does. When the
/// item goes, the signal keeps its last value as long as the child exists.
pub fn keep_children<T: Clone + PartialEq + Send + Sync + 'static>(
    parent: NodeRef<Div>,
    items: Signal<Vec<T>>,
    key: impl Fn(&T) -> &str + 'static,
    view: impl Fn(Lasting<ReadSignal<T>>) -> AnyView + 'static,
) {
    let children = StoredValue::new_local(Vec::<Child<T>>::new());
    Effect::new(move |_| {
        let Some(parent) = parent.get() else { return };
        let items = items.get();
        children.update_value(|children| {
            let mut before: HashMap<_, _> = std::mem::take(children)
                .into_iter()
                .enumerate()
                .map(|(index, child)| (child.key.clone(), (index, child)))
                .collect();
            let mut old_indexes = Vec::with_capacity(items.len());
            for item in items {
                let (old_index, kept) = before.remove(key(&item)).unzip();
                old_indexes.push(old_index);
                children.push(match kept {
                    Some(child) => child.showing(item),
                    None => Child::new(key(&item).to_owned(), item, &view),
                });
            }
            for (_, child) in before.into_values() {
                child.end();
            }
            put_in_order(&parent, children, &old_indexes);
        });
    });
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Child<T> {
    fn new(key: String, item: T, view: impl FnOnce(Lasting<ReadSignal<T>>) -> AnyView) -> Self {
        // Not a child of the current owner, which would keep a note of it for as long as it lives
        // itself. The list of children owns it.
        let owner = Owner::default();
        let (item, state) = owner.with(|| {
            let item = RwSignal::new(item);
            (item, untrack(|| view(item.read_only().into()).build()))
        });
        Self {
            key,
            item,
            node: state.elements().into_iter().next(),
            state,
            owner,
        }
    }

    /// The child with its item as it is now.
    fn showing(self, item: T) -> Self {
        if self.item.with_untracked(|before| *before != item) {
            self.item.set(item);
        }
        self
    }

    fn has_focus(&self) -> bool {
        let node = self.node.as_ref();
        node.is_some_and(|node| node.matches(":focus-within").unwrap_or(false))
    }

    fn end(self) {
        let Self {
            mut state, owner, ..
        } = self;
        // The child still handles losing focus.
        state.unmount();
        drop(state);
        owner.cleanup();
    }
}

/// Moves the children that are out of place. `old_indexes`: where each of them was before; `None`
/// for a new one.
fn put_in_order<T: Clone + PartialEq + Send + Sync + 'static>(
    parent: &Node,
    children: &[Child<T>],
    old_indexes: &[Option<usize>],
) {
    let focused = children.iter().position(Child::has_focus);
    let keeps_place = items_to_keep_in_place(old_indexes, focused);
    let mut next: Option<&Element> = None;
    for (child, keeps_place) in children.iter().zip(keeps_place).rev() {
        if let Some(node) = &child.node {
            if !keeps_place {
                // A child can be inserted before any of its siblings.
                parent.insert_before(node, next.map(AsRef::as_ref)).ok();
            }
            next = Some(node);
        }
    }
}
