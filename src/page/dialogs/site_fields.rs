//! The fields for an agent's site: an existing one, or a new one.

use leptos::html;
use leptos::prelude::*;

use super::context::DialogContext;
use super::form::AgentForm;
use crate::browser::timers::NextFrame;
use crate::domain::{EditableField, FormField, SiteMode, find_sites};
use crate::page::widgets::{Choice, Choices, Combobox, TextField};

/// The most sites listed at once; typing finds the rest.
const MAX_SITES_LISTED: usize = 100;

/// Chooses an existing site, or describes a new one. Text typed for either one is kept.
#[component]
pub fn SiteFields(
    /// What the dialog works with.
    context: DialogContext,
    /// The form that the fields belong to.
    form: AgentForm,
) -> impl IntoView {
    let store = context.store;
    let title_of = site_title(context);
    let undefined = move || Choice {
        label: "Undefined".to_owned(),
        ..Choice::default()
    };
    let search = Callback::new(move |text: String| {
        // Sites may come and go while the list is open.

        let (sites, more) = store.with(|fleet| find_sites(fleet.sites(), &text, MAX_SITES_LISTED));
        let choices = sites.iter().map(|site| Choice {
            value: site.id.clone(),
            label: site.title.clone(),
            detail: site.address_line(),
        });
        Choices {
            choices: std::iter::once(undefined()).chain(choices).collect(),
            more,
        }
    });
    let first_of_new = NodeRef::<html::Input>::new();
    let of_existing = NodeRef::<html::Input>::new();
    let next_frame = NextFrame::default();
    let is_new = move || form.site_mode.get() == SiteMode::New;
    let toggle = move |_| {
        let (mode, first_field) = match form.site_mode.get_untracked() {
            SiteMode::Existing => (SiteMode::New, first_of_new),
            SiteMode::New => (SiteMode::Existing, of_existing),
        };
        form.site_mode.set(mode);
        next_frame.set(move || {
            if let Some(field) = first_field.try_get_untracked().flatten() {
                // If it is hidden again, focus stays on the button.
                field.focus().ok();
            }
        });
    };
    view! {
        <div class="kp-site-fields">
            <div hidden=is_new>
                <Combobox
                    label="Site"
                    value=form.site_id
                    query=form.site_query
                    search
                    label_of=title_of
                    pinned=1
                    error=form.error(EditableField::Site)
                    node_ref=of_existing
                />
                {move || context.reader.sites_problem().get().map(|problem| view! {
                    <p class="kp-hint" role="status">{format!("Could not read the sites: {problem}.")}</p>
                })}
            </div>
            <Show when=is_new>
                <TextField
                    label="Site Name"
                    value=form.site_name
                    required=true
                    error=form.error(FormField::SiteName)
                    on_change=form.check_on_leave(FormField::SiteName)
                    node_ref=first_of_new
                />
                <TextField
                    label="Street Address"
                    value=form.street_address
                    required=true
                    placeholder="Street, city, country"
                    error=form.error(FormField::StreetAddress)
                    on_change=form.check_on_leave(FormField::StreetAddress)
                />
            </Show>
            <button type="button" class="kp-text-button" on:click=toggle>
                {move || if is_new() { "Use an Existing Site" } else { "Create a New Site" }}
            </button>
        </div>
    }
}

/// Gives the title of the site with an id; "…" where the sites have not been read yet.
pub fn site_title(context: DialogContext) -> Callback<String, String> {
    let store = context.store;
    Callback::new(move |id: String| {
        store.with(|fleet| match fleet.site(&id) {
            Some(site) => site.title.clone(),
            None if fleet.has_all_sites() || id.is_empty() => "Undefined".to_owned(),
            None => "…".to_owned(),
        })
    })
}
