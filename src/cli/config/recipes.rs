//! Recipes of `[[import]]`: what a person would otherwise type each time.

use super::Config;
use super::layer::Table;
use super::settings::IMPORT;

/// One recipe; what it does not say is empty.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'c>(&'c Table);

impl<'c> Recipe<'c> {
    /// What it says under a key of its section.
    pub fn text(self, key: &str) -> Option<&'c str> {
        self.0.text(key)
    }
}

impl Config {
    /// Every recipe, in the order of the files; of two with one name the later counts.
    pub fn recipes(&self) -> impl DoubleEndedIterator<Item = Recipe<'_>> {
        self.tables.iter().filter(|table| table.section.name == IMPORT.name).map(Recipe)
    }

    /// The recipe of a name.
    pub fn recipe(&self, name: &str) -> Option<Recipe<'_>> {
        self.recipes().rev().find(|recipe| recipe.text("name") == Some(name))
    }
}
