//! Prices: the book that uses are priced by, made of the table that the program brings along, the person's price file and
//! the config, when the first use needs one.

mod verb;

pub use verb::prices;

use super::Trouble;
use super::config::Config;
use super::place;
use crate::price::Book;
use anyhow::{Error, Result};
use directories::ProjectDirs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What went wrong while the book was made.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Option<Error>>>);

impl Told {
    /// What went wrong, if anything did.
    pub fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Where the person's price file is.
pub fn path() -> Option<PathBuf> {
    Some(ProjectDirs::from("", "", "prompt-analytics")?.config_dir().join("prices.csv"))
}

/// What makes the book. Where the file is broken the book is made without it, and it is told: no answer may rest on it.
pub fn loader(config: &Config) -> (impl Fn() -> Book + Send + Sync + use<>, Told) {
    let told = Told::default();
    let (config, heard) = (config.clone(), told.clone());
    let load = move || {
        let mut book = Book::built_in();
        if let Err(error) = with_file(&mut book) {
            *heard.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
        config.lay_prices(&mut book);
        book
    };
    (load, told)
}

/// The book.
///
/// # Errors
/// The person's price file is broken.
pub fn book(config: &Config) -> Result<Book> {
    let (load, told) = loader(config);
    let book = load();
    told.take().map_or(Ok(book), Err)
}

/// Adds the person's price file, if there is one.
fn with_file(book: &mut Book) -> Result<()> {
    let Some(path) = path() else { return Ok(()) };
    match text(&path)? {
        Some(text) => book.add_file(&text).map_err(|error| broken(&path, &error).into()),
        None => Ok(()),
    }
}

/// What a file says, `None` where there is none.
pub fn text(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => {
            let says = format!("cannot read {}: {}", place::shortened(path), crate::log::cause(&error));
            Err(Trouble::new(says).into())
        }
    }
}

/// What to say of a broken price file.
pub fn broken(path: &Path, error: &Error) -> Trouble {
    let path = place::shortened(path);
    Trouble::new(format!("{path}: {error:#}")).hint(
        "mend that line, or move the file away and read a price list again: `prompt-analytics prices update --from FILE`",
    )
}
