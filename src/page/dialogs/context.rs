//! What the dialogs share: the fleet, the host, and where focus goes afterward.

use leptos::prelude::*;

use crate::browser::lasting::Lasting;
use crate::browser::tasks::Tasks;
use crate::domain::{DialogView, Site};
use crate::host::{ElementOptions, Host, HostEvent};
use crate::page::widgets::FocusLost;
use crate::state::list_handle::ListHandle;
use crate::state::list_model::ListModel;
use crate::state::url_sync::UrlSync;
use crate::state::{Drafts, FleetReader, FleetStore};

/// Builds a dialog.
pub type BuildDialog = fn(DialogContext, DialogView) -> AnyView;

/// Everything a dialog works with.
#[derive(Clone, Copy)]
pub struct DialogContext {
    /// The agents.
    pub store: FleetStore,
    /// Reads the agents, and holds the client of the agent API.
    pub reader: FleetReader,
    /// Receives the events for the host.
    pub host: Host,
    /// Opens and closes dialogs.
    pub url: UrlSync,
    /// The rows of the list.
    pub list_model: ListModel,
    /// Moves focus into the list.
    pub list: ListHandle,
    /// The text of the page's live region.
    pub announcement: RwSignal<String>,
    /// What has failed after its dialog was closed.
    pub late_failure: RwSignal<Option<String>>,
    /// The element's attributes.
    pub options: Lasting<ReadSignal<ElementOptions>>,
    /// Whether nothing may be changed.
    pub read_only: Lasting<Memo<bool>>,
    /// Whether something is typed in the open dialog that is not saved.
    pub is_typing: RwSignal<bool>,
}

impl DialogContext {
    /// Runs a callback, in the current owner, each time the user has signed in again.
    pub fn on_sign_in(self, callback: impl Fn() + 'static) {
        let session = self.reader.client.session;
        let tasks = Tasks::here();
        Effect::watch(
            move || session.sign_ins().get(),
            move |_, _, _| {
                tasks.with_owner(&callback);
            },
            false,
        );
    }

    /// What was typed about the agents of this API and not saved. Belongs to the current owner.
    pub fn drafts(self) -> Drafts {
        self.options
            .with_untracked(|options| Drafts::of(&options.api_base))
    }

    /// Moves focus to the row of an agent, or to the list if the row is gone.
    pub fn focus_row(self, id: String) -> FocusLost {
        Box::new(move || self.list.focus(id))
    }

    /// Adds a site that was just created, and notifies the host.
    pub fn apply_created_site(self, site: &Site) {
        self.store
            .update(|fleet, now| fleet.apply_created_site(site.clone(), now));
        let id = site.id.clone();
        self.host.dispatch(HostEvent::SiteCreated { id });
    }

    /// Removes an agent that no longer exists from the list and the URL.
    pub fn drop_agent(self, id: &str) {
        self.store.update(|fleet, _| fleet.apply_removed(id));
        self.url
            .replace(|state| state.expanded.retain(|expanded| expanded != id));
    }
}
