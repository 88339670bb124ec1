//! `POST /site/v202509/sites`.

use axum::body::Bytes;
use axum::response::Response;
use kproxy_agents::api::wire::{CreateSite, FieldViolation, NewSite, SITES_PATH, SiteAnswer};
use kproxy_agents::domain::{Coordinates, SITE_TITLE_CHARS, Site};

use crate::answer;
use crate::error::{ApiError, violation};
use crate::gazetteer::Gazetteer;
use crate::refusals::{Invalid, Refusals, TitleTaken};
use crate::world::Here;

/// Makes a site. It is placed on the globe where its address names a city that is known.
#[utoipa::path(
    post,
    path = SITES_PATH,
    tag = "sites",
    operation_id = "CreateSite",
    request_body = CreateSite,
    responses((status = 200, description = "The site as made", body = SiteAnswer), Invalid, TitleTaken, Refusals),
)]
pub async fn create(Here(world): Here, body: Bytes) -> Result<Response, ApiError> {
    let CreateSite { site: wanted } = answer::parse(&body)?;
    let violations = violations(&wanted);
    if !violations.is_empty() {
        return Err(ApiError::invalid(violations));
    }
    let mut state = world.state();
    let title = wanted.title.to_lowercase();
    if state
        .fleet
        .sites()
        .iter()
        .any(|site| site.title.to_lowercase() == title)
    {
        return Err(ApiError::title_taken(&wanted.title));
    }
    let place = match (wanted.lat, wanted.lon) {
        (Some(lat), Some(lon)) => Some(Coordinates { lat, lon }),
        _ => Gazetteer::get().locate(&wanted.postal_address),
    };
    let site = state.fleet.put_site(Site {
        id: String::new(),
        title: wanted.title,
        lat: place.map_or(0.0, |place| place.lat),
        lon: place.map_or(0.0, |place| place.lon),
        site_type: wanted.site_type,
        postal_address: wanted.postal_address,
    });
    Ok(answer::unstored(SiteAnswer { site }))
}

fn violations(site: &NewSite) -> Vec<FieldViolation> {
    let length = site.title.chars().count();
    let title = (!SITE_TITLE_CHARS.contains(&length)).then(|| {
        let (least, most) = (SITE_TITLE_CHARS.start(), SITE_TITLE_CHARS.end());
        let limits = format!("From {least} to {most} characters; this has {length}");
        violation("site.title", limits)
    });
    let address = site
        .postal_address
        .address
        .trim()
        .is_empty()
        .then(|| violation("site.postal_address.address", "An address is needed"));
    let off = |degrees: Option<f64>, most: f64| {
        degrees.is_some_and(|degrees| !(-most..=most).contains(&degrees))
    };
    let lat = off(site.lat, 90.0).then(|| violation("site.lat", "Not from -90 to 90"));
    let lon = off(site.lon, 180.0).then(|| violation("site.lon", "Not from -180 to 180"));
    [title, address, lat, lon].into_iter().flatten().collect()
}
