//! Following the pages of a list to its end, and no further.

use std::collections::HashSet;

/// No fleet is larger.
pub const MOST_AGENTS: usize = 1_000_000;
/// An empty page is not the end; so many in a row are an error.
const MOST_EMPTY_PAGES: u32 = 100;

/// The pages of one read so far.
#[derive(Debug, Default)]
pub struct PageWalk {
    seen: HashSet<String, foldhash::fast::RandomState>,
    empty_pages: u32,
    agents: usize,
}

/// Why a list cannot be followed to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagingError {
    /// A token came again: the pages go around in a circle.
    Circle,
    /// Too many empty pages in a row.
    NothingComes,
    /// More agents than any fleet has.
    TooManyAgents,
}

impl PageWalk {
    /// Takes in a page of so many agents. `true`: the page that `next_page_token` asks for follows.
    ///
    /// # Errors
    /// [`PagingError`] where the list has no end in sight. The page itself is fine, except for
    /// [`PagingError::TooManyAgents`].
    pub fn take(&mut self, agents: usize, next_page_token: &str) -> Result<bool, PagingError> {
        self.agents = self.agents.saturating_add(agents);
        self.empty_pages = if agents == 0 { self.empty_pages + 1 } else { 0 };
        if self.agents > MOST_AGENTS {
            return Err(PagingError::TooManyAgents);
        }
        if next_page_token.is_empty() {
            return Ok(false);
        }
        if self.empty_pages >= MOST_EMPTY_PAGES {
            return Err(PagingError::NothingComes);
        }
        if !self.seen.insert(next_page_token.to_owned()) {
            return Err(PagingError::Circle);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_empty_token_is_the_end_and_an_empty_page_is_not() {
        let mut walk = PageWalk::default();
        assert_eq!(walk.take(0, "b"), Ok(true));
        assert_eq!(walk.take(5, "c"), Ok(true));
        assert_eq!(walk.take(0, ""), Ok(false));
    }

    // agent-api.md#paging/5
    #[test]
    fn a_token_seen_before_is_an_error_however_long_the_circle() {
        let mut walk = PageWalk::default();
        for token in ["a", "b", "c"] {
            assert_eq!(walk.take(10, token), Ok(true));
        }
        assert_eq!(walk.take(10, "a"), Err(PagingError::Circle));
    }

    // agent-api.md#paging/5
    #[test]
    fn a_hundred_empty_pages_in_a_row_are_an_error() {
        let mut walk = PageWalk::default();
        for page in 1..100 {
            assert_eq!(walk.take(0, &format!("a{page}")), Ok(true));
        }
        assert_eq!(walk.take(1, "b"), Ok(true));
        for page in 1..100 {
            assert_eq!(walk.take(0, &format!("c{page}")), Ok(true));
        }
        assert_eq!(walk.take(0, "d"), Err(PagingError::NothingComes));
    }

    // agent-api.md#paging/5
    #[test]
    fn a_million_agents_are_taken_and_no_more() {
        let mut walk = PageWalk::default();
        for page in 0..100 {
            assert_eq!(walk.take(10_000, &page.to_string()), Ok(true));
        }
        assert_eq!(walk.take(1, ""), Err(PagingError::TooManyAgents));
    }

    proptest! {
        #[test]
        fn every_list_ends(
            pages in proptest::collection::vec((0_usize..20_000, "[a-e]{1,2}"), 30),
        ) {
            // The same pages again and again.
            let mut walk = PageWalk::default();
            let steps = pages
                .iter()
                .cycle()
                .take(10_000)
                .take_while(|(agents, token)| walk.take(*agents, token) == Ok(true))
                .count();
            prop_assert!(steps <= 30);
        }
    }
}
