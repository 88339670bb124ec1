//! `GET` and `POST` of sites.

use serde_json::{Value, json};

use crate::support::{Mock, SITES};

fn site(title: &str, address: &str) -> Value {
    json!({"site": {"title": title, "postalAddress": {"address": address}}})
}

fn place(site: &Value) -> (f64, f64) {
    (site["lat"].as_f64().unwrap(), site["lon"].as_f64().unwrap())
}

// agent-api.md#create-a-site/2
#[tokio::test]
async fn a_new_site_is_placed_near_its_city_and_listed() {
    let mock = Mock::start().await;
    let before = mock.get(SITES).await;
    let wanted = json!({"site": {
        "title": "Suva 2", "type": "SITE_TYPE_BRANCH",
        "postalAddress": {"address": "5 Victoria Parade", "city": "Suva", "country": "Fiji"},
    }});
    let made = mock.post(SITES, wanted).await.json()["site"].clone();
    let (lat, lon) = place(&made);
    assert!(
        (lat + 18.14).abs() < 0.1 && (lon - 178.44).abs() < 0.1,
        "{lat} {lon}"
    );
    assert_eq!(made["type"], "SITE_TYPE_BRANCH");
    assert_eq!(made["postalAddress"]["city"], "Suva");

    let after = mock
        .get_if_changed(SITES, before.header("etag"))
        .await
        .json();
    let sites = after["sites"].as_array().unwrap();
    assert_eq!(sites.last(), Some(&made));
    let same_id = sites.iter().filter(|site| site["id"] == made["id"]);
    assert_eq!(same_id.count(), 1);
    assert_eq!(after["invalidCount"], 0);
}

#[tokio::test]
async fn the_whole_address_may_stand_in_one_field() {
    let mock = Mock::start().await;
    let made = mock
        .post(
            SITES,
            site("Ontario", "99 King St, London, Ontario, Canada"),
        )
        .await;
    let (lat, lon) = place(&made.json()["site"]);
    assert!(
        (lat - 42.98).abs() < 0.1 && (lon + 81.23).abs() < 0.1,
        "{lat} {lon}"
    );
}

// agent-api.md#create-a-site/2
#[tokio::test]
async fn an_address_that_nobody_knows_gives_a_site_without_location() {
    let mock = Mock::start().await;
    let made = mock
        .post(SITES, site("Somewhere", "behind the old oak"))
        .await;
    assert_eq!(made.status, 200);
    assert_eq!(place(&made.json()["site"]), (0.0, 0.0));
}

#[tokio::test]
async fn coordinates_that_are_given_are_kept() {
    let mock = Mock::start().await;
    let mut wanted = site("South Pole", "1 Main Street, Berlin");
    wanted["site"]["lat"] = json!(-90.0);
    wanted["site"]["lon"] = json!(12.5);
    assert_eq!(
        place(&mock.post(SITES, wanted).await.json()["site"]),
        (-90.0, 12.5)
    );
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let mock = Mock::start().await;
    let none = mock.post(SITES, json!({"site": {}})).await;
    assert_eq!(none.fields(), ["site.title", "site.postal_address.address"]);
    let long = mock.post(SITES, site(&"x".repeat(41), "Rome")).await;
    assert_eq!(long.fields(), ["site.title"]);
    let short = mock.post(SITES, site("🛰🛰", " ")).await;
    assert_eq!(
        short.fields(),
        ["site.title", "site.postal_address.address"]
    );
    assert_eq!(
        mock.post(SITES, site(&"🛰".repeat(40), "Rome")).await.status,
        200
    );
    let mut off = site("Off the globe", "Rome");
    off["site"]["lat"] = json!(91);
    off["site"]["lon"] = json!(-181);
    assert_eq!(
        mock.post(SITES, off).await.fields(),
        ["site.lat", "site.lon"]
    );
}

#[tokio::test]
async fn a_title_is_taken_whatever_its_case() {
    let mock = Mock::start().await;
    assert_eq!(
        mock.post(SITES, site("Main Office", "Rome")).await.status,
        200
    );
    for title in ["Main Office", "main OFFICE"] {
        assert_eq!(
            mock.post(SITES, site(title, "Paris")).await.error(),
            (409, 6)
        );
    }
}

#[tokio::test]
async fn unknown_fields_and_types_and_null_are_ignored() {
    let mock = Mock::start().await;
    let mut wanted = site("Moon base", "Houston");
    wanted["site"]["type"] = json!("SITE_TYPE_MOON");
    wanted["site"]["lat"] = json!(null);
    wanted["site"]["postalAddress"]["city"] = json!(null);
    wanted["site"]["gravity"] = json!(1.62);
    let made = mock.post(SITES, wanted).await.json();
    assert_eq!(made["site"]["type"], "SITE_TYPE_UNSPECIFIED");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_400() {
    let mock = Mock::start().await;
    for body in ["", "{", "[]", "{}", r#"{"site": {"title": 7}}"#] {
        let request = mock.request(reqwest::Method::POST, SITES).body(body);
        assert_eq!(mock.send(request).await.error(), (400, 3), "{body}");
    }
}

// agent-api.md#lenient-reading/7
#[tokio::test]
async fn an_array_is_no_site() {
    let mock = Mock::start().await;
    for body in [
        json!({"site": ["Suva PoP", "SITE_TYPE_OTHER"]}),
        json!({"site": {"title": "Suva PoP", "postalAddress": ["5 Victoria Parade"]}}),
        json!([]),
    ] {
        assert_eq!(mock.post(SITES, body).await.error(), (400, 3));
    }
}

// agent-api.md#lenient-reading/2, #lenient-reading/3
#[tokio::test]
async fn numbers_may_be_quoted_and_the_type_may_be_one() {
    let mock = Mock::start().await;
    let mut wanted = site("Nowhere PoP", "1 Nowhere");
    wanted["site"]["lat"] = json!("12.5");
    wanted["site"]["lon"] = json!("-7");
    wanted["site"]["type"] = json!(2);
    let made = mock.post(SITES, wanted.clone()).await.json()["site"].clone();
    assert_eq!(place(&made), (12.5, -7.0));
    assert_eq!(made["type"], "SITE_TYPE_CLOUD");
    wanted["site"]["lat"] = json!("NaN");
    assert_eq!(mock.post(SITES, wanted).await.error(), (400, 3));
}
