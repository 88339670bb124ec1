//! Everything that the user enters in the dialog "kproxy Agent", and which of it is invalid.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::{AgentDraft, EditableField};
use super::form_field::{FormField, SiteMode};
use super::validate::{
    InvalidEntry, validate_description, validate_name, validate_private_ip, validate_site_title,
    validate_street_address,
};
use crate::domain::text::trim_blanks;
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
            title: trim_blanks(&self.site_name).to_owned(),
            address: trim_blanks(&self.street_address).to_owned(),
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

    /// Shows the site that was created from the entries `sent`. What the user has typed or chosen
    /// since stays.
    pub fn take_created_site(&mut self, sent: &Self, id: &str) {
        let has_same_texts =
            (&self.site_name, &self.street_address) == (&sent.site_name, &sent.street_address);
        let has_same_choice =
            (&self.draft.site_id, &self.site_query) == (&sent.draft.site_id, &sent.site_query);
        if has_same_choice {
            id.clone_into(&mut self.draft.site_id);
            self.site_query = None;
        }
        if has_same_texts {
            self.site_mode = SiteMode::Existing;
            self.site_name.clear();
            self.street_address.clear();
        }
    }

    /// Puts on top what was typed in another dialog about the agent `base`.
    pub fn keep_typed(&mut self, typed: &Self, base: &Agent) {
        for field in EditableField::ALL {
            let value = typed.draft.get(field);
            if value != field.of(base) {
                self.draft.set(field, value.to_owned());
            }
        }
        if typed.site_query.is_some() {
            self.site_query.clone_from(&typed.site_query);
        }
        if !typed.site_name.is_empty() || !typed.street_address.is_empty() {
            self.site_mode = typed.site_mode;
            self.site_name.clone_from(&typed.site_name);
            self.street_address.clone_from(&typed.street_address);
        }
    }

    /// What is wrong with a field, as far as that is known without the server. What the user has not
    /// changed since `base` is not checked: it is not sent.
    pub fn validation_error(&self, field: FormField, base: &Agent) -> Option<InvalidEntry> {
        if let FormField::Agent(of_agent) = field
            && self.draft.get(of_agent) == of_agent.of(base)
            && of_agent != EditableField::Site
        {
            return None;
        }
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
    pub fn validation_errors(&self, base: &Agent) -> BTreeMap<FormField, InvalidEntry> {
        FormField::ALL
            .into_iter()
            .filter(|field| field.is_shown(self.site_mode))
            .filter_map(|field| Some((field, self.validation_error(field, base)?)))
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
            entries.validation_errors(&Agent::default()),
            BTreeMap::from([(site, InvalidEntry::NoSite)])
        );
        entries.site_mode = SiteMode::New;
        assert_eq!(
            entries.validation_errors(&Agent::default()),
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
            entries.validation_error(EditableField::PrivateIp.into(), &Agent::default()),
            Some(InvalidEntry::NotAnAddress)
        );
        assert_eq!(
            entries.validation_error(EditableField::Name.into(), &Agent::default()),
            None
        );
    }

    // page.md#agent-dialog/11
    #[test]
    fn only_what_was_changed_is_checked() {
        let agent = Agent {
            private_ip: "10.0.0.1/24".into(),
            ..Agent::default()
        };
        let mut entries = AgentEntries::of(&agent);
        entries.draft.description = "Rack 8".into();
        assert_eq!(entries.validation_errors(&agent), BTreeMap::new());
        entries.draft.private_ip = "10.0.0.1/25".into();
        assert_eq!(entries.validation_errors(&agent).len(), 1);
    }

    #[test]
    fn a_created_site_takes_the_place_of_its_texts_but_not_of_later_ones() {
        let sent = AgentEntries {
            site_mode: SiteMode::New,
            site_name: "Bergen".into(),
            street_address: "1 Bryggen".into(),
            ..entries()
        };
        let after = |typed: fn(&mut AgentEntries)| {
            let mut entries = sent.clone();
            typed(&mut entries);
            let before = entries.clone();
            entries.take_created_site(&sent, "s9");
            (before, entries)
        };
        let (_, untouched) = after(|_| ());
        let chosen = AgentEntries {
            draft: AgentDraft {
                site_id: "s9".into(),
                ..AgentDraft::default()
            },
            ..entries()
        };
        assert_eq!(untouched, chosen);
        // The correction stays on screen, the new site behind it.
        let (before, corrected) = after(|entries| entries.street_address = "2 Bryggen".into());
        let expected = AgentEntries {
            draft: chosen.draft.clone(),
            ..before
        };
        assert_eq!(corrected, expected);
        let (_, other) = after(|entries| {
            entries.site_mode = SiteMode::Existing;
            entries.draft.site_id = "s1".into();
        });
        assert_eq!(other.draft.site_id, "s1");
        assert_eq!(other.new_site(), None);
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
