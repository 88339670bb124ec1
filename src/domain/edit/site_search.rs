//! Searches thousands of sites for a few letters.

use std::sync::Arc;

use crate::domain::Site;
use crate::domain::text::{folded, trim_blanks};

/// The sites whose title or address contains the text, ignoring case, accents and surrounding blanks:
/// the first `at_most`, and how many more there are. Titles that begin with the text come first;
/// otherwise the order is kept.
pub fn find_sites(sites: &[Arc<Site>], text: &str, at_most: usize) -> (Vec<Arc<Site>>, usize) {
    let needle = folded(trim_blanks(text));
    let (mut begin, mut hold) = (Vec::new(), Vec::new());
    for site in sites {
        let title = folded(&site.title);
        if title.starts_with(&needle) {
            begin.push(site);
        } else if title.contains(&needle) || folded(&site.address_line()).contains(&needle) {
            hold.push(site);
        }
    }
    let found = begin.len() + hold.len();
    let sites = begin.into_iter().chain(hold).take(at_most).cloned();
    (sites.collect(), found.saturating_sub(at_most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PostalAddress;

    fn site(title: &str, city: &str) -> Arc<Site> {
        Arc::new(Site {
            id: title.into(),
            title: title.into(),
            postal_address: PostalAddress {
                city: city.into(),
                ..PostalAddress::default()
            },
            ..Site::default()
        })
    }

    fn titles(sites: &[Arc<Site>], text: &str) -> Vec<String> {
        let (found, _) = find_sites(sites, text, 10);
        found.iter().map(|site| site.title.clone()).collect()
    }

    #[test]
    fn a_site_is_found_by_title_or_address_ignoring_case() {
        let sites = [
            site("Alpha DC", "Oslo"),
            site("Branch 1", "Ålesund"),
            site("Old DC", "Berlin"),
        ];
        assert_eq!(titles(&sites, " dc "), ["Alpha DC", "Old DC"]);
        assert_eq!(titles(&sites, "ÅLE"), ["Branch 1"]);
        assert_eq!(titles(&sites, "A\u{30a}le\u{200b}"), ["Branch 1"]);
        assert_eq!(titles(&sites, "o"), ["Old DC", "Alpha DC"]);
        assert_eq!(titles(&sites, "nowhere"), Vec::<String>::new());
        assert_eq!(titles(&sites, ""), ["Alpha DC", "Branch 1", "Old DC"]);
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let sites: Vec<_> = (0..5_000).map(|i| site(&format!("Site {i}"), "")).collect();
        let (found, more) = find_sites(&sites, "site", 100);
        assert_eq!((found.len(), more), (100, 4_900));
        let (found, more) = find_sites(&sites, "site 4999", 100);
        assert_eq!((found.len(), more), (1, 0));
    }
}
