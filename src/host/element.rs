//! The element that shows the page, as the page knows it: what it provides, and the only place that
//! dispatches events.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, HtmlElement, RequestCredentials, ShadowRoot};

use super::HostEvent;
use crate::leaflet::{Leaflet, MapAssets};

/// One element `<kproxy-agents>` and what it provides. Once the owner was cleaned up, it provides and
/// does nothing more.
#[derive(Clone, Copy)]
pub struct Host(StoredValue<Parts, LocalStorage>);

struct Parts {
    element: HtmlElement,
    load_leaflet: Function,
    has_been_updated: Function,
    map_assets: MapAssets,
    take_early: Function,
}

impl Host {
    /// Belongs to the current owner. `load_leaflet` gives a promise of the map library, and takes
    /// whether it is to be loaded afresh; `has_been_updated` gives one of a boolean; for `take_early` see
    /// [`Host::early_answer`].
    pub fn new(
        element: HtmlElement,
        load_leaflet: Function,
        has_been_updated: Function,
        map_assets: MapAssets,
        take_early: Function,
    ) -> Self {
        Self(StoredValue::new_local(Parts {
            element,
            load_leaflet,
            has_been_updated,
            map_assets,
            take_early,
        }))
    }

    /// The answer to a call that was sent while the program was loading, if it was to this URL with these of
    /// the browser's credentials: a promise of a response. From now on the signal aborts it.
    pub fn early_answer(
        self,
        url: &str,
        credentials: RequestCredentials,
        signal: &AbortSignal,
    ) -> Option<Promise> {
        let take = self.0.try_with_value(|parts| parts.take_early.clone())?;
        let answer = take
            .call3(
                &JsValue::UNDEFINED,
                &url.into(),
                &credentials.into(),
                signal,
            )
            .ok()?;
        answer.dyn_into().ok()
    }

    /// The element itself.
    pub fn element(self) -> Option<HtmlElement> {
        self.0.try_with_value(|parts| parts.element.clone())
    }

    /// Loads the map library, unless it is here or on its way; `afresh`: also where it is on its way,
    /// having taken too long.
    pub async fn load_leaflet(self, afresh: bool) -> Option<Leaflet> {
        let load = self.0.try_with_value(|parts| parts.load_leaflet.clone())?;
        let module = load.call1(&JsValue::UNDEFINED, &afresh.into()).ok()?;
        let module = JsFuture::from(Promise::resolve(&module)).await.ok()?;
        Some(module.unchecked_into())
    }

    /// Where the base map is.
    pub fn map_assets(self) -> Option<MapAssets> {
        self.0.try_with_value(|parts| parts.map_assets.clone())
    }

    /// Whether another build has taken the place of this one on the server, and its files with it.
    pub async fn has_been_updated(self) -> bool {
        let ask = self
            .0
            .try_with_value(|parts| parts.has_been_updated.clone());
        let answer = ask.and_then(|ask| ask.call0(&JsValue::UNDEFINED).ok());
        match answer {
            Some(answer) => JsFuture::from(Promise::resolve(&answer))
                .await
                .is_ok_and(|answer| answer.is_truthy()),
            None => false,
        }
    }

    /// The root that all of the page lives in.
    pub fn shadow_root(self) -> Option<ShadowRoot> {
        self.element()?.shadow_root()
    }

    /// Dispatches an event on the element. `false`: the host prevented what follows.
    pub fn dispatch(self, event: HostEvent) -> bool {
        self.element()
            .is_none_or(|element| event.dispatch(&element))
    }

    /// Asks the element's `authHeaders` for the headers of a call; it may answer with a promise.
    /// Without it there are none.
    ///
    /// What it throws, and what is not a header, gives `None`. It is not read, so that no secret gets into
    /// an error text.
    pub async fn auth_headers(self) -> Option<Headers> {
        let element = self.element()?;
        let function: Option<Function> = Reflect::get(&element, &JsValue::from_str("authHeaders"))
            .ok()
            .and_then(|value| value.dyn_into().ok());
        let answer = match function {
            Some(function) => {
                let answer = function.call0(&element).ok()?;
                JsFuture::from(Promise::resolve(&answer)).await.ok()?
            }
            None => JsValue::UNDEFINED,
        };
        headers_of(&answer).ok()
    }
}

/// The headers in a `Headers` or in an object whose values are strings; other values are left out.
fn headers_of(answer: &JsValue) -> Result<Headers, JsValue> {
    if let Some(headers) = answer.dyn_ref::<Headers>() {
        return Headers::new_with_headers(headers);
    }
    let headers = Headers::new()?;
    if answer.is_object() {
        for name in Reflect::own_keys(answer)? {
            let value = Reflect::get(answer, &name)?;
            if let (Some(name), Some(value)) = (name.as_string(), value.as_string()) {
                headers.set(&name, &value)?;
            }
        }
    }
    Ok(headers)
}
