//! Everything that the user enters in the dialog "kproxy Agent", and which of it is invalid.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::{AgentDraft, EditableField};
use super::form_field::{FormField, SiteMode};
use super::validate::{
    InvalidEntry, validate_description, validate_name, validate_private_ip, validate_site_title,
    validate_street_address,
};
use crate::domain::{Agent, Site};

/// Everything that is entered in the dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentEntries {
    /// The agent's own fields.
    pub draft: AgentDraft,
    /// The text in Site, if it was typed since a site was chosen.
    pub site_query: Option<String>,
    /// Which of the two kinds of site fields is on screen.
    pub site_mode: SiteMode,
    /// The title of a new site, as typed.
    pub site_name: String,
    /// The address of a new site, as typed.
    pub street_address: String,
}

/// A site to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteEntry {
    /// Trimmed.
    pub title: String,
    /// Trimmed; free text.
    pub address: String,
}

impl SiteEntry {
    /// The site that was created from this entry: the one with the same title and address.
    pub fn find_in(&self, sites: &[Arc<Site>]) -> Option<Site> {
        sites
            .iter()
            .find(|site| site.title == self.title && site.postal_address.address == self.address)
            .map(|site| Site::clone(site))
    }
}

impl AgentEntries {
    /// The entries of a dialog that was just opened.
    pub fn of(agent: &Agent) -> Self {
        Self {
            draft: AgentDraft::of(agent),
            ..Self::default()
        }
    }

    /// Whether closing the dialog would lose something that was typed.
    pub fn is_dirty(&self, base: &Agent) -> bool {
        self.site_query.is_some()
            || !self.site_name.is_empty()
            || !self.street_address.is_empty()
            || self.draft != AgentDraft::of(base)
    }

    /// The site that Save has to create first, if any.
    pub fn new_site(&self) -> Option<SiteEntry> {
        (self.site_mode == SiteMode::New).then(|| SiteEntry {
            title: self.site_name.trim().to_owned(),
            address: self.street_address.trim().to_owned(),
        })
    }

    /// Chooses the site that was created from the entries, so that a second Save creates no other.
    pub fn choose_created_site(&mut self, id: String) {
        self.draft.site_id = id;
        self.site_query = None;
        self.site_mode = SiteMode::Existing;
        self.site_name.clear();
        self.street_address.clear();
    }

    /// What is wrong with a field, as far as that is known without the server.
    pub fn validation_error(&self, field: FormField) -> Option<InvalidEntry> {
        let validated = match field {
            FormField::Agent(EditableField::Name) => validate_name(&self.draft.name),
            FormField::Agent(EditableField::Description) => {
                validate_description(&self.draft.description)
            }
            FormField::Agent(EditableField::PrivateIp) => {
                validate_private_ip(&self.draft.private_ip)
            }
            FormField::Agent(EditableField::Site) => {
                return self.site_query.as_ref().map(|_| InvalidEntry::NoSite);
            }
            FormField::SiteName => validate_site_title(&self.site_name),
            FormField::StreetAddress => validate_street_address(&self.street_address),
        };
        validated.err()
    }

    /// What is wrong with the fields on screen.
    pub fn validation_errors(&self) -> BTreeMap<FormField, InvalidEntry> {
        FormField::ALL
            .into_iter()
            .filter(|field| field.is_shown(self.site_mode))
            .filter_map(|field| Some((field, self.validation_error(field)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PostalAddress;

    fn entries() -> AgentEntries {
        AgentEntries::of(&Agent::default())
    }

    #[test]
    fn only_fields_on_screen_are_checked() {
        let mut entries = AgentEntries {
            site_query: Some("osl".into()),
            ..entries()
        };
        let site = FormField::from(EditableField::Site);
        assert_eq!(
            entries.validation_errors(),
            BTreeMap::from([(site, InvalidEntry::NoSite)])
        );
        entries.site_mode = SiteMode::New;
        assert_eq!(
            entries.validation_errors(),
            BTreeMap::from([
                (FormField::SiteName, InvalidEntry::Missing),
                (FormField::StreetAddress, InvalidEntry::Missing),
            ])
        );
    }

    #[test]
    fn an_invalid_field_of_the_agent_is_found() {
        let mut entries = entries();
        entries.draft.private_ip = "10.0.0".into();
        assert_eq!(
            entries.validation_error(EditableField::PrivateIp.into()),
            Some(InvalidEntry::NotAnAddress)
        );
        assert_eq!(entries.validation_error(EditableField::Name.into()), None);
    }

    #[test]
    fn whatever_was_typed_makes_the_entries_dirty() {
        let agent = Agent::default();
        assert!(!entries().is_dirty(&agent));
        let typed: [fn(&mut AgentEntries); 4] = [
            |entries| entries.draft.name = "a".into(),
            |entries| entries.site_query = Some(String::new()),
            |entries| entries.site_name = " ".into(),
            |entries| entries.street_address = "1".into(),
        ];
        for typed in typed {
            let mut entries = entries();
            typed(&mut entries);
            assert!(entries.is_dirty(&agent), "{entries:?}");
        }
        let mut toggled = entries();
        toggled.site_mode = SiteMode::New;
        assert!(!toggled.is_dirty(&agent));
    }

    #[test]
    fn a_new_site_is_trimmed_and_found_again_by_title_and_address() {
        let entries = AgentEntries {
            site_mode: SiteMode::New,
            site_name: " Bergen".into(),
            street_address: "1 Bryggen ".into(),
            ..entries()
        };
        let entry = entries.new_site().unwrap();
        let site = |id: &str, title: &str, address: &str| {
            Arc::new(Site {
                id: id.into(),
                title: title.into(),
                postal_address: PostalAddress {
                    address: address.into(),
                    ..PostalAddress::default()
                },
                ..Site::default()
            })
        };
        let others = [
            site("s1", "Bergen", "2 Bryggen"),
            site("s2", "Oslo", "1 Bryggen"),
        ];
        assert_eq!(entry.find_in(&others), None);
        let all = [
            others,
            [site("s3", "Bergen", "1 Bryggen"), site("s4", "", "")],
        ]
        .concat();
        assert_eq!(entry.find_in(&all).unwrap().id, "s3");
    }

    #[test]
    fn text_for_a_new_site_that_is_out_of_sight_creates_none() {
        let entries = AgentEntries {
            site_name: "Bergen".into(),
            street_address: "1 Bryggen".into(),
            ..entries()
        };
        assert_eq!(entries.new_site(), None);
    }
}
