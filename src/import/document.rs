//! Files that are read as a whole: JSON values one after the other, in an array or one to a line, and tables. Their
//! objects are rows, found by plain names: `promptName`, `prompt_name` and `Prompt Name` are one.

use super::found::Found;
use super::tally::At;
use super::value::{clipped, quoted};
use crate::time::{self, EARLIEST_NS};
use crate::{fixed, log};
use ::csv::ReaderBuilder;
use anyhow::Result;
use serde_json::{Deserializer, Map, Value};
use std::path::Path;

/// What is read at once at most.
const MOST_BYTES: u64 = 1 << 30;

/// What is in a file, unpacked.
///
/// # Errors
/// The file cannot be read, or is too large.
pub fn bytes(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = log::whole(path, MOST_BYTES)?;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    Ok(bytes)
}

/// The extension of a file's name, in small letters and without that of packing.
pub fn extension(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => extension.to_owned(),
        _ => String::new(),
    }
}

/// Takes one value, with its place.
type Each<'e> = &'e mut dyn FnMut(Value, At, &mut Found);

/// Hands out the values of a file in their order. What is no JSON is skipped up to the next line that begins an object, and
/// a value that ends too early is pending.
pub fn values(bytes: &[u8], found: &mut Found, each: Each) {
    let mut rest = bytes.trim_ascii();
    let is_array = rest.starts_with(b"[");
    rest = &rest[usize::from(is_array)..];
    let mut record = 0;
    loop {
        rest = rest.trim_ascii_start();
        if let (true, Some(after)) = (is_array, rest.strip_prefix(b",")) {
            rest = after.trim_ascii_start();
        }
        if rest.is_empty() || is_array && rest.starts_with(b"]") {
            found.tally.pending += u64::from(is_array && rest.is_empty());
            return;
        }
        record += 1;
        let at = At::Record(record);
        let mut stream = Deserializer::from_slice(rest).into_iter::<Value>();
        let next = stream.next();
        let after = stream.byte_offset();
        match next {
            Some(Ok(value)) => {
                each(value, at, found);
                rest = &rest[after..];
            }
            Some(Err(error)) => {
                let next = memchr::memmem::find(&rest[1..], b"\n{");
                match next {
                    Some(next) => {
                        found.skip(at, "not JSON", "");
                        rest = &rest[next + 2..];
                    }
                    None if error.is_eof() => {
                        found.tally.pending += 1;
                        return;
                    }
                    None => return found.skip(at, "not JSON", ""),
                }
            }
            None => return,
        }
    }
}

/// A table: its header, and its rows with as many cells each.
#[derive(Debug, Default)]
pub struct Sheet {
    pub header: Vec<String>,
    /// Each with the line it begins on.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// The table in a file; rows that are none are skipped.
pub fn sheet(bytes: &[u8], found: &mut Found) -> Sheet {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut sheet = Sheet::default();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, ::csv::Position::line);
                found.skip(At::Line(line), "not UTF-8", "");
                continue;
            }
        };
        let line = record.position().map_or(0, ::csv::Position::line);
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if sheet.header.is_empty() {
            sheet.header = cells;
        } else if cells.len() == sheet.header.len() {
            sheet.rows.push((line, cells));
        } else {
            let detail = format!("{} cells below a header of {}", cells.len(), sheet.header.len());
            found.skip(At::Line(line), "a row of another length", &detail);
        }
    }
    if memchr::memchr_iter(b'"', bytes).count() % 2 == 1 {
        // The last cell was still being written.
        sheet.rows.pop();
        found.tally.pending += 1;
    }
    sheet
}

impl Sheet {
    /// A row as the object it would be in JSON: an empty cell holds nothing, and one that holds JSON is what it holds.
    pub fn object(&self, cells: &[String]) -> Value {
        let members = self.header.iter().zip(cells).map(|(name, cell)| {
            let is_json = cell.starts_with(['{', '[']);
            let value = is_json.then(|| serde_json::from_str(cell).ok()).flatten();
            let text = if cell.is_empty() { Value::Null } else { Value::from(cell.as_str()) };
            (name.clone(), value.unwrap_or(text))
        });
        Value::Object(members.collect::<Map<_, _>>())
    }
}

/// An object, its members found by their plain names.
#[derive(Debug, Default)]
pub struct Row<'a>(Vec<(String, &'a Value)>);

/// A name in small letters and digits, without what writers put between words.
pub fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

impl<'a> Row<'a> {
    /// The members of an object; `None` of anything else.
    pub fn of(value: &'a Value) -> Option<Row<'a>> {
        let members = value.as_object()?.iter();
        Some(Row(members.map(|(name, value)| (plain(name), value)).collect()))
    }

    /// The value under a plain name, unless it is `null`.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.iter().find(|(key, value)| key == name && !value.is_null()).map(|(_, value)| *value)
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The members that are there, by their plain names.
    pub fn members(&self) -> impl Iterator<Item = (&str, &'a Value)> {
        self.0.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.as_str(), *value))
    }

    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    /// A text, or a number as one.
    pub fn word(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A number in units of 10^-`decimals`.
    pub fn decimal(&self, name: &str, decimals: u32) -> Option<i64> {
        decimal(self.get(name)?, decimals)
    }

    pub fn whole(&self, name: &str) -> Option<i64> {
        self.decimal(name, 0)
    }

    pub fn truth(&self, name: &str) -> Option<bool> {
        truth(self.get(name)?)
    }

    pub fn row(&self, name: &str) -> Option<Row<'a>> {
        Row::of(self.get(name)?)
    }

    /// The elements of a list; none where there is no list.
    pub fn list(&self, name: &str) -> &'a [Value] {
        self.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The time under a name, in nanoseconds.
    pub fn time(&self, name: &str) -> Option<i64> {
        time_of(self.get(name)?).map(|(ts_ns, _)| ts_ns)
    }
}

/// A number, or a text that spells one, in units of 10^-`decimals`.
pub fn decimal(value: &Value, decimals: u32) -> Option<i64> {
    match value {
        Value::Number(number) => fixed::parse(&number.to_string(), decimals),
        Value::String(text) => fixed::parse(text.trim(), decimals),
        _ => None,
    }
}

pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn time_of(value: &Value) -> Option<(i64, bool)> {
    let (ts_ns, is_naive) = match value {
        Value::String(text) => {
            let reading = time::text(text)?;
            (reading.ts_ns, reading.is_naive)
        }
        Value::Number(number) => (time::number(&number.to_string())?, false),
        _ => return None,
    };
    (ts_ns >= EARLIEST_NS).then_some((ts_ns, is_naive))
}

/// The time of a record; of one without a usable one the record is skipped.
pub fn moment(value: Option<&Value>, at: At, found: &mut Found) -> Option<i64> {
    let Some(value) = value else {
        found.skip(at, "no time", "");
        return None;
    };
    let Some((ts_ns, is_naive)) = time_of(value) else {
        let shown = value.as_str().map_or_else(|| value.to_string(), quoted);
        found.skip(at, "bad time", &clipped(shown));
        return None;
    };
    found.tally.naive_times += u64::from(is_naive);
    Some(ts_ns)
}

/// The kind of an error that is told in words: a status, what everybody calls it, or no more than that it is one. The words
/// themselves may hold what a person wrote.
pub fn error_type(told: &str) -> String {
    let words = told.to_lowercase();
    if words.contains("timeout") || words.contains("timed out") {
        return "timeout".to_owned();
    }
    let numbers = words.split(|char: char| !char.is_ascii_alphanumeric());
    let status = numbers.filter(|word| word.len() == 3).find(|word| word.starts_with(['4', '5']));
    if let Some(status) = status.filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())) {
        return status.to_owned();
    }
    if words.contains("rate limit") || words.contains("quota") { "rate_limit" } else { "error" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, u64, u64) {
        let mut found = Found::new("f".to_owned());
        let mut seen = Vec::new();
        values(text.as_bytes(), &mut found, &mut |value, _, _| seen.push(value.to_string()));
        let skipped = found.tally.skipped();
        (seen, skipped, found.tally.pending)
    }

    #[test]
    fn values_are_found_in_every_form_and_past_what_is_broken() {
        let sound = (vec!["{\"a\":1}".to_owned(), "{\"b\":2}".to_owned()], 0, 0);
        for text in [
            "{\"a\":1}\n{\"b\":2}\n",
            "[{\"a\":1},{\"b\":2}]",
            "[\n  {\n    \"a\": 1\n  },\n  {\n    \"b\": 2\n  }\n]\n",
            "{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n",
        ] {
            assert_eq!(read(text), sound, "{text}");
        }
        for (text, skipped, pending) in [
            ("{\"a\":1}\n{\"b\":2}\n{\"c\"", 0, 1),
            ("{\"a\":1}\n{\"torn\":\n{\"b\":2}\n", 1, 0),
            ("{\"a\":1}\nno\n{\"b\":2}\n", 1, 0),
            ("{\"a\":1}\n{\"b\":2}\nno\n", 1, 0),
            ("[{\"a\":1},{\"b\":2},", 0, 1),
        ] {
            assert_eq!(read(text), (sound.0.clone(), skipped, pending), "{text}");
        }
        assert_eq!(read(""), (Vec::new(), 0, 0));
    }

    #[test]
    fn a_name_is_the_same_in_every_spelling() {
        let value = serde_json::json!({"prompt_name": "a", "Total Cost": "1.5", "n": null, "isOk": "True"});
        let row = Row::of(&value).unwrap();
        assert_eq!((row.text("promptname"), row.decimal("totalcost", 2)), (Some("a"), Some(150)));
        assert_eq!((row.has("n"), row.truth("isok"), row.whole("promptname")), (false, Some(true), None));
    }

    #[test]
    fn of_an_error_only_its_kind_is_kept() {
        for (told, kind) in [
            ("API error: 429 Too Many Requests", "429"),
            ("Request timed out after 300000ms", "timeout"),
            ("You exceeded your current quota", "rate_limit"),
            ("cannot summarize the letter of Ada", "error"),
            ("only 12 of 9000 done", "error"),
        ] {
            assert_eq!(error_type(told), kind, "{told}");
        }
    }
}
