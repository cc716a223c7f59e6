//! Layers: what was said where, and what holds once one layer is laid over another, setting by setting.

use super::settings::{Section, Setting};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A setting's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Number(f64),
    Whole(u64),
    /// `false`: taken away.
    Off,
}

impl Value {
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn whole(&self) -> Option<u64> {
        match self {
            Value::Whole(number) => Some(*number),
            _ => None,
        }
    }
}

/// Where a setting is from; the later ones have the last word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Default,
    User(Place),
    Directory(Place),
    /// A variable, a flag or a way of finding, in words.
    Words(String),
}

/// A line of a file. The line comes first, so that places of one file are in its order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub line: usize,
    pub path: Arc<Path>,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => formatter.write_str("default"),
            Origin::User(place) | Origin::Directory(place) => {
                write!(formatter, "{}:{}", crate::cli::place::shortened(&place.path), place.line)
            }
            Origin::Words(words) => formatter.write_str(words),
        }
    }
}

/// A setting that was said.
#[derive(Clone, Debug)]
pub struct Said {
    pub setting: &'static Setting,
    pub value: Value,
    pub from: Origin,
}

impl Said {
    pub fn by_default(setting: &'static Setting, value: Value) -> Said {
        Said { setting, value, from: Origin::Default }
    }
}

/// What was said in one section.
#[derive(Clone, Debug)]
pub struct Table {
    pub section: &'static Section,
    /// The key of the metric it is of, empty where it is of none.
    pub metric: String,
    pub said: Vec<Said>,
    /// The metrics of an override.
    pub within: Vec<Table>,
}

impl Table {
    pub fn of(section: &'static Section) -> Table {
        Table { section, metric: String::new(), said: Vec::new(), within: Vec::new() }
    }

    pub fn get(&self, key: &str) -> Option<&Said> {
        self.said.iter().find(|said| said.setting.key == key)
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.value.text()
    }

    /// Says something that replaces what was said before; settings stay in the order of their section.
    pub fn put(&mut self, said: Said) {
        match self.said.iter_mut().find(|known| known.setting.key == said.setting.key) {
            Some(known) => *known = said,
            None => self.said.push(said),
        }
        let settings = self.section.settings;
        self.said.sort_by_key(|said| settings.iter().position(|setting| setting.key == said.setting.key));
    }

    pub fn is_of(&self, section: &Section, metric: &str) -> bool {
        self.section.name == section.name && self.metric == metric
    }
}

/// `tables` with those of `over` laid over them: tables are merged setting by setting, and lists grow.
pub fn laid(mut tables: Vec<Table>, over: Vec<Table>) -> Vec<Table> {
    for table in over {
        let is_list = table.section.form.is_list();
        match tables.iter_mut().find(|known| !is_list && known.is_of(table.section, &table.metric)) {
            Some(known) => table.said.into_iter().for_each(|said| known.put(said)),
            None => tables.push(table),
        }
    }
    tables
}
