//! The details below an expanded row.

use std::collections::HashMap;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use web_sys::MouseEvent;

use super::context::{BuildDetails, RowContext};
use crate::browser::intl;
use crate::browser::lasting::Lasting;
use crate::browser::resize::on_resize;
use crate::domain::{Agent, Device, PlacedRow, relative_time};
use crate::host::HostEvent;
use crate::page::icons::{self, Icon};
use crate::page::part::PartNotice;

/// The number of devices listed at first.
const DEVICES_AT_FIRST: usize = 60;

/// Loads the details.
#[allow(clippy::unnecessary_wraps, reason = "the macro adds the failures")]
#[wasm_split(later, wasm_split_path = leptos::wasm_split, fallible)]
pub fn load() -> Result<BuildDetails, SplitLoaderError> {
    Ok(|context, row| view! { <Details context row /> }.into_any())
}

/// The details of one agent, as soon as they can be built.
#[component]
pub fn LazyDetails(
    /// What all rows share.
    context: RowContext,
    /// The agent's row.
    row: Lasting<ReadSignal<PlacedRow>>,
) -> impl IntoView {
    let part = context.details;
    part.request();
    move || part.view(|build| build(context, row), || missing_details(context))
}

fn missing_details(context: RowContext) -> AnyView {
    view! {
        <div class="kp-details">
            <PartNotice part=context.details text="Could not load the details" />
        </div>
    }
    .into_any()
}

/// The details of one agent; reports their height to the list.
#[component]
fn Details(
    /// What all rows share.
    context: RowContext,
    /// The agent's row.
    row: Lasting<ReadSignal<PlacedRow>>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    on_resize(node, move |node| {
        let height = node.get_bounding_client_rect().height();
        row.with_untracked(|placed| context.set_detail_height(placed.row.id(), height));
    });
    let text = move |of: fn(&Agent) -> &str| {
        Memo::new(move |_| row.with(|placed| of(&placed.row.agent).to_owned()))
    };
    let last_contact = Memo::new(move |_| row.with(|placed| placed.row.agent.last_contact));
    let contact = move || match last_contact.get() {
        None => "Never".to_owned(),
        Some(at) => format!(
            "{} ({})",
            relative_time(Some(at), context.now.get()),
            intl::exact_time(at)
        ),
    };
    let created = move || {
        row.with(|placed| {
            let created = placed.row.agent.created;
            created.map_or_else(|| "Unknown".to_owned(), intl::exact_time)
        })
    };
    let port = move || row.with(|placed| format!("udp/{}", placed.row.agent.flow_port));
    let label =
        move || row.with(|placed| format!("Details of {}", placed.row.agent.accessible_name()));
    view! {
        <div class="kp-details" role="group" aria-label=label node_ref=node>
            <dl class="kp-detail-facts">
                <div class="kp-detail-wide">
                    <dt>"Description"</dt>
                    <dd class="kp-detail-description">
                        <OrNone text=text(|agent| &agent.description) />
                    </dd>
                </div>
                <Devices context row />
                <div><dt>"Agent API User"</dt><dd><OrNone text=text(|agent| &agent.api_user) /></dd></div>
                <div><dt>"Last User Agent"</dt><dd><OrNone text=text(|agent| &agent.user_agent) /></dd></div>
                <div><dt>"Last contact"</dt><dd>{contact}</dd></div>
                <div><dt>"Created"</dt><dd>{created}</dd></div>
                <div><dt>"Flow port"</dt><dd>{port}</dd></div>
            </dl>
        </div>
    }
}

/// A text, or a placeholder if it is empty.
#[component]
fn OrNone(
    /// The text.
    text: Memo<String>,
) -> impl IntoView {
    let shown = move || {
        text.with(|text| match text.as_str() {
            "" => "None".to_owned(),
            text => text.to_owned(),
        })
    };
    view! { <span class:kp-muted=move || text.with(String::is_empty)>{shown}</span> }
}

/// The devices that send through the agent: the first ones, or all on request. They are links if
/// the host sets `device-href`.
#[component]
fn Devices(
    /// What all rows share.
    context: RowContext,
    /// The agent's row.
    row: Lasting<ReadSignal<PlacedRow>>,
) -> impl IntoView {
    let devices = Memo::new(move |_| row.with(|placed| placed.row.agent.devices.clone()));
    let id = StoredValue::new(row.with_untracked(|placed| placed.row.id().to_owned()));
    let shows_all = Memo::new(move |_| {
        id.with_value(|id| context.with_all_devices.with(|ids| ids.contains(id)))
    });
    let toggle = move |_| {
        context.with_all_devices.update(|ids| {
            let id = id.get_value();
            if !ids.remove(&id) {
                ids.insert(id);
            }
        });
    };
    let listed = move || {
        let most = if shows_all.get() {
            usize::MAX
        } else {
            DEVICES_AT_FIRST
        };
        devices.with(|devices| {
            let mut seen = HashMap::<(&str, &str), usize>::new();
            devices
                .iter()
                .take(most)
                .map(|device| {
                    // Two devices may have the same id and name.
                    let before = seen.entry((&device.id, &device.name)).or_default();
                    *before += 1;
                    (*before, device.clone())
                })
                .collect::<Vec<_>>()
        })
    };
    let title = move || match devices.with(Vec::len) {
        0 => "Devices".to_owned(),
        number => format!("Devices ({})", intl::count(number)),
    };
    view! {
        <div class="kp-detail-wide">
            <dt>{title}</dt>
            <dd>
                <Show
                    when=move || devices.with(|devices| !devices.is_empty())
                    fallback=|| view! { <span class="kp-muted">"None"</span> }
                >
                    // Above the list, so that it stays in place when the list grows or shrinks.
                    <Show when=move || { devices.with(Vec::len) > DEVICES_AT_FIRST }>
                        <button type="button" class="kp-button kp-small" on:click=toggle>
                            {move || if shows_all.get() {
                                "Show fewer".to_owned()
                            } else {
                                format!("Show all {}", intl::count(devices.with(Vec::len)))
                            }}
                        </button>
                    </Show>
                    <ul class="kp-devices">
                        <For
                            each=listed
                            key=|(nth, device)| (*nth, device.id.clone(), device.name.clone())
                            let:((_, device))
                        >
                            <li><DeviceName context device /></li>
                        </For>
                    </ul>
                </Show>
            </dd>
        </div>
    }
}

/// A device's name, as a link if the host sets `device-href`.
#[component]
fn DeviceName(
    /// What all rows share.
    context: RowContext,
    /// The device.
    device: Device,
) -> impl IntoView {
    let name = device.display_name().to_owned();
    let id = device.id;
    // Changes with the link, not with each attribute.
    let href = Memo::new({
        let id = id.clone();
        move |_| context.options.with(|options| options.device_link(&id))
    });
    move || {
        let name = name.clone();
        match href.get() {
            None => view! { <span>{name}</span> }.into_any(),
            Some(href) => {
                let (id, to) = (id.clone(), href.clone());
                let on_click = move |event: MouseEvent| {
                    // The browser handles clicks that open a new tab or window.
                    let is_plain = event.button() == 0
                        && !(event.ctrl_key()
                            || event.meta_key()
                            || event.shift_key()
                            || event.alt_key());
                    let navigate = HostEvent::Navigate {
                        id: id.clone(),
                        href: to.clone(),
                    };
                    if is_plain && !context.host.dispatch(navigate) {
                        event.prevent_default();
                    }
                };
                view! {
                    <a class="kp-link" href=href on:click=on_click>
                        {name}
                        <Icon svg=icons::EXTERNAL />
                    </a>
                }
                .into_any()
            }
        }
    }
}
