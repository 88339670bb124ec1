//! What is lit up on map and list at once, since pointer or focus is on it in one of them.

use crate::domain::{Coordinates, Row};

/// What is lit.
#[derive(Clone, Debug, PartialEq)]
pub enum Lit {
    /// One agent, by its row.
    Agent {
        /// The agent's id.
        id: String,
        /// Where it stands.
        at: Option<Coordinates>,
    },
    /// All agents at some places, by their marker.
    Places(Vec<Coordinates>),
}

impl Lit {
    /// Whether this agent's row is to be lit.
    pub fn has_row(&self, row: &Row) -> bool {
        match self {
            Self::Agent { id, .. } => id == row.id(),
            Self::Places(places) => row.coordinates().is_some_and(|at| places.contains(&at)),
        }
    }

    /// Whether a marker of these places is to be lit.
    pub fn has_place(&self, mut places: impl Iterator<Item = Coordinates>) -> bool {
        match self {
            Self::Agent { at, .. } => places.any(|place| Some(place) == *at),
            Self::Places(lit) => places.any(|place| lit.contains(&place)),
        }
    }
}
