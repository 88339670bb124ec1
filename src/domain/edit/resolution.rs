//! How the user resolves fields that somebody else changed, too.

use super::draft::{EditableField, FieldConflict};

/// Which of the two values of a field in conflict is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The user's own value.
    Mine,
    /// The value that somebody else saved.
    Theirs,
}

/// A field in conflict, and what the user decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The field and its two values.
    pub conflict: FieldConflict,
    /// The side that is kept; `None` while undecided.
    pub side: Option<Side>,
}

impl Resolution {
    /// One of the two values; of a site, its id.
    pub fn value(&self, side: Side) -> &str {
        match side {
            Side::Mine => &self.conflict.mine,
            Side::Theirs => &self.conflict.theirs,
        }
    }
}

/// All fields in conflict, each with the user's decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolutions(Vec<Resolution>);

impl Resolutions {
    /// Conflicts of which none is decided yet.
    pub fn undecided(conflicts: Vec<FieldConflict>) -> Self {
        let undecided = |conflict| Resolution {
            conflict,
            side: None,
        };
        Self(conflicts.into_iter().map(undecided).collect())
    }

    /// All of them, in the order of the dialog.
    pub fn iter(&self) -> impl Iterator<Item = &Resolution> {
        self.0.iter()
    }

    /// The conflict in a field, if there is one.
    pub fn get(&self, field: EditableField) -> Option<&Resolution> {
        self.iter()
            .find(|resolution| resolution.conflict.field == field)
    }

    /// Whether the user has decided every field.
    pub fn are_decided(&self) -> bool {
        self.iter().all(|resolution| resolution.side.is_some())
    }

    /// Decides a field; gives the value that the field now has, if it was in conflict.
    pub fn resolve(&mut self, field: EditableField, side: Side) -> Option<String> {
        let resolution = self.get_mut(field)?;
        resolution.side = Some(side);
        Some(resolution.value(side).to_owned())
    }

    /// Decides a field in conflict by the value typed into it. What was typed becomes the user's
    /// own value.
    pub fn resolve_by_typing(&mut self, field: EditableField, value: &str) {
        let Some(resolution) = self.get_mut(field) else {
            return;
        };
        if resolution.side.is_none() && value.trim() == resolution.conflict.mine.trim() {
            // Nobody typed that: it is what was restored.
            return;
        }
        if value == resolution.conflict.theirs {
            resolution.side = Some(Side::Theirs);
        } else {
            value.clone_into(&mut resolution.conflict.mine);
            resolution.side = Some(Side::Mine);
        }
    }

    fn get_mut(&mut self, field: EditableField) -> Option<&mut Resolution> {
        self.0
            .iter_mut()
            .find(|resolution| resolution.conflict.field == field)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAME: EditableField = EditableField::Name;

    fn resolutions() -> Resolutions {
        let conflict = |field, mine: &str, theirs: &str| FieldConflict {
            field,
            mine: mine.into(),
            theirs: theirs.into(),
        };
        Resolutions::undecided(vec![
            conflict(NAME, "mine", "theirs"),
            conflict(EditableField::Site, "s1", ""),
        ])
    }

    fn side(resolutions: &Resolutions) -> Option<Side> {
        resolutions.get(NAME)?.side
    }

    #[test]
    fn a_field_may_be_decided_more_than_once() {
        let mut resolutions = resolutions();
        assert_eq!(side(&resolutions), None);
        let theirs = resolutions.resolve(NAME, Side::Theirs);
        assert_eq!(theirs.as_deref(), Some("theirs"));
        let mine = resolutions.resolve(NAME, Side::Mine);
        assert_eq!(mine.as_deref(), Some("mine"));
        assert_eq!(side(&resolutions), Some(Side::Mine));
        assert!(!resolutions.are_decided());
        resolutions.resolve(EditableField::Site, Side::Theirs);
        assert!(resolutions.are_decided());
    }

    #[test]
    fn typing_decides_for_what_is_typed() {
        let mut resolutions = resolutions();
        resolutions.resolve(NAME, Side::Theirs);
        resolutions.resolve_by_typing(NAME, "a third");
        assert_eq!(side(&resolutions), Some(Side::Mine));
        resolutions.resolve(NAME, Side::Theirs);
        let mine = resolutions.resolve(NAME, Side::Mine);
        assert_eq!(mine.as_deref(), Some("a third"));
    }

    #[test]
    fn typing_their_value_takes_theirs_and_keeps_mine_to_go_back_to() {
        let mut resolutions = resolutions();
        resolutions.resolve_by_typing(NAME, "theirs");
        assert_eq!(side(&resolutions), Some(Side::Theirs));
        let mine = resolutions.resolve(NAME, Side::Mine);
        assert_eq!(mine.as_deref(), Some("mine"));
    }

    #[test]
    fn what_is_restored_decides_nothing() {
        let mut resolutions = resolutions();
        resolutions.resolve_by_typing(NAME, "mine");
        assert_eq!(side(&resolutions), None);
    }

    #[test]
    fn a_field_that_is_not_in_conflict_has_nothing_to_decide() {
        let mut changed = resolutions();
        assert_eq!(changed.resolve(EditableField::PrivateIp, Side::Mine), None);
        changed.resolve_by_typing(EditableField::PrivateIp, "::1");
        assert_eq!(changed, resolutions());
    }

    proptest! {
        #[test]
        fn the_side_that_is_kept_is_what_was_typed(value in "(mine|theirs|[a-z ]{0,6})") {
            let mut resolutions = resolutions();
            resolutions.resolve(NAME, Side::Mine);
            resolutions.resolve_by_typing(NAME, &value);
            let name = resolutions.get(NAME).unwrap();
            prop_assert_eq!(name.value(name.side.unwrap()), &value);
            prop_assert_eq!(name.value(Side::Theirs), "theirs");
        }
    }
}
