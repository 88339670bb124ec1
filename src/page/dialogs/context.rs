//! What the dialogs share: the fleet, the host, and where focus goes afterward.

use leptos::prelude::*;

use crate::domain::Site;
use crate::host::{Host, HostEvent};
use crate::page::list::ListHandle;
use crate::page::widgets::FocusLost;
use crate::state::fleet_store::LiveFleet;
use crate::state::list_model::Shown;
use crate::state::url_sync::ViewUrl;

/// Everything a dialog works with.
#[derive(Clone, Copy)]
pub struct DialogContext {
    /// The agents, and the client of the agent API.
    pub fleet: LiveFleet,
    /// Receives the events for the host.
    pub host: Host,
    /// Opens and closes dialogs.
    pub url: ViewUrl,
    /// The rows of the list.
    pub shown: Shown,
    /// Moves focus into the list.
    pub list: ListHandle,
    /// The text of the page's live region.
    pub announcement: RwSignal<String>,
}

impl DialogContext {
    /// Runs a callback, in the current owner, each time the user has signed in again.
    pub fn on_sign_in(self, callback: impl Fn() + 'static) {
        let session = self.fleet.client.session;
        let owner = Owner::current().unwrap_or_default();
        Effect::watch(
            move || session.sign_ins().get(),
            move |_, _, _| owner.with(&callback),
            false,
        );
    }

    /// Moves focus to the row of an agent, or to the list if the row is gone.
    pub fn focus_row(self, id: String) -> FocusLost {
        Box::new(move || self.list.focus(id))
    }

    /// Adds a site that was just created, and tells the host.
    pub fn apply_created_site(self, site: &Site) {
        self.fleet
            .update(|fleet, now| fleet.site_created(site.clone(), now));
        let id = site.id.clone();
        self.host.dispatch(HostEvent::SiteCreated { id });
    }

    /// Removes an agent that no longer exists from the list and the URL.
    pub fn drop_agent(self, id: &str) {
        self.fleet.update(|fleet, _| fleet.removed(id));
        self.url
            .replace(|state| state.expanded.retain(|expanded| expanded != id));
    }
}
