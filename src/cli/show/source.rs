//! The page of a source: its entry in the bibliography, and every place that cites it.

use super::page::Page;
use crate::domain::Source;
use crate::input::Catalogue;
use crate::study::places_that_cite;

pub(super) fn write(page: &mut Page, catalogue: &Catalogue, source: &Source) {
    page.heading(&format!("Source {} ({})", source.key, catalogue.setting.id));
    let parts = [
        ("author", source.author.as_ref()),
        ("title", Some(&source.title)),
        ("place", source.place.as_ref()),
        ("address", source.address.as_ref()),
    ];
    for (name, part) in parts {
        part.iter().for_each(|part| page.item(1, &format!("{name}: {part}")));
    }
    page.heading("Cited by");
    let places = places_that_cite(catalogue, &source.key);
    places.iter().for_each(|place| page.item(1, place));
    if places.is_empty() {
        page.line(1, "nothing");
    }
}
