//! What it means that the two parsers of a line agree.

use prompt_analytics::event::{Field, Line, Scanned, Scanner, Shape, Value, parse_line};

/// Whether the scanner answers a line. What it says is what `parse_line` says, or this panics.
pub fn is_answered(scanner: &mut Scanner, line: &[u8]) -> bool {
    let parsed = parse_line(line);
    let Some(scanned) = std::str::from_utf8(line).ok().and_then(|line| scanner.scan(line)) else { return false };
    let shown = String::from_utf8_lossy(line);
    let Ok(Line::Event(read)) = &parsed else { panic!("only the scanner understands {shown}: {parsed:?}") };
    let event = &read.event;
    assert_eq!(scanned.kind(), event.kind, "{shown}");
    assert_eq!((scanned.ts_ns(), scanned.is_naive()), (event.ts_ns, read.is_naive), "{shown}");
    assert_eq!(scanned.id(), event.id.as_deref(), "{shown}");
    assert_eq!((scanned.rev(), scanned.is_retracted()), (event.rev, event.is_retracted), "{shown}");
    assert_eq!(scanned.dropped(), read.dropped.len() as u64, "{shown}: {:?}", read.dropped);
    for &field in Field::ALL.iter().filter(|field| field.shape() != Shape::Map) {
        assert_eq!(value(&scanned, field), event.value(field).map(kept), "{field:?} of {shown}");
    }
    true
}

/// What a column keeps of a value.
#[derive(Debug, PartialEq)]
enum Kept {
    Text(String),
    Number(i64),
}

fn value(scanned: &Scanned<'_>, field: Field) -> Option<Kept> {
    if scanned.present() >> field as u8 & 1 == 0 {
        return None;
    }
    Some(match field.shape() {
        Shape::Text | Shape::Texts => Kept::Text(scanned.text(field).to_owned()),
        _ => Kept::Number(scanned.number(field)),
    })
}

fn kept(value: &Value<'_>) -> Kept {
    match value {
        Value::Text(text) | Value::Map(text) => Kept::Text(text.to_string()),
        Value::Texts(texts) => Kept::Text(texts.join("\u{1f}")),
        Value::Number(number) => Kept::Number(*number),
        Value::Truth(truth) => Kept::Number(i64::from(*truth)),
    }
}
