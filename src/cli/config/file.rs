//! One file: TOML becomes tables of settings, each with its line. What is not understood is an error that names the line.

use super::layer::{Origin, Place, Said, Table};
use super::settings::{self, Form, PRIVACY, SECTIONS, Section, Setting, Shape, TARGETS, TOP};
use super::{levels, value};
use crate::cli::Trouble;
use crate::metric::Metric;
use crate::spelling;
use anyhow::{Context, Result};
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    User,
    /// The metrics directory's.
    Directory,
}

/// A file that is TOML, and whose `dir` and `[privacy]` are understood.
#[derive(Debug)]
pub struct File {
    pub path: Arc<Path>,
    whose: Whose,
    text: String,
    /// `dir` and `[privacy]`.
    personal: Vec<Table>,
}

impl File {
    /// The file at `path`, `None` where there is none.
    ///
    /// # Errors
    /// It cannot be read, it is not TOML, or what writers need of it is not understood.
    pub fn read(path: &Path, whose: Whose) -> Result<Option<File>> {
        if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            // A pipe in its place would be waited for, for ever.
            return Err(Trouble::new(format!("{} is not a file", path.display())).into());
        }
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        File::new(path, whose, text).map(Some)
    }

    /// A file that says `text`.
    ///
    /// # Errors
    /// It is not TOML, or what writers need of it is not understood.
    pub fn new(path: &Path, whose: Whose, text: String) -> Result<File> {
        let mut file = File { path: path.into(), whose, text, personal: Vec::new() };
        file.personal = file.tables_of(is_personal)?;
        Ok(file)
    }

    /// Where the metrics directory is, if the file says so.
    pub fn dir(&self) -> Option<PathBuf> {
        self.personal.iter().find_map(|table| table.text("dir")).map(PathBuf::from)
    }

    /// `dir` and `[privacy]`.
    pub fn personal(&self) -> Vec<Table> {
        self.personal.clone()
    }

    /// Everything that the file says.
    ///
    /// # Errors
    /// Something in it is not understood.
    pub fn tables(&self) -> Result<Vec<Table>> {
        self.tables_of(|_, _| true)
    }

    fn tables_of(&self, wanted: fn(&Section, &str) -> bool) -> Result<Vec<Table>> {
        let document = DeTable::parse(&self.text).map_err(|error| self.not_toml(&error))?;
        let mut top = Table::of(&TOP);
        let mut tables = Vec::new();
        for (key, value) in in_order(document.get_ref()) {
            let name: &str = key.get_ref();
            if let Some(setting) = TOP.setting(name) {
                if wanted(&TOP, name) {
                    top.put(self.said(setting, None, value)?);
                }
            } else if let Some(section) = settings::section(name) {
                if wanted(section, name) {
                    self.section(section, key.span(), value, &mut tables)?;
                }
            } else {
                // Of a name that nobody knows nobody can say that it was not meant to keep something private.
                return Err(self.refused(key.span(), unknown(&TOP, name)));
            }
        }
        tables.insert(0, top);
        Ok(tables)
    }

    fn section(
        &self,
        section: &'static Section,
        key: Range<usize>,
        value: &Spanned<DeValue>,
        into: &mut Vec<Table>,
    ) -> Result<()> {
        let name = section.name;
        let refused = |says: String| Err(self.refused(key.clone(), says));
        match (section.form, value.get_ref()) {
            (Form::Table, DeValue::Table(table)) => into.push(self.table(section, None, table)?),
            (Form::Metrics, DeValue::Table(table)) => {
                for (metric, value) in in_order(table) {
                    into.push(self.of_metric(name, metric, value)?);
                }
            }
            (Form::List | Form::ListOfMetrics, DeValue::Array(items)) => {
                for item in items {
                    let DeValue::Table(table) = item.get_ref() else {
                        return refused(format!("`{name}` is a list of sections, each under `[[{name}]]`"));
                    };
                    into.push(self.item(section, item.span(), table)?);
                }
            }
            (Form::Table, _) => return refused(format!("`{name}` is a section: write `[{name}]`")),
            (Form::Metrics, _) => return refused(format!("`{name}` is of a metric: write `[{name}.success_rate]`")),
            (Form::List | Form::ListOfMetrics, _) => {
                return refused(format!("`{name}` is a list of sections: write `[[{name}]]`"));
            }
        }
        Ok(())
    }

    /// A table of settings, and of nothing else.
    fn table(&self, section: &'static Section, metric: Option<&Metric>, table: &DeTable) -> Result<Table> {
        let mut said = Table::of(section);
        for (key, value) in in_order(table) {
            let Some(setting) = section.setting(key.get_ref()) else {
                return Err(self.refused(key.span(), unknown(section, key.get_ref())));
            };
            said.put(self.said(setting, metric, value)?);
        }
        Ok(said)
    }

    /// The levels of one metric, below `[targets]` or an override.
    fn of_metric(&self, below: &str, key: &Spanned<std::borrow::Cow<str>>, value: &Spanned<DeValue>) -> Result<Table> {
        let name: &str = key.get_ref();
        let Some(metric) = settings::judged(name) else {
            return Err(self.refused(key.span(), levels::no_metric(below, name)));
        };
        let DeValue::Table(table) = value.get_ref() else {
            return Err(self.refused(key.span(), format!("`{name}` is a section: write `[{below}.{name}]`")));
        };
        Ok(Table { metric: name.to_owned(), ..self.table(&TARGETS, Some(&metric), table)? })
    }

    /// One section of a list.
    fn item(&self, section: &'static Section, at: Range<usize>, table: &DeTable) -> Result<Table> {
        let mut item = Table::of(section);
        for (key, value) in in_order(table) {
            match section.setting(key.get_ref()) {
                Some(setting) => item.put(self.said(setting, None, value)?),
                None if section.form == Form::ListOfMetrics && matches!(value.get_ref(), DeValue::Table(_)) => {
                    item.within.push(self.of_metric(section.name, key, value)?);
                }
                None => return Err(self.refused(key.span(), unknown(section, key.get_ref()))),
            }
        }
        levels::check_item(&item).map_err(|says| self.refused(at, says))?;
        Ok(item)
    }

    fn said(&self, setting: &'static Setting, metric: Option<&Metric>, value: &Spanned<DeValue>) -> Result<Said> {
        let span = value.span();
        let written = self.text.get(span.clone()).unwrap_or_default();
        let value = value::read(setting, metric, value.get_ref(), written);
        let value = value.map_err(|says| self.refused(span.clone(), says))?;
        if let (Shape::Path, Whose::Directory) = (setting.shape, self.whose) {
            let says = format!("`dir` in {} has no meaning: the directory is already found there", self.path.display());
            return Err(Trouble::new(says).hint("put `dir` into the user's own config").into());
        }
        Ok(Said { setting, value, from: self.origin(span.start) })
    }

    fn origin(&self, at: usize) -> Origin {
        let line = self.text.get(..at).unwrap_or(&self.text).matches('\n').count() + 1;
        let place = Place { line, path: self.path.clone() };
        match self.whose {
            Whose::User => Origin::User(place),
            Whose::Directory => Origin::Directory(place),
        }
    }

    fn refused(&self, at: Range<usize>, says: String) -> anyhow::Error {
        refused(&self.origin(at.start), &says).into()
    }

    fn not_toml(&self, error: &toml::de::Error) -> anyhow::Error {
        let at = error.span().map_or(0, |span| span.start.min(self.text.len()));
        let begin = self.text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        let column = String::from_utf8_lossy(&self.text.as_bytes()[begin..at]).chars().count() + 1;
        let cause = error.message().lines().next().unwrap_or_default().to_owned();
        refused(&self.origin(at), &format!("at column {column}: {cause}")).into()
    }
}

/// What is wrong with the line of a setting.
pub fn refused(from: &Origin, says: &str) -> Trouble {
    let at = match from {
        Origin::User(place) | Origin::Directory(place) => format!("{}:{}", place.path.display(), place.line),
        other => other.to_string(),
    };
    Trouble::new(format!("{at}: {says}")).hint("fix that line, or comment it out with `#`")
}

/// What to say of a key that `section` does not have.
fn unknown(section: &'static Section, key: &str) -> String {
    let own = section.settings.iter().map(|setting| setting.key);
    let below: &[&Section] = if section.name.is_empty() { &SECTIONS[1..] } else { &[] };
    let mut known: Vec<&str> = own.chain(below.iter().map(|section| section.name)).collect();
    let metrics = settings::judged_keys();
    if section.form == Form::ListOfMetrics {
        known.extend(metrics.iter().map(String::as_str));
    }
    let elsewhere = SECTIONS.into_iter().find(|other| other.setting(key).is_some());
    match elsewhere.filter(|other| other.name != section.name && spelling::nearest(key, &known).is_none()) {
        Some(other) if other.name.is_empty() => {
            format!("`{key}` stands before the first section, and this one is [{}]", section.name)
        }
        Some(other) => format!("there is no setting `{key}` here; it is one of [{}]", other.name),
        None => spelling::unknown("setting", key, &known),
    }
}

/// What writers need: where to write, and what to leave out. A wrong target stops no line of a log.
fn is_personal(section: &Section, key: &str) -> bool {
    key == "dir" || section.name == PRIVACY.name
}

type Entry<'a, 'i> = (&'a Spanned<std::borrow::Cow<'i, str>>, &'a Spanned<DeValue<'i>>);

/// The entries of a table as they stand in the file, so that the first mistake is the one that is told.
fn in_order<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<Entry> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}
