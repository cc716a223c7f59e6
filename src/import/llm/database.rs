//! The database, without a trace of having been read: nothing is written, no lock is waited for, no file is left behind.

use super::{Place, Table};
use anyhow::{Context, Result, bail};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// One answer, as far as it matters.
#[derive(Debug, Default)]
pub struct Row {
    pub row: i64,
    pub id: String,
    pub model: Option<String>,
    pub resolved_model: Option<String>,
    pub time: Option<String>,
    pub conversation: Option<String>,
    pub duration_ms: Option<i64>,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    pub token_details: Option<String>,
    /// What the provider said of tokens, and why it stopped.
    pub usage: Option<String>,
    pub finish_reason: Option<String>,
    /// What was asked, where it is wanted.
    pub prompt: Option<String>,
    /// Bytes of all this.
    pub bytes: u64,
}

impl Row {
    fn read(row: &rusqlite::Row) -> rusqlite::Result<Row> {
        let text = |at: usize| Ok::<_, rusqlite::Error>(shown(row.get_ref(at)?));
        let number = |at: usize| Ok::<_, rusqlite::Error>(shown(row.get_ref(at)?).and_then(|text| whole(&text)));
        let mut read = Row {
            row: row.get(0)?,
            id: text(1)?.unwrap_or_default(),
            model: text(2)?,
            resolved_model: text(3)?,
            time: text(4)?,
            conversation: text(5)?,
            duration_ms: number(6)?,
            input_tokens: number(7)?,
            output_tokens: number(8)?,
            token_details: text(9)?,
            usage: text(10)?,
            finish_reason: text(11)?,
            prompt: text(12)?,
            bytes: 0,
        };
        let texts = [&read.prompt, &read.token_details, &read.usage, &read.model, &read.time, &read.conversation];
        read.bytes = (64 + read.id.len() + texts.into_iter().flatten().map(String::len).sum::<usize>()) as u64;
        Ok(read)
    }
}

/// A database that was opened, or a copy of it, which is gone when this is.
pub struct Database {
    connection: Connection,
    _copy: Option<TempDir>,
}

/// How long a writer may hold the database before it is read from a copy.
const PATIENCE: Duration = Duration::from_millis(250);

impl Database {
    /// Opens a database, which may be in use.
    ///
    /// # Errors
    /// It is none, cannot be read, or does not stand still long enough to be copied.
    pub fn open(path: &Path) -> Result<Database> {
        let mut header = [0; 20];
        let is_whole = fs::File::open(path)?.read_exact(&mut header).is_ok();
        if !is_whole || !header.starts_with(b"SQLite format 3\0") {
            bail!("it is no database of SQLite");
        }
        // To read a database with a write-ahead log is to write beside it.
        let has_wal = header[18] == 2;
        if has_wal && beside(path, "-wal").exists() {
            return Database::copied(path);
        }
        let opened = opened(path, has_wal);
        // Somebody is in the middle of writing, or was stopped there.
        opened.or_else(|_| Database::copied(path))
    }

    /// Opens a copy; what its writer had not finished is undone in it.
    fn copied(path: &Path) -> Result<Database> {
        const TRIES: u32 = 20;
        let folder = tempfile::tempdir().context("cannot make a folder to copy it to")?;
        let copy = folder.path().join("logs.db");
        for _ in 0..TRIES {
            let before = stamps(path);
            fs::copy(path, &copy)?;
            for suffix in ["-wal", "-journal"] {
                let (own, copied) = (beside(path, suffix), beside(&copy, suffix));
                if own.exists() {
                    fs::copy(own, copied)?;
                } else {
                    let _ = fs::remove_file(copied);
                }
            }
            if stamps(path) == before {
                let connection = Connection::open(&copy)?;
                check(&connection)?;
                return Ok(Database { connection, _copy: Some(folder) });
            }
            std::thread::sleep(PATIENCE / 10);
        }
        bail!("it is being written all the time")
    }

    pub fn has(&self, table: &str) -> bool {
        let asked = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1";
        self.connection.query_row(asked, [table], |_| Ok(())).is_ok()
    }

    /// Hands out the rows of a table after a place, in their order, and says how far that went. A table in which the place
    /// is not what it was is handed out from its start.
    ///
    /// # Errors
    /// The database is damaged, or the table has no time.
    pub fn rows(
        &self,
        table: &Table,
        known: Option<&Place>,
        has_text: bool,
        mut each: impl FnMut(&Row),
    ) -> Result<Option<Place>> {
        let columns = self.columns(table.name)?;
        let has = |name: &&str| columns.iter().any(|column| column == name);
        let id = if has(&"id") { "id" } else { "rowid" };
        let time = table.time.iter().find(|name| has(name)).context("its answers have no time")?;
        let known = match known {
            Some(known) if self.place(table.name, id, known.row)?.as_ref() == Some(known) => Some(known),
            _ => None,
        };
        let from = known.map_or(i64::MIN, |known| known.row);
        let own = |name: &'static str| if has(&name) { name } else { "NULL" };
        let inside = |paths: [&str; 3]| {
            let told = paths.map(|path| format!("json_extract(response_json, '{path}')")).join(", ");
            let is_there = has(&"response_json");
            if is_there {
                format!("CASE WHEN json_valid(response_json) THEN coalesce({told}) END")
            } else {
                "NULL".to_owned()
            }
        };
        let asked = format!(
            "SELECT rowid, {id}, {}, {}, {time}, {}, {}, {}, {}, {}, {}, {}, {} FROM {} WHERE rowid > ?1 ORDER BY rowid",
            own("model"),
            own("resolved_model"),
            own(table.conversation),
            own("duration_ms"),
            own("input_tokens"),
            own("output_tokens"),
            own("token_details"),
            inside(["$.usage", "$.usageMetadata", "$.x_groq.usage"]),
            inside(["$.finish_reason", "$.choices[0].finish_reason", "$.stop_reason"]),
            if has_text { own("prompt") } else { "NULL" },
            table.name
        );
        let mut statement = self.connection.prepare(&asked)?;
        let mut rows = statement.query([from])?;
        let mut last = None;
        while let Some(row) = rows.next()? {
            let read = Row::read(row)?;
            last = Some(read.row);
            each(&read);
        }
        match last {
            Some(row) => self.place(table.name, id, row),
            // Nothing is new; what is known of a table that is another one now is not.
            None => Ok(known.cloned()),
        }
    }

    /// What tells the place of a row.
    fn place(&self, table: &str, id: &str, row: i64) -> Result<Option<Place>> {
        let asked =
            format!("SELECT {id}, (SELECT count(*) FROM {table} WHERE rowid <= ?1) FROM {table} WHERE rowid = ?1");
        let found = self.connection.query_row(&asked, [row], |found| {
            Ok(Place { row, id: shown(found.get_ref(0)?).unwrap_or_default(), rows: found.get(1)? })
        });
        Ok(found.optional()?)
    }

    fn columns(&self, table: &str) -> Result<Vec<String>> {
        let mut statement = self.connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let names = statement.query_map([table], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }
}

/// Opens a database in its place. One that nobody has written to since it was closed is read as if nobody could.
fn opened(path: &Path, is_still: bool) -> Result<Database> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let escaped = path.to_str().context("its path is no text")?;
    let escaped = escaped.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let immutable = if is_still { "&immutable=1" } else { "" };
    let connection = Connection::open_with_flags(format!("file:{escaped}?mode=ro{immutable}"), flags)?;
    connection.busy_timeout(PATIENCE)?;
    check(&connection)?;
    Ok(Database { connection, _copy: None })
}

/// Begins to read, so that all that is read is of one moment.
fn check(connection: &Connection) -> Result<()> {
    connection.execute_batch("BEGIN")?;
    Ok(connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn stamps(path: &Path) -> [Option<crate::log::Stamp>; 3] {
    ["", "-wal", "-journal"].map(|suffix| crate::log::Stamp::of(&beside(path, suffix)).ok())
}

/// A value as a text, whatever its column holds; none is empty.
fn shown(value: rusqlite::types::ValueRef) -> Option<String> {
    use rusqlite::types::ValueRef;
    let text = match value {
        ValueRef::Null | ValueRef::Blob(_) => return None,
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).trim().to_owned(),
    };
    Some(text).filter(|text| !text.is_empty())
}

fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| crate::fixed::parse(text, 0))
}
