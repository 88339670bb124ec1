//! What is highlighted on map and list at once, because pointer or focus is on it in one of them.

use crate::domain::{Coordinates, Row};

/// What is highlighted.
#[derive(Clone, Debug, PartialEq)]
pub enum Highlight {
    /// One agent, by its row.
    Agent {
        /// The agent's id.
        id: String,
        /// The agent's location.
        at: Option<Coordinates>,
    },
    /// All agents at some locations, by their marker.
    Locations(Vec<Coordinates>),
}

impl Highlight {
    /// Whether this agent's row is highlighted.
    pub fn has_row(&self, row: &Row) -> bool {
        match self {
            Self::Agent { id, .. } => id == row.id(),
            Self::Locations(highlighted) => row
                .coordinates()
                .is_some_and(|at| highlighted.contains(&at)),
        }
    }

    /// Whether a marker of these locations is highlighted.
    pub fn has_location(&self, mut locations: impl Iterator<Item = Coordinates>) -> bool {
        match self {
            Self::Agent { at, .. } => locations.any(|location| Some(location) == *at),
            Self::Locations(highlighted) => {
                locations.any(|location| highlighted.contains(&location))
            }
        }
    }
}
