//! Sites.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{BAD_REQUEST, Break, are_caught, asked, came, fault, no_break, violation};
use crate::support::{Came, Proxy, SITES};

/// What is said of the new site in an answer or a list.
fn change_made(came: &mut Came, change: impl Fn(&mut Value)) {
    came.change(|body| {
        if body["site"].is_object() {
            change(&mut body["site"]);
        }
    });
}

#[test]
fn broken_sites_are_caught() {
    let (sites, makes) = ("Every site can be read", "A site is made");
    let (titles, address) = ("A title that is missing", "A missing address");
    let route = "GET /site/v202509/sites";
    let malformed =
        |json: &str| json!({"route": route, "malformed": {"siteIndex": 1, "json": json}});
    are_caught(vec![
        fault(
            "a site that is a number",
            malformed("7"),
            &[sites],
            "sites[1] is no object: 7",
        ),
        fault(
            "a site without an id",
            malformed(r#"{"title": "Suva"}"#),
            &[sites],
            "sites[1].id is missing",
        ),
        fault(
            "a site off the globe",
            malformed(r#"{"id": "s", "title": "Suva", "lat": 91}"#),
            &[sites],
            "sites[1].lat is 91, not from -90 to 90",
        ),
        fault(
            "a type by number",
            malformed(r#"{"id": "s", "title": "Suva", "type": 1}"#),
            &[sites],
            "sites[1].type is 1, not a text",
        ),
        asked(
            "a short title is taken",
            |asked| asked.body = asked.body.replace(r#""title":"ab""#, r#""title":"abc""#),
            &[titles, address],
            "the status is 200, not 400",
        ),
        Break {
            what: "a site without an address is refused, and yet made",
            proxy: Proxy {
                asked: Some(Arc::new(|asked| {
                    asked.body = asked.body.replace(r#""address":"""#, r#""address":"x""#);
                })),
                came: Some(Arc::new(|asked, came| {
                    if asked.body.contains(r#""address":"""#) {
                        let body = violation(BAD_REQUEST, "site.postal_address.address", "Needed");
                        came.replace(400, "application/json", body);
                    }
                })),
            },
            fails: vec![address, makes],
            says: "the request was refused, yet there is a site",
            ..no_break()
        },
        came(
            "titles are counted in UTF-16",
            |asked, came| {
                if asked.is("POST", SITES) && asked.body.contains('🛰') && came.status == 200 {
                    came.refuse(400, 3);
                }
            },
            &[makes],
            "the status is 400, not a 2xx",
        ),
        came(
            "the new site has another address",
            |_, came| {
                change_made(came, |site| {
                    site["postalAddress"]["address"] = json!("elsewhere");
                });
            },
            &[makes],
            "site.postalAddress.address is \"elsewhere\", not \"1 Market Street",
        ),
        came(
            "the new site has no id",
            |_, came| change_made(came, |site| site["id"] = json!("")),
            &[makes, "The new site shows"],
            "site.id is missing",
        ),
        came(
            "the new site is not in the list",
            |asked, came| {
                if asked.is("GET", SITES) {
                    came.change(|body| {
                        let Some(sites) = body["sites"].as_array_mut() else {
                            return;
                        };
                        sites.retain(|site| {
                            !site["title"].as_str().unwrap().contains("conformance")
                        });
                    });
                }
            },
            &["The new site shows", "A title that is taken"],
            "there is no site with the id",
        ),
        asked(
            "a title may be taken twice",
            {
                let count = AtomicUsize::new(0);
                move |asked| {
                    if asked.is("POST", SITES) && asked.body.contains('🛰') {
                        let other = ["a", "b", "c", "d", "e", "f", "g"]
                            [count.fetch_add(1, Ordering::Relaxed)];
                        asked.body = asked.body.replacen('🛰', other, 1);
                    }
                }
            },
            &[makes, "A title that is taken", "An unknown type"],
            "the status is 200, not 409",
        ),
        came(
            "an unknown type is refused",
            |asked, came| {
                if asked.body.contains("SITE_TYPE_MOON") {
                    came.refuse(400, 3);
                }
            },
            &["An unknown type"],
            "the status is 400, not 409",
        ),
    ]);
}
