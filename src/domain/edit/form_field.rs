//! The fields of the dialog "kproxy Agent", and the paths that name them in field violations.

use super::draft::EditableField;

/// Whether the agent gets an existing site or a new one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SiteMode {
    /// The site with the draft's `site_id`.
    #[default]
    Existing,
    /// A site that Save creates first.
    New,
}

/// A field of the dialog "kproxy Agent", in the order of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormField {
    /// A field of the agent.
    Agent(EditableField),
    /// The title of a new site.
    SiteName,
    /// The address of a new site.
    StreetAddress,
}

impl From<EditableField> for FormField {
    fn from(field: EditableField) -> Self {
        Self::Agent(field)
    }
}

impl FormField {
    /// All fields, in the order of the dialog.
    pub const ALL: [Self; 6] = [
        Self::Agent(EditableField::Name),
        Self::Agent(EditableField::Description),
        Self::Agent(EditableField::PrivateIp),
        Self::Agent(EditableField::Site),
        Self::SiteName,
        Self::StreetAddress,
    ];

    /// The field that the path of a field violation names.
    pub fn from_path(path: &str) -> Option<Self> {
        match path {
            "site.title" => Some(Self::SiteName),
            "site.postal_address.address" | "site.postal_address" => Some(Self::StreetAddress),
            path => EditableField::from_path(path).map(Self::Agent),
        }
    }

    /// Whether the field is on screen, and so part of what Save sends.
    pub fn is_shown(self, site_mode: SiteMode) -> bool {
        match self {
            Self::SiteName | Self::StreetAddress => site_mode == SiteMode::New,
            Self::Agent(EditableField::Site) => site_mode == SiteMode::Existing,
            Self::Agent(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_path_names_its_field() {
        for (path, field) in [
            ("agent.name", Some(EditableField::Name.into())),
            ("agent.site_id", Some(EditableField::Site.into())),
            ("site.title", Some(FormField::SiteName)),
            ("site.postal_address", Some(FormField::StreetAddress)),
            (
                "site.postal_address.address",
                Some(FormField::StreetAddress),
            ),
            ("agent.flow_port", None),
            ("", None),
        ] {
            assert_eq!(FormField::from_path(path), field, "{path}");
        }
    }

    #[test]
    fn either_the_site_or_the_fields_of_a_new_one_are_shown() {
        let shown = |mode| {
            FormField::ALL
                .into_iter()
                .filter(move |field| field.is_shown(mode))
        };
        assert_eq!(shown(SiteMode::Existing).count(), 4);
        assert_eq!(shown(SiteMode::New).count(), 5);
        assert!(shown(SiteMode::New).all(|field| field != EditableField::Site.into()));
    }
}
