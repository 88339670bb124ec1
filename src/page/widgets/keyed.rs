//! Keyed children in order. None is moved without need, and never the one with focus.
//!
//! Leptos's `<For>` removes children from the DOM and inserts them again when several others are
//! added before them, which loses their focus and selected text. `Node.moveBefore` keeps both: once
//! all browsers have it, most of this can go.

use std::collections::HashMap;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use web_sys::Element;

use crate::browser::focus::focused_beside;
use crate::browser::lasting::Lasting;
use crate::domain::items_to_keep_in_place;

/// What shows an item of a list: one element, for as long as its key is among the items.
pub trait KeyedChild {
    /// Its element.
    fn element(&self) -> Option<&Element>;

    /// Takes it from the DOM, with all that it owns.
    fn end(self);
}

/// Children by key, in order.
pub struct KeyedChildren<C>(Vec<(String, C)>);

impl<C> Default for KeyedChildren<C> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<C: KeyedChild> KeyedChildren<C> {
    /// The child that has this key.
    pub fn get(&self, key: &str) -> Option<&C> {
        let mut children = self.0.iter();
        children.find_map(|(other, child)| (other == key).then_some(child))
    }

    /// All of them, in order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut C> {
        self.0.iter_mut().map(|(_, child)| child)
    }

    /// Keeps a child for each item at the end of `parent`, in the order of the items. No two items
    /// have the same key. `show` is given an item with the child that has shown it before, if any,
    /// and returns the child that shows it now.
    pub fn update<T>(
        &mut self,
        parent: &Element,
        items: Vec<T>,
        key: impl Fn(&T) -> &str,
        mut show: impl FnMut(Option<C>, T) -> Option<C>,
    ) {
        let mut before: HashMap<_, _> = std::mem::take(&mut self.0)
            .into_iter()
            .enumerate()
            .map(|(index, (key, child))| (key, (index, child)))
            .collect();
        let mut old_indexes = Vec::with_capacity(items.len());
        for item in items {
            let (key, old_index, kept) = match before.remove_entry(key(&item)) {
                Some((key, (index, child))) => (key, Some(index), Some(child)),
                None => (key(&item).to_owned(), None, None),
            };
            if let Some(child) = show(kept, item) {
                self.0.push((key, child));
                old_indexes.push(old_index);
            }
        }
        for (_, child) in before.into_values() {
            child.end();
        }
        self.put_in_order(parent, &old_indexes);
    }

    /// Moves the children that are out of place. `old_indexes`: where each of them was before; `None`
    /// for a new one.
    fn put_in_order(&self, parent: &Element, old_indexes: &[Option<usize>]) {
        let focused = focused_beside(parent).and_then(|focused| {
            self.0.iter().position(|(_, child)| {
                let element = child.element();
                element.is_some_and(|element| element.contains(Some(&focused)))
            })
        });
        let keeps_place = items_to_keep_in_place(old_indexes, focused);
        let mut next: Option<&Element> = None;
        for ((_, child), keeps_place) in self.0.iter().zip(keeps_place).rev() {
            if let Some(element) = child.element() {
                if !keeps_place {
                    // A child can be inserted before any of its siblings.
                    parent.insert_before(element, next.map(AsRef::as_ref)).ok();
                }
                next = Some(element);
            }
        }
    }
}

/// A view of an item that changes, with the owner of its effects.
pub struct ItemView<T: Send + Sync + 'static> {
    /// Belongs to `owner`.
    item: RwSignal<T>,
    element: Option<Element>,
    state: AnyViewState,
    owner: Owner,
}

impl<T: PartialEq + Send + Sync + 'static> ItemView<T> {
    /// Made by `view` from a signal of the item, which changes only when the item does.
    pub fn new(item: T, view: impl FnOnce(Lasting<ReadSignal<T>>) -> AnyView) -> Self {
        // Not a child of the current owner, which would keep a note of it for as long as it lives
        // itself.
        let owner = Owner::default();
        let (item, state) = owner.with(|| {
            let item = RwSignal::new(item);
            (item, untrack(|| view(item.read_only().into()).build()))
        });
        Self {
            item,
            element: state.elements().into_iter().next(),
            state,
            owner,
        }
    }

    /// Puts it at the end of `parent`.
    pub fn mount(&mut self, parent: &Element) {
        self.state.mount(parent, None);
    }

    /// Shows the item as it is now.
    pub fn show(&self, item: T) {
        if self.item.with_untracked(|before| *before != item) {
            self.item.set(item);
        }
    }
}

impl<T: Send + Sync + 'static> KeyedChild for ItemView<T> {
    fn element(&self) -> Option<&Element> {
        self.element.as_ref()
    }

    fn end(self) {
        let Self {
            mut state, owner, ..
        } = self;
        // It still handles losing focus.
        state.unmount();
        drop(state);
        owner.cleanup();
    }
}

/// Keeps a view for each item at the end of `parent`, in the order of the items. A view has one
/// element, which lives as long as its key is among the items. No two items have the same key.
///
/// `view` creates it from a signal of its item, which changes only when the item does. When the item
/// goes, the signal keeps its last value as long as the view exists.
pub fn keep_children<T: Clone + PartialEq + Send + Sync + 'static>(
    parent: NodeRef<Div>,
    items: Signal<Vec<T>>,
    key: impl Fn(&T) -> &str + 'static,
    view: impl Fn(Lasting<ReadSignal<T>>) -> AnyView + 'static,
) {
    let children = StoredValue::new_local(KeyedChildren::<ItemView<T>>::default());
    Effect::new(move |_| {
        let Some(parent) = parent.get() else { return };
        let items = items.get();
        children.update_value(|children| {
            children.update(&parent, items, &key, |kept, item| match kept {
                Some(kept) => {
                    kept.show(item);
                    Some(kept)
                }
                None => Some(ItemView::new(item, &view)),
            });
        });
    });
}
