//! From [`HostEvent`] to the DOM's `CustomEvent`.

use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement};

use super::HostEvent;
use super::events::Detail;
use crate::browser::js_object::object;

impl HostEvent {
    /// Dispatches the event on the element. `false`: the host prevented what follows.
    pub(super) fn dispatch(self, element: &HtmlElement) -> bool {
        let (name, init) = (self.name(), CustomEventInit::new());
        init.set_bubbles(true);
        init.set_composed(true);
        init.set_cancelable(self.is_cancelable());
        let detail = self.into_detail().into_iter().map(|(key, value)| {
            let value = match value {
                Detail::Text(text) => JsValue::from(text),
                Detail::Function(function) => Closure::<dyn Fn()>::wrap(function).into_js_value(),
            };
            (key, value)
        });
        init.set_detail(&object(detail));
        CustomEvent::new_with_event_init_dict(name, &init)
            .and_then(|event| element.dispatch_event(&event))
            .unwrap_or(true)
    }
}
