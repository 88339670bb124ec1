//! What a combobox does: which choice its keys go to, and which one a text names.
//!
//! It knows nothing of agents. It is here because what is decided here is tested natively.
//!
//! <https://www.w3.org/WAI/ARIA/apg/patterns/combobox/>

use crate::domain::text::{folded, trim_blanks};

/// One of the things that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Unique among the choices.
    pub value: String,
    /// Its words.
    pub label: String,
    /// Distinguishes it from others with the same label; may be empty.
    pub detail: String,
}

/// What matches a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// In the order in which they are shown; the pinned ones, which are listed for every query,
    /// come first.
    pub choices: Vec<Choice>,
    /// How many more there are than these.
    pub more: usize,
}

/// The list of a combobox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListState {
    /// Hidden.
    Closed,
    /// Shown.
    Open {
        /// The index of the choice that the arrow keys are at.
        active: Option<usize>,
    },
}

/// Where an arrow key goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Step {
    Next,
    Previous,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAction {
    /// Opens the list at the choice that was made.
    Open,
    /// Opens the list at the choice that was made, or where none was, at the first or the last one.
    OpenAndStep(Step),
    /// Goes to another choice.
    Step(Step),
    /// Makes the choice at this index.
    Choose(usize),
    /// Closes the list.
    Close,
    /// Closes the list alone, not the dialog around it.
    Cancel,
    /// Moves the cursor in the text, and no longer is at any choice.
    EditText,
}

impl KeyAction {
    /// What a key does; `None`: nothing of its own. `has_alt`: whether Alt is held.
    pub fn of(key: &str, has_alt: bool, list: ListState) -> Option<Self> {
        let step = |step| match list {
            ListState::Closed => Self::OpenAndStep(step),
            ListState::Open { .. } => Self::Step(step),
        };
        Some(match (key, list) {
            ("ArrowDown", _) if has_alt => Self::Open,
            ("ArrowUp", _) if has_alt => Self::Close,
            ("ArrowDown", _) => step(Step::Next),
            ("ArrowUp", _) => step(Step::Previous),
            ("Enter", ListState::Open { active }) => active.map_or(Self::Close, Self::Choose),
            ("Escape", ListState::Open { .. }) => Self::Cancel,
            ("ArrowLeft" | "ArrowRight" | "Home" | "End", _) => Self::EditText,
            _ => return None,
        })
    }

    /// Whether the browser is left to do what it does with the key.
    pub fn leaves_key_to_browser(self) -> bool {
        self == Self::EditText
    }

    /// Whether nothing around the combobox is to see the key.
    pub fn hides_key(self) -> bool {
        self == Self::Cancel
    }
}

/// The index of the choice that a step leads to, around the ends; `None` where there are no choices.
pub fn step_from(active: Option<usize>, step: Step, len: usize) -> Option<usize> {
    let last = len.checked_sub(1)?;
    Some(match (active, step) {
        (Some(index), Step::Next) if index < last => index + 1,
        (Some(index), Step::Previous) if index > 0 => index.min(len) - 1,
        (_, Step::Next) => 0,
        (_, Step::Previous) => last,
    })
}

/// The index of the choice that Enter makes right after this was typed: the first that matches, not
/// one of those that are pinned.
pub fn active_after_typing(query: &str, pinned: usize) -> Option<usize> {
    (!query.is_empty()).then_some(pinned)
}

/// The choice that a query names when the user leaves the field: the only one with these words, or else
/// the only one whose words differ by case or accents alone; or for an empty query the first that is pinned.
/// Else the query stays in the field, for the user to mend.
pub fn choice_named(query: &str, choices: Vec<Choice>, pinned: usize) -> Option<Choice> {
    let query = trim_blanks(query);
    if query.is_empty() {
        return choices.into_iter().take(pinned).next();
    }
    let folded_query = folded(query);
    let alike: Vec<Choice> = choices
        .into_iter()
        .filter(|choice| folded(&choice.label) == folded_query)
        .collect();
    let exact: Vec<&Choice> = alike
        .iter()
        .filter(|choice| choice.label == query)
        .collect();
    match (exact.as_slice(), alike.as_slice()) {
        ([choice], _) => Some((*choice).clone()),
        (_, [choice]) => Some(choice.clone()),
        _ => None,
    }
}

/// What is said below the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListNote {
    /// So many more choices match.
    More(usize),
    /// Nothing matches the query, except for what is pinned.
    NoMatches,
    /// There are no choices at all.
    Empty,
}

impl ListNote {
    /// What has to be said, if anything.
    pub fn of(found: &Choices, pinned: usize, has_query: bool) -> Option<Self> {
        if found.more > 0 {
            Some(Self::More(found.more))
        } else if has_query && found.choices.len() <= pinned {
            Some(Self::NoMatches)
        } else if found.choices.is_empty() {
            Some(Self::Empty)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OPEN: ListState = ListState::Open { active: None };
    const AT_TWO: ListState = ListState::Open { active: Some(2) };

    fn choices(labels: &[&str]) -> Vec<Choice> {
        let labels = labels.iter().enumerate();
        labels
            .map(|(number, label)| Choice {
                value: number.to_string(),
                label: (*label).to_owned(),
                detail: String::new(),
            })
            .collect()
    }

    #[test]
    fn arrows_open_the_list_and_go_through_it() {
        let key = |key, list| KeyAction::of(key, false, list);
        let (next, previous) = (Step::Next, Step::Previous);
        assert_eq!(
            key("ArrowDown", ListState::Closed),
            Some(KeyAction::OpenAndStep(next))
        );
        assert_eq!(
            key("ArrowUp", ListState::Closed),
            Some(KeyAction::OpenAndStep(previous))
        );
        assert_eq!(key("ArrowDown", OPEN), Some(KeyAction::Step(next)));
        assert_eq!(key("ArrowUp", AT_TWO), Some(KeyAction::Step(previous)));
    }

    #[test]
    fn with_alt_the_arrows_only_open_and_close() {
        for list in [ListState::Closed, OPEN, AT_TWO] {
            let key = |key| KeyAction::of(key, true, list);
            assert_eq!(key("ArrowDown"), Some(KeyAction::Open));
            assert_eq!(key("ArrowUp"), Some(KeyAction::Close));
        }
    }

    #[test]
    fn enter_makes_the_active_choice_and_in_a_closed_list_submits_the_form() {
        let enter = |list| KeyAction::of("Enter", false, list);
        assert_eq!(enter(AT_TWO), Some(KeyAction::Choose(2)));
        assert_eq!(enter(OPEN), Some(KeyAction::Close));
        assert_eq!(enter(ListState::Closed), None);
    }

    #[test]
    fn escape_closes_the_list_alone_and_then_the_dialog() {
        let escape = |list| KeyAction::of("Escape", false, list);
        assert_eq!(escape(AT_TWO), Some(KeyAction::Cancel));
        assert!(KeyAction::Cancel.hides_key() && !KeyAction::Cancel.leaves_key_to_browser());
        assert_eq!(escape(ListState::Closed), None);
    }

    #[test]
    fn keys_that_move_the_cursor_are_the_browsers_and_leave_the_list() {
        for key in ["ArrowLeft", "ArrowRight", "Home", "End"] {
            let action = KeyAction::of(key, false, AT_TWO).unwrap();
            assert_eq!(action, KeyAction::EditText);
            assert!(action.leaves_key_to_browser() && !action.hides_key());
        }
    }

    #[test]
    fn other_keys_are_left_alone() {
        for key in ["Tab", "PageUp", "PageDown", "a", " "] {
            assert_eq!(KeyAction::of(key, false, AT_TWO), None);
        }
    }

    #[test]
    fn enter_right_after_typing_takes_the_first_match_not_what_is_pinned() {
        assert_eq!(active_after_typing("x", 1), Some(1));
        assert_eq!(active_after_typing("x", 0), Some(0));
        assert_eq!(active_after_typing("", 1), None);
    }

    #[test]
    fn leaving_the_field_takes_the_choice_that_was_written_out() {
        let named = |query, pinned| {
            let all = choices(&[
                "Undefined",
                "Lagos",
                "Lagos Island",
                "Springfield",
                "Springfield",
            ]);
            choice_named(query, all, pinned).map(|choice| choice.value)
        };
        assert_eq!(named(" LAGOS ", 1).as_deref(), Some("1"));
        assert_eq!(named("Lag", 1), None);
        // Which of the two is meant?
        assert_eq!(named("springfield", 1), None);
        assert_eq!(named("", 1).as_deref(), Some("0"));
        assert_eq!(named(" ", 0), None);
    }

    #[test]
    fn the_note_says_what_the_list_does_not_show() {
        let note = |labels: &[&str], more, pinned, has_query| {
            let choices = choices(labels);
            ListNote::of(&Choices { choices, more }, pinned, has_query)
        };
        assert_eq!(note(&["a"], 7, 0, true), Some(ListNote::More(7)));
        assert_eq!(note(&["Undefined"], 0, 1, true), Some(ListNote::NoMatches));
        assert_eq!(note(&["Undefined"], 0, 1, false), None);
        assert_eq!(note(&["Undefined", "a"], 0, 1, true), None);
        assert_eq!(note(&[], 0, 0, true), Some(ListNote::NoMatches));
        assert_eq!(note(&[], 0, 0, false), Some(ListNote::Empty));
    }

    #[test]
    fn no_step_leads_into_an_empty_list() {
        assert_eq!(step_from(None, Step::Next, 0), None);
        assert_eq!(step_from(Some(3), Step::Previous, 0), None);
    }

    proptest! {
        #[test]
        fn every_step_leads_to_a_choice(
            active in prop::option::of(0..30_usize), len in 1..20_usize,
        ) {
            for step in [Step::Next, Step::Previous] {
                prop_assert!(step_from(active, step, len).unwrap() < len);
            }
        }

        #[test]
        fn steps_go_through_all_choices_and_around_and_back(len in 1..20_usize) {
            let walk = |step: Step| {
                let mut active = None;
                let visited = (0..len).map(|_| {
                    active = step_from(active, step, len);
                    active.unwrap()
                });
                visited.collect::<Vec<_>>()
            };
            prop_assert_eq!(walk(Step::Next), (0..len).collect::<Vec<_>>());
            prop_assert_eq!(walk(Step::Previous), (0..len).rev().collect::<Vec<_>>());
            for index in 0..len {
                let next = step_from(Some(index), Step::Next, len);
                prop_assert_eq!(step_from(next, Step::Previous, len), Some(index));
            }
        }

        #[test]
        fn a_choice_is_named_by_its_words_alone(
            labels in prop::collection::vec("[abAä]{1,2}", 0..6), query in "[abABÄ]{0,2}",
        ) {
            let labels: Vec<_> = labels.iter().map(String::as_str).collect();
            let named = choice_named(&query, choices(&labels), 0);
            let exact = labels.iter().filter(|label| **label == query).count();
            let alike = labels.iter().filter(|label| folded(label) == folded(&query)).count();
            prop_assert_eq!(named.is_some(), exact == 1 || alike == 1);
            if let Some(named) = named {
                prop_assert_eq!(folded(&named.label), folded(&query));
                prop_assert!(exact == 0 || named.label == query);
            }
        }
    }
}
