//! The JSON values of a file, whether each has a line or many: files are appended to, and what is whole is read.

use crate::import::tally::At;
use serde_json::Value as Json;

/// A value spread over lines is held until it ends, up to this many bytes.
const MAX_BYTES: usize = 256 << 20;

/// What a value of a file turned out to be.
pub enum Value {
    Sound(Json),
    /// Why it cannot be read.
    Broken(&'static str),
}

/// Puts lines together to values.
#[derive(Default)]
pub struct Values {
    held: Vec<u8>,
    /// Where the value that is held starts, and how far its first line is indented.
    start: Option<(At, usize)>,
}

impl Values {
    /// Takes the next line and hands out the value that ends with it.
    pub fn line(&mut self, line: &[u8], at: At, mut each: impl FnMut(Value, At)) {
        let indent = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let text = line.trim_ascii();
        let text = text.strip_suffix(b",").filter(|_| self.start.is_none()).unwrap_or(text);
        if let Some((_, first)) = self.start.filter(|(_, first)| indent <= *first && text.starts_with(b"{")) {
            // A writer that was stopped in the middle of a value, and began anew.
            let at = self.start.take().map_or(at, |(at, _)| at);
            self.held.clear();
            debug_assert!(indent <= first);
            each(Value::Broken("not JSON"), at);
        }
        let Some((first_at, first_indent)) = self.start else { return self.begin(text, indent, at, each) };
        self.held.extend_from_slice(text);
        if self.held.len() > MAX_BYTES {
            self.forget();
            return each(Value::Broken("too long"), first_at);
        }
        if indent <= first_indent && (text.starts_with(b"}") || text.starts_with(b"]")) {
            let json = serde_json::from_slice(self.held.strip_suffix(b",").unwrap_or(&self.held));
            self.forget();
            each(json.map_or(Value::Broken("not JSON"), Value::Sound), first_at);
        }
    }

    /// Whether no value is under way.
    pub fn is_between(&self) -> bool {
        self.start.is_none()
    }

    fn forget(&mut self) {
        self.start = None;
        self.held = Vec::new();
    }

    /// Takes a line that no value is under way at.
    fn begin(&mut self, text: &[u8], indent: usize, at: At, mut each: impl FnMut(Value, At)) {
        // An array around all values is no value.
        if text.is_empty() || matches!(text, b"[" | b"]" | b"[]") {
            return;
        }
        let is_open = text.ends_with(b"{") || text.ends_with(b"[") || text.ends_with(b",");
        match serde_json::from_slice(text) {
            Ok(json) => each(Value::Sound(json), at),
            Err(_) if is_open && text.starts_with(b"{") => {
                self.held.extend_from_slice(text);
                self.start = Some((at, indent));
            }
            Err(_) => each(Value::Broken("not JSON"), at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> (Vec<String>, bool) {
        let mut values = Values::default();
        let mut found = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            values.line(line.as_bytes(), At::Line(number), |value, at| {
                let At::Line(line) = at else { unreachable!("lines are told by lines") };
                found.push(match value {
                    Value::Sound(json) => format!("{line} {json}"),
                    Value::Broken(why) => format!("{line} {why}"),
                });
            });
        }
        (found, values.is_between())
    }

    #[test]
    fn a_value_may_have_a_line_or_many_and_stand_in_an_array() {
        let one = "{\"a\":[1,{}]}\n";
        let many = "{\n  \"a\": [\n    1,\n    {}\n  ]\n}\n";
        let told = |line: u32| format!("{line} {{\"a\":[1,{{}}]}}");
        assert_eq!(values(&format!("{one}\n{one}")), (vec![told(1), told(3)], true));
        assert_eq!(values(&format!("{many}{many}{one}")), (vec![told(1), told(7), told(13)], true));
        let listed = format!("[\n{},\n{}]\n", one.trim_end(), one);
        assert_eq!(values(&listed), (vec![told(2), told(3)], true));
        let indented = format!("  {}\n", many.trim_end().replace('\n', "\n  "));
        let listed = format!("[\n{},\n{indented}]\n", indented.trim_end());
        assert_eq!(values(&listed), (vec![told(2), told(8)], true));
    }

    #[test]
    fn what_is_torn_costs_itself_alone() {
        assert_eq!(values("{\"a\":[1,\n{\"b\":1}\n"), (vec!["1 not JSON".to_owned(), "2 {\"b\":1}".to_owned()], true));
        assert_eq!(values("{\"a\":[1\n{\"b\":1}\n"), (vec!["1 not JSON".to_owned(), "2 {\"b\":1}".to_owned()], true));
        let torn = "{\n  \"a\": [\n    1\n{\n  \"b\": 1\n}\n";
        assert_eq!(values(torn), (vec!["1 not JSON".to_owned(), "4 {\"b\":1}".to_owned()], true));
        assert_eq!(values("{\n  \"a\": [\n"), (vec![], false));
    }
}
