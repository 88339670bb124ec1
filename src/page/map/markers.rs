//! The markers: buttons on the map. Each keeps its node while it shows the same locations.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, HtmlElement, Node};

use crate::browser::focus::focused_beside;
use crate::browser::intl;
use crate::browser::js_object::object;
use crate::domain::{
    Coordinates, MapPoint, MapView, MarkerGroup, MarkerGroups, MarkerStep, PlacedMarker, Status,
    nearest_copy, nearest_marker, step, tab_stop,
};
use crate::leaflet::{Leaflet, Map, Marker, lat_lng};
use crate::page::status_badge::status_shape;
use crate::state::highlight::Highlight;

/// The width and height of a marker's box.
const SIZE_PX: f64 = 36.0;

/// All markers on one map. Tab leads to one of those in view, the arrow keys from one to the next.
pub struct Markers {
    leaflet: Leaflet,
    map: Map,
    by_key: HashMap<String, Entry>,
    shapes: Shapes,
    /// What they show.
    groups: MarkerGroups,
    /// The marker that Tab leads to.
    tab_stop: Option<String>,
    /// The marker that had the focus last.
    last_focused: Option<String>,
}

/// What is left to do after a change: not at once, as moving the focus changes the markers again.
#[derive(Default)]
pub struct MarkerChange {
    /// The markers to be removed.
    pub gone: Vec<Marker>,
    /// Whether one of them has the focus, or one that is not in view any more.
    pub has_lost_focus: bool,
    /// The marker to which it goes, if there is one.
    pub heir: Option<HtmlElement>,
}

/// One marker, and what it currently shows.
struct Entry {
    marker: Marker,
    button: HtmlElement,
    at: Coordinates,
    /// The longitude in the copy of the world that it is in.
    lon: f64,
    name: String,
    worst: Status,
    badge: Option<Element>,
    count: usize,
    is_highlighted: bool,
}

/// The shape of each status, drawn once, because copying nodes is faster than parsing markup.
#[derive(Default)]
struct Shapes(HashMap<Status, Element>);

impl Markers {
    /// No markers yet.
    pub fn new(leaflet: Leaflet, map: Map) -> Self {
        Self {
            leaflet,
            map,
            by_key: HashMap::new(),
            shapes: Shapes::default(),
            groups: MarkerGroups::default(),
            tab_stop: None,
            last_focused: None,
        }
    }

    /// Shows these groups: updates changed markers and adds new ones. Old ones are left to be removed.
    pub fn draw(&mut self, groups: &MarkerGroups, view: &MapView) -> MarkerChange {
        let center = view.center.lon;
        let focused = self.focused();
        let mut before = std::mem::take(&mut self.by_key);
        for group in groups.iter() {
            let entry = match before.remove_entry(group.key) {
                Some((key, mut entry)) => {
                    entry.update(&group, center, &mut self.shapes);
                    Some((key, entry))
                }
                None => self
                    .add(&group, center)
                    .map(|entry| (group.key.to_owned(), entry)),
            };
            self.by_key.extend(entry);
        }
        let was_showing = std::mem::replace(&mut self.groups, groups.clone());
        let lost = focused.filter(|key| before.contains_key(key));
        let heir = lost
            .as_ref()
            .and_then(|key| self.heir(&was_showing.get(key)?, view));
        if lost.is_some() {
            self.last_focused.clone_from(&heir);
        }
        self.choose_tab_stop(view);
        MarkerChange {
            gone: before.into_values().map(|gone| gone.marker).collect(),
            has_lost_focus: lost.is_some(),
            heir: self.button_of(heir.as_deref()),
        }
    }

    /// Moves each marker to the copy of the world that is in view. The focus does not stay on one that is
    /// out of view.
    pub fn follow_view(&mut self, view: &MapView) -> MarkerChange {
        for entry in self.by_key.values_mut() {
            entry.move_to(entry.at, view.center.lon);
        }
        let hidden = self.focused().and_then(|key| {
            let at = view.point_of(self.by_key.get(&key)?.at);
            (!view.shows(at)).then_some(at)
        });
        let heir = hidden.and_then(|at| nearest_marker(&self.in_view(view), at).map(str::to_owned));
        self.choose_tab_stop(view);
        MarkerChange {
            gone: Vec::new(),
            has_lost_focus: hidden.is_some(),
            heir: self.button_of(heir.as_deref()),
        }
    }

    /// A marker has got the focus. Returns where it is if that is out of view.
    pub fn note_focus(&mut self, key: &str, view: &MapView) -> Option<Coordinates> {
        self.last_focused = Some(key.to_owned());
        self.choose_tab_stop(view);
        let at = self.by_key.get(key)?.at;
        (!view.shows(view.point_of(at))).then_some(at)
    }

    /// The marker to which a step leads.
    pub fn next(&self, from: &str, direction: MarkerStep, view: &MapView) -> Option<HtmlElement> {
        self.button_of(step(&self.in_view(view), from, direction))
    }

    /// Where a marker is, in the copy of the world that is in view: latitude and longitude.
    pub fn place_of(&self, key: &str) -> Option<(f64, f64)> {
        let entry = self.by_key.get(key)?;
        Some((entry.at.lat, entry.lon))
    }

    /// The marker that stands for one that is gone: one that holds some of its agents, or else the nearest.
    fn heir(&self, gone: &MarkerGroup<'_>, view: &MapView) -> Option<String> {
        let in_view = self.in_view(view);
        let is_in_view = |key: &str| in_view.iter().any(|marker| marker.key == key);
        let heir = self.groups.heir(gone).map(|group| group.key);
        let nearest = || nearest_marker(&in_view, view.point_of(gone.at));
        let found = heir.filter(|key| is_in_view(key)).or_else(nearest);
        found.map(str::to_owned)
    }

    /// The marker that has the focus.
    fn focused(&self) -> Option<String> {
        key_of(focused_beside(&self.map.container())?.as_ref())
    }

    fn button_of(&self, key: Option<&str>) -> Option<HtmlElement> {
        Some(self.by_key.get(key?)?.button.clone())
    }

    fn in_view(&self, view: &MapView) -> Vec<PlacedMarker<'_>> {
        let placed = self.by_key.iter().map(|(key, entry)| PlacedMarker {
            key,
            point: view.point_of(entry.at),
            worst: entry.worst,
        });
        placed.filter(|marker| view.shows(marker.point)).collect()
    }

    fn choose_tab_stop(&mut self, view: &MapView) {
        let middle = MapPoint {
            x: view.size.width / 2.0,
            y: view.size.height / 2.0,
        };
        let chosen = tab_stop(&self.in_view(view), self.last_focused.as_deref(), middle);
        let chosen = chosen.map(str::to_owned);
        if chosen == self.tab_stop {
            return;
        }
        let before = std::mem::replace(&mut self.tab_stop, chosen);
        for (key, tab_index) in [(before, -1), (self.tab_stop.clone(), 0)] {
            if let Some(button) = self.button_of(key.as_deref()) {
                button.set_tab_index(tab_index);
            }
        }
    }

    /// Highlights the markers of the highlighted agents.
    pub fn highlight(&mut self, groups: &MarkerGroups, highlight: Option<&Highlight>) {
        for group in groups.iter() {
            let Some(entry) = self.by_key.get_mut(group.key) else {
                continue;
            };
            let is_highlighted =
                highlight.is_some_and(|highlight| highlight.has_location(group.coordinates()));
            if entry.is_highlighted != is_highlighted {
                entry.is_highlighted = is_highlighted;
                // `kp-highlighted` is a valid class name, so this cannot fail.
                entry
                    .button
                    .class_list()
                    .toggle_with_force("kp-highlighted", is_highlighted)
                    .ok();
            }
        }
    }

    fn add(&mut self, group: &MarkerGroup<'_>, center: f64) -> Option<Entry> {
        let document = web_sys::window()?.document()?;
        let button: HtmlElement = document.create_element("button").ok()?.dyn_into().ok()?;
        button.set_attribute("type", "button").ok()?;
        button.set_tab_index(-1);
        button.set_attribute("data-marker", group.key).ok()?;
        let icon = self.leaflet.div_icon(&object([
            ("className", "kp-marker-holder".into()),
            ("html", button.clone().into()),
            (
                "iconSize",
                js_sys::Array::of2(&SIZE_PX.into(), &SIZE_PX.into()).into(),
            ),
        ]));
        let (worst, count, name) = (group.worst(), group.counts.total(), group.name(intl::count));
        let lon = nearest_copy(group.at.lon, center);
        let marker = self.leaflet.flat_marker(
            &lat_lng(group.at.lat, lon),
            &object([
                ("icon", icon),
                ("keyboard", false.into()),
                ("interactive", false.into()),
                ("zIndexOffset", z_index_offset(worst).into()),
            ]),
        );
        let mut entry = Entry {
            marker,
            button,
            at: group.at,
            lon,
            name: String::new(),
            worst,
            badge: None,
            count: 0,
            is_highlighted: false,
        };
        entry.set_name(name);
        entry.draw_shape(&mut self.shapes);
        entry.draw_count(count);
        entry
            .marker
            .unchecked_ref::<crate::leaflet::Layer>()
            .add_to(&self.map);
        Some(entry)
    }
}

impl Entry {
    fn update(&mut self, group: &MarkerGroup<'_>, center: f64, shapes: &mut Shapes) {
        self.move_to(group.at, center);
        self.set_name(group.name(intl::count));
        let worst = group.worst();
        if self.worst != worst {
            self.worst = worst;
            self.draw_shape(shapes);
            self.marker.set_z_index_offset(z_index_offset(worst));
        }
        self.draw_count(group.counts.total());
    }

    fn move_to(&mut self, at: Coordinates, center: f64) {
        let lon = nearest_copy(at.lon, center);
        #[allow(
            clippy::float_cmp,
            reason = "a marker at exactly this longitude need not be moved"
        )]
        let is_there = self.lon == lon && self.at == at;
        if !is_there {
            (self.at, self.lon) = (at, lon);
            self.marker.set_lat_lng(&lat_lng(at.lat, lon));
        }
    }

    fn set_name(&mut self, name: String) {
        if self.name != name {
            // Setting an attribute with a valid name does not fail.
            self.button.set_attribute("aria-label", &name).ok();
            self.name = name;
        }
    }

    fn draw_shape(&mut self, shapes: &mut Shapes) {
        let highlight = if self.is_highlighted {
            " kp-highlighted"
        } else {
            ""
        };
        self.button
            .set_class_name(&format!("kp-marker kp-{}{highlight}", self.worst.slug()));
        let Some(shape) = shapes.copy(self.worst) else {
            return;
        };
        // Neither fails between nodes of one document.
        match self.button.first_child() {
            Some(before) => self.button.replace_child(&shape, &before),
            None => self.button.append_child(&shape),
        }
        .ok();
    }

    /// Shows the number of agents if it is more than one.
    fn draw_count(&mut self, count: usize) {
        if self.count == count {
            return;
        }
        self.count = count;
        if count == 1 {
            if let Some(badge) = self.badge.take() {
                badge.remove();
            }
            return;
        }
        if self.badge.is_none() {
            self.badge = self.button.owner_document().and_then(|document| {
                let badge = document.create_element("span").ok()?;
                badge.set_class_name("kp-marker-count");
                self.button.append_child(&badge).ok()?;
                Some(badge)
            });
        }
        if let Some(badge) = &self.badge {
            badge.set_text_content(Some(&intl::count(count)));
        }
    }
}

impl Shapes {
    fn copy(&mut self, status: Status) -> Option<Node> {
        let shape = match self.0.entry(status) {
            Slot::Occupied(known) => known.into_mut(),
            Slot::Vacant(slot) => slot.insert(draw(status)?),
        };
        shape.clone_node_with_deep(true).ok()
    }
}

fn draw(status: Status) -> Option<Element> {
    let document: Document = web_sys::window()?.document()?;
    let holder = document.create_element("div").ok()?;
    holder.set_inner_html(&format!(
        "<svg viewBox=\"0 0 16 16\" width=\"22\" height=\"22\" aria-hidden=\"true\">{}</svg>",
        status_shape(status),
    ));
    holder.first_element_child()
}

/// The key of the marker that an event happened on.
pub fn marker_key(event: &Event) -> Option<String> {
    key_of(&event.target()?.dyn_into().ok()?)
}

/// The key of the marker that an element is, or is in.
fn key_of(element: &Element) -> Option<String> {
    element
        .closest("[data-marker]")
        .ok()??
        .get_attribute("data-marker")
}

/// Puts the worst status on top.
fn z_index_offset(worst: Status) -> f64 {
    let rank = Status::WORST_FIRST
        .iter()
        .rev()
        .position(|&status| status == worst);
    rank.unwrap_or_default() as f64 * 1000.0
}
