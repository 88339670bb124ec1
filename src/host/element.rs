//! The element that shows the page, as the page knows it: where its events go.

use js_sys::Promise;
use leptos::prelude::*;
use web_sys::{HtmlElement, ShadowRoot};

use crate::host::HostEvent;
use crate::leaflet::MapAssets;

/// One element `<kproxy-agents>` and what it handed over.
#[derive(Clone, Copy)]
pub struct Host(StoredValue<Parts, LocalStorage>);

struct Parts {
    element: HtmlElement,
    leaflet: Promise,
    map_assets: MapAssets,
}

impl Host {
    /// Belongs to the current owner.
    pub fn new(element: HtmlElement, leaflet: Promise, map_assets: MapAssets) -> Self {
        Self(StoredValue::new_local(Parts {
            element,
            leaflet,
            map_assets,
        }))
    }

    /// The element itself.
    pub fn element(self) -> HtmlElement {
        self.0.with_value(|parts| parts.element.clone())
    }

    /// Resolves to the map library.
    pub fn leaflet(self) -> Promise {
        self.0.with_value(|parts| parts.leaflet.clone())
    }

    /// Where the base map is.
    pub fn map_assets(self) -> MapAssets {
        self.0.with_value(|parts| parts.map_assets.clone())
    }

    /// The root that all of the page lives in.
    pub fn shadow_root(self) -> Option<ShadowRoot> {
        self.0
            .try_with_value(|parts| parts.element.shadow_root())
            .flatten()
    }

    /// Tells the host. `false`: it prevented what follows.
    pub fn dispatch(self, event: HostEvent) -> bool {
        event.dispatch(&self.element())
    }
}
