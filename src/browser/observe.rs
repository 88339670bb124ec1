//! Sizes of elements, followed until the owner is cleaned up.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};

/// Calls back with the elements whose size changed.
#[derive(Clone)]
pub struct SizeObserver(Rc<Observer>);

struct Observer {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut(js_sys::Array)>,
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

impl SizeObserver {
    /// `None` where the browser refuses to observe.
    pub fn new(mut callback: impl FnMut(Element) + 'static) -> Option<Self> {
        let on_entries = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            for entry in entries.iter() {
                callback(
                    entry
                        .unchecked_into::<web_sys::ResizeObserverEntry>()
                        .target(),
                );
            }
        });
        let observer = ResizeObserver::new(on_entries.as_ref().unchecked_ref()).ok()?;
        Some(Self(Rc::new(Observer {
            observer,
            _callback: on_entries,
        })))
    }

    /// Begins to follow an element; it is called back for at once.
    pub fn observe(&self, element: &Element) {
        self.0.observer.observe(element);
    }

    /// Ends following it.
    pub fn unobserve(&self, element: &Element) {
        self.0.observer.unobserve(element);
    }

    /// Keeps observing until the current owner is cleaned up.
    pub fn keep(self) {
        StoredValue::new_local(self);
    }
}
