//! A site: a location of the organization that has agents and devices.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::domain::proto3::{
    ObjectOnly, messages, null_as_default, number_in, number_or_null, opaque, unless_nonsense,
};

/// The fewest and the most code points that a site's title may have.
pub const SITE_TITLE_CHARS: std::ops::RangeInclusive<usize> = 3..=40;

/// Kentik's site, of which the page uses these fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Site {
    /// Opaque.
    #[serde(default, deserialize_with = "opaque")]
    pub id: String,
    /// Its name, of [`SITE_TITLE_CHARS`].
    #[serde(default, deserialize_with = "null_as_default")]
    #[cfg_attr(feature = "openapi", schema(min_length = 3, max_length = 40))]
    pub title: String,
    /// Signed decimal degrees north. With `lon`: both missing or both 0 is no known location.
    #[serde(default, deserialize_with = "degrees")]
    pub lat: f64,
    /// Signed decimal degrees east.
    #[serde(default, deserialize_with = "degrees")]
    pub lon: f64,
    /// What kind of place it is.
    #[serde(rename = "type", default, deserialize_with = "known_or_unspecified")]
    pub site_type: SiteType,
    /// Where it is, in words.
    #[serde(default, deserialize_with = "null_as_default")]
    pub postal_address: PostalAddress,
}

/// A site's street address. All of it is free text and may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PostalAddress {
    /// Street and number; the page's own "Street Address" puts the whole address here.
    #[serde(default, deserialize_with = "null_as_default")]
    pub address: String,
    /// City.
    #[serde(default, deserialize_with = "null_as_default")]
    pub city: String,
    /// State or province.
    #[serde(default, deserialize_with = "null_as_default")]
    pub region: String,
    /// Postal code.
    #[serde(default, deserialize_with = "null_as_default")]
    pub postal_code: String,
    /// Country.
    #[serde(default, deserialize_with = "null_as_default")]
    pub country: String,
}

/// The kind of place that a site is. A kind that this page does not know reads as unspecified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[allow(missing_docs, reason = "the names say it")]
pub enum SiteType {
    #[default]
    #[serde(rename = "SITE_TYPE_UNSPECIFIED")]
    Unspecified,
    #[serde(rename = "SITE_TYPE_DATA_CENTER")]
    DataCenter,
    #[serde(rename = "SITE_TYPE_CLOUD")]
    Cloud,
    #[serde(rename = "SITE_TYPE_BRANCH")]
    Branch,
    #[serde(rename = "SITE_TYPE_CONNECTIVITY")]
    Connectivity,
    #[serde(rename = "SITE_TYPE_CUSTOMER")]
    Customer,
    #[serde(rename = "SITE_TYPE_OTHER")]
    Other,
}

messages!(PostalAddress);

impl<'de> Deserialize<'de> for Site {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let site = Self::deserialize(ObjectOnly(deserializer))?;
        Ok(if site.lat.is_finite() && site.lon.is_finite() {
            site
        } else {
            // Half a location is none; and what is not a number differs from itself.
            Self {
                lat: 0.0,
                lon: 0.0,
                ..site
            }
        })
    }
}

impl Serialize for Site {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// Reads degrees. Where one of the two is 0 it may be missing; but `null` says that it is not known.
fn degrees<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(number_or_null(deserializer)?.unwrap_or(f64::NAN))
}

/// Reads a site's type, by its name or by its number in Kentik's API. Any other value counts as
/// unspecified.
pub(crate) fn known_or_unspecified<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SiteType, D::Error> {
    let number = match unless_nonsense(deserializer)? {
        Some(Value::String(text)) => match serde_json::from_value(Value::from(text.as_str())) {
            Ok(named) => return Ok(named),
            Err(_) => number_in(&text),
        },
        Some(Value::Number(number)) => number.as_f64(),
        _ => None,
    };
    Ok(match number {
        Some(1.0) => SiteType::DataCenter,
        Some(2.0) => SiteType::Cloud,
        Some(3.0) => SiteType::Branch,
        Some(4.0) => SiteType::Connectivity,
        Some(5.0) => SiteType::Customer,
        Some(6.0) => SiteType::Other,
        _ => SiteType::Unspecified,
    })
}

/// A place on the globe, in signed decimal degrees; latitude within ±90, longitude within ±180.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coordinates {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

impl Site {
    /// Where it is in words: street, city, region and country, as far as they are known.
    pub fn address_line(&self) -> String {
        let PostalAddress {
            address,
            city,
            region,
            country,
            ..
        } = &self.postal_address;
        let known = [address, city, region, country]
            .into_iter()
            .map(|part| part.trim())
            .filter(|part| !part.is_empty());
        known.collect::<Vec<_>>().join(", ")
    }

    /// The location of the site; `None` where that is not known or not on the globe.
    pub fn coordinates(&self) -> Option<Coordinates> {
        let Self { lat, lon, .. } = *self;
        let known = lat != 0.0 || lon != 0.0;
        let on_the_globe = lat.abs() <= 90.0 && lon.abs() <= 180.0;
        (known && on_the_globe).then_some(Coordinates { lat, lon })
    }
}
