//! Mounts the page into an element, and gives the entry script a handle on it.

use any_spawner::Executor;
use js_sys::Function;
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use crate::host::{ElementOptions, Host};
use crate::leaflet::MapAssets;
use crate::page::KproxyAgents;
use crate::state::FleetReader;

/// One mounted page. Dropping or unmounting it ends everything that it started.
#[wasm_bindgen]
pub struct PageHandle {
    host: HtmlElement,
    options: ReadSignal<ElementOptions>,
    set_options: WriteSignal<ElementOptions>,
    reader: FleetReader,
    owner: Owner,
    view: Option<UnmountHandle<AnyViewState>>,
}

/// Shows the page in `root`, an empty element inside the shadow root of `host`.
///
/// `load_leaflet(afresh)` gives a promise of the bundle of `leaflet.js`, `has_been_updated()` one of whether
/// another build has taken the place of this one on the server. `take_early(url, credentials, signal)` gives a
/// promise of the answer to a call that was sent before, if it was this one. `on_panic` is called with the
/// message if the program dies; no handle may be used after that.
#[wasm_bindgen]
pub fn mount(
    host: HtmlElement,
    root: HtmlElement,
    load_leaflet: Function,
    has_been_updated: Function,
    map_assets: MapAssets,
    take_early: Function,
    on_panic: Function,
) -> PageHandle {
    report_panics_to(on_panic);
    // Fails if an earlier element did it, which is fine.
    Executor::init_wasm_bindgen().ok();
    let owner = Owner::new();
    let (options, set_options, reader, view) = owner.with(|| {
        let (options, set_options) = signal(read_options(&host));
        let page_host = Host::new(
            host.clone(),
            load_leaflet,
            has_been_updated,
            map_assets,
            take_early,
        );
        let reader = FleetReader::new(options, page_host);
        let view = mount_to(root, move || {
            #[cfg(debug_assertions)]
            if let Some(gallery) =
                options.with_untracked(|options| crate::gallery::gallery(options, page_host))
            {
                return gallery;
            }
            view! { <KproxyAgents host=page_host options reader /> }.into_any()
        });
        (options, set_options, reader, view)
    });
    PageHandle {
        host,
        options,
        set_options,
        reader,
        owner,
        view: Some(view),
    }
}

fn read_options(host: &HtmlElement) -> ElementOptions {
    ElementOptions::parse(|name| host.get_attribute(name))
}

fn report_panics_to(on_panic: Function) {
    let on_panic = send_wrapper::SendWrapper::new(on_panic);
    std::panic::set_hook(Box::new(move |info| {
        let message = JsValue::from_str(&info.to_string());
        // If even this call fails, there is nobody left to notify.
        on_panic.call1(&JsValue::UNDEFINED, &message).ok();
    }));
}

#[wasm_bindgen]
impl PageHandle {
    /// Reads the attributes of the element again, after a change.
    pub fn attributes_changed(&self) {
        let now = read_options(&self.host);
        if self.options.with_untracked(|before| *before != now) {
            self.set_options.set(now);
        }
    }

    /// Reports that the element has just been given `authHeaders`.
    pub fn auth_headers_set(&self) {
        self.reader.auth_headers_set();
    }

    /// Reads the agents now, like the button "Refresh".
    pub fn refresh(&self) {
        self.reader.refresh();
    }

    /// Ends timers, requests, observers and the map, and empties the root.
    pub fn unmount(mut self) {
        drop(self.view.take());
        self.owner.cleanup();
    }
}
