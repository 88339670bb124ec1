//! Sites: which there are, and making one.

use std::collections::HashSet;

use kproxy_agents::api::decode;
use kproxy_agents::api::wire::code;
use kproxy_agents::domain::SITE_TITLE_CHARS;
use serde_json::{Value, json};

use super::skip;
use crate::answer::Answer;
use crate::backend::{Ask, Backend};
use crate::calls::{self, Object, SITES_PATH, text};
use crate::run::{Checked, Run, Stop};
use crate::shape;

/// Looks at all sites; gives the ids of those that could be read.
pub fn check(run: &mut Run<'_>) -> Vec<String> {
    run.part("Sites");
    let found = run.check(
        "Every site can be read, has an id of its own, a title, and coordinates on the globe if \
         any",
        "docs/agent-api.md#calls/6, #site/1, #site/2, #site/3: id; title (3 to 40 characters); lat, \
         lon (signed decimal degrees; both missing or both 0: unknown); type; postalAddress",
        all_sites,
    );
    found.unwrap_or_default()
}

fn all_sites(backend: &Backend) -> Checked<Vec<String>> {
    let (sites, answer) = calls::sites(backend)?;
    let mut ids = HashSet::new();
    let mut wrongs = Vec::new();
    for entry in calls::each(&answer, &answer.fields()?, "sites")? {
        wrongs.extend(entry.err());
    }
    for (index, site) in sites.iter().enumerate() {
        let path = format!("sites[{index}]");
        wrongs.extend(
            shape::site_flaws(site, &path)
                .into_iter()
                .map(|flaw| flaw.wrong),
        );
        let id = calls::id(site);
        if !id.is_empty() && !ids.insert(id) {
            wrongs.push(format!(
                "{path}.id is {id:?}, as is that of a site before it"
            ));
        }
    }
    if wrongs.is_empty()
        && let Err(error) = decode::sites(answer.text()?)
    {
        wrongs.push(format!("The page would say: {error}"));
    }
    if wrongs.is_empty() {
        Ok(ids.into_iter().map(str::to_owned).collect())
    } else {
        let faults = wrongs.into_iter().map(|wrong| answer.fault(wrong));
        Err(Stop::Fails(faults.collect()))
    }
}

/// Makes a site, if that is permitted, and looks what becomes of bad ones; gives its id.
pub fn check_making(run: &mut Run<'_>) -> Option<String> {
    run.part("Making a site");
    let making = Making::new(&calls::unique_word());
    run.check(
        "A title that is missing, too short or too long is refused at site.title, and makes \
         nothing",
        "docs/agent-api.md#field-violations/1, #field-violations/2, #site/2: 400 names the field \
         in fieldViolations; title has 3 to 40 characters; site.title",
        |backend| {
            permitted(backend)?;
            let too_long = "x".repeat(SITE_TITLE_CHARS.end() + 1);
            ["", "ab", &too_long].into_iter().try_for_each(|title| {
                let ask = ask_for(title, &making.address);
                making.refused(backend, ask, |answer| answer.violates("site.title"))
            })
        },
    );
    run.check(
        "A missing address is refused at site.postal_address.address, and makes nothing",
        "docs/agent-api.md#create-a-site/1, #field-violations/2: POST sites needs title and \
         postalAddress.address at least; site.postal_address.address",
        |backend| {
            permitted(backend)?;
            let site = json!({"title": making.title, "type": "SITE_TYPE_DATA_CENTER"});
            let without = Ask::post(SITES_PATH, &json!({ "site": site }));
            [ask_for(&making.title, ""), without]
                .into_iter()
                .try_for_each(|ask| {
                    making.refused(backend, ask, |answer| {
                        answer.violates("site.postal_address.address")
                    })
                })
        },
    );
    let mut made = None;
    run.check(
        "A site is made of a title of 40 code points and an address",
        "docs/agent-api.md#calls/7, #site/2, #site/4, #site/5, #field-violations/3: POST sites \
         answers {\"site\": Site}; title has 3 to 40 characters; lengths count code points",
        |backend| {
            permitted(backend)?;
            match making.make(backend, &making.title) {
                Ok((site, verdict)) => {
                    made = Some(site);
                    verdict
                }
                Err(stop) => {
                    // A shorter title may do, so that the rest can be looked at.
                    made = making
                        .make(backend, &making.plain_title)
                        .ok()
                        .map(|(site, _)| site);
                    Err(stop)
                }
            }
        },
    );
    check_made(run, &making, made.as_ref());
    if run.backend.options().create_site {
        note_what_stays(run, &making.word);
    }
    made.map(|site| calls::id(&site).to_owned())
}

/// Looks at the site that was made, and what becomes of another of its title.
fn check_made(run: &mut Run<'_>, making: &Making, made: Option<&Object>) {
    let made = |backend: &Backend| {
        permitted(backend)?;
        made.map_or_else(|| skip("no site could be made"), Ok)
    };
    run.check(
        "The new site shows in the list that is read next",
        "docs/agent-api.md#conventions/7: answers to POST are newer than any list that was \
         requested before them; so a later list holds them",
        |backend| {
            let made = made(backend)?;
            let (id, title) = (calls::id(made), text(made, "title"));
            let (sites, answer) = calls::sites(backend)?;
            match sites.iter().find(|site| calls::id(site) == id) {
                None => Err(answer.wrong(format!("there is no site with the id {id:?}"))),
                Some(site) if text(site, "title") != title => Err(answer.wrong(format!(
                    "its title is {:?}, not {title:?}",
                    text(site, "title")
                ))),
                Some(_) => Ok(()),
            }
        },
    );
    run.check(
        "A title that is taken is refused with 409 ALREADY_EXISTS, and makes nothing",
        "docs/agent-api.md#errors/6: 409 with code 6 ALREADY_EXISTS where a site title is taken",
        |backend| {
            let title = text(made(backend)?, "title");
            let answer = backend.ask(ask_for(title, &making.address))?;
            answer.refused(409, code::ALREADY_EXISTS)?;
            let (sites, answer) = calls::sites(backend)?;
            match sites
                .iter()
                .filter(|site| text(site, "title") == title)
                .count()
            {
                1 => Ok(()),
                count => Err(answer.wrong(format!("there are {count} sites with that title now"))),
            }
        },
    );
    run.check(
        "An unknown type and unknown fields of a new site are no error",
        "docs/agent-api.md#conventions/5: unknown fields and unknown enum values are ignored, \
         never an error",
        |backend| {
            // Its title is taken: so it is read, but no site is made.
            let site = json!({
                "title": text(made(backend)?, "title"),
                "type": "SITE_TYPE_MOON",
                "flavour": {"sweet": true},
                "postalAddress": {"address": making.address, "planet": "Earth"},
            });
            let ask = Ask::post(SITES_PATH, &json!({"site": site, "flavour": 1}));
            backend
                .ask(ask)?
                .refused(409, code::ALREADY_EXISTS)
                .map(drop)
        },
    );
}

fn permitted(backend: &Backend) -> Checked {
    if backend.options().create_site {
        return Ok(());
    }
    skip("not permitted; pass CREATE_SITE=1: one site is made, which this API cannot remove")
}

/// Sites cannot be removed by this API; so all that this run made are told, wanted or not.
fn note_what_stays(run: &mut Run<'_>, word: &str) {
    let Ok((sites, _)) = calls::sites(&run.backend) else {
        run.note(&format!(
            "Sites with {word} in their title or address may have been made, and stay."
        ));
        return;
    };
    for site in sites.iter().filter(|site| mentions(site, word)) {
        let (title, id) = (text(site, "title"), calls::id(site));
        run.note(&format!(
            "The site {title:?} (id {id}) was made, and stays: this API cannot remove sites."
        ));
    }
}

/// Whether a word stands anywhere in a site.
fn mentions(site: &Object, word: &str) -> bool {
    Value::from(site.clone()).to_string().contains(word)
}

/// The request for a site of that title and address.
fn ask_for(title: &str, address: &str) -> Ask {
    let site = json!({
        "title": title,
        "type": "SITE_TYPE_DATA_CENTER",
        "postalAddress": {"address": address},
    });
    Ask::post(SITES_PATH, &json!({ "site": site }))
}

/// The site that a run makes.
struct Making {
    word: String,
    title: String,
    plain_title: String,
    address: String,
}

impl Making {
    fn new(word: &str) -> Self {
        let plain_title = format!("kproxy conformance {word}");
        let rest = SITE_TITLE_CHARS
            .end()
            .saturating_sub(plain_title.chars().count() + 1);
        Self {
            word: word.to_owned(),
            title: format!("{plain_title} {}", "🛰".repeat(rest)),
            plain_title,
            address: format!("1 Market Street, San Francisco, United States ({word})"),
        }
    }

    /// Makes a site of that title: the site, and whether it is as asked for. An error says that
    /// there is none.
    fn make(&self, backend: &Backend, title: &str) -> Checked<(Object, Checked)> {
        let answer = backend.ask(ask_for(title, &self.address))?;
        let body = answer.success()?.object()?;
        let Some(Value::Object(site)) = body.get("site") else {
            return Err(answer.wrong("there is no site in it"));
        };
        let address = site.get("postalAddress").and_then(Value::as_object);
        let fields = [
            ("title", text(site, "title"), title),
            ("type", text(site, "type"), "SITE_TYPE_DATA_CENTER"),
            (
                "postalAddress.address",
                address.map_or("", |address| text(address, "address")),
                &self.address,
            ),
        ];
        let flaws = shape::site_flaws(site, "site")
            .into_iter()
            .map(|flaw| flaw.wrong);
        let differing =
            fields
                .into_iter()
                .filter(|(_, is, sent)| is != sent)
                .map(|(field, is, sent)| {
                    format!("site.{field} is {is:?}, not {sent:?}, which was sent")
                });
        let wrong = flaws.chain(differing).next();
        let verdict = wrong.map_or(Ok(()), |wrong| Err(answer.wrong(wrong)));
        Ok((site.clone(), verdict))
    }

    /// Holds that a site is refused as it should be, and that none is there.
    fn refused(
        &self,
        backend: &Backend,
        ask: Ask,
        is_right: impl FnOnce(&Answer) -> Checked,
    ) -> Checked {
        is_right(&backend.ask(ask)?)?;
        let (sites, answer) = calls::sites(backend)?;
        let Some(site) = sites.iter().find(|site| mentions(site, &self.word)) else {
            return Ok(());
        };
        let title = text(site, "title");
        Err(answer.wrong(format!(
            "the request was refused, yet there is a site {title:?} now"
        )))
    }
}
