//! Lines to agree about: sound ones, odd ones, and broken ones.

use prompt_analytics::event::{Event, Field, Kind, Shape, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::value::RawValue;

/// A key and a value, each as it is written.
pub type Pair = (String, String);

const TIMES: &[&str] = &[
    r#""2026-11-20T12:00:00Z""#,
    r#""2026-11-20T12:00:00.123Z""#,
    r#""2026-11-20T12:00:00.123456789123Z""#,
    r#""2026-11-20t12:00:00,5z""#,
    r#""2026-11-20T14:00:00+02:00""#,
    r#""2026-11-20T14:00:00.5-0430""#,
    r#""2026-11-20T14:00:00+02""#,
    r#""2026-11-20 12:00:00""#,
    r#""2026-11-20T12:00""#,
    r#"" 2026-11-20T12:00:00Z\n""#,
    r#""2026-11-20T12:00:00\u005A""#,
    r#""2026-02-29T12:00:00Z""#,
    r#""1999-12-31T23:59:59Z""#,
    r#""9999-01-01T00:00:00Z""#,
    r#""2016-12-31T23:59:60Z""#,
    r#""1795176000""#,
    "1795176000",
    "1795176000123",
    "1795176000123456",
    "1795176000123456789",
    "1795176000.25",
    "1.795176e9",
    "-1",
    "null",
    "true",
    r#""""#,
    r#""yesterday""#,
];

const NUMBERS: &str = "\
    0 -0 -0.0 1 12 1.0 12.50 0.5 0.0000000005 0.0000000015 0.013317500000000001 1e3 1E+2 5e-1 1e400 1e-400 0e400 \
    -1 999999999999999999 9999999999999999999 1000000000000 1000000000001 10000000000 10000000000.000001 \
    9007199254740993 123456789012345678 12345678901234567.8 0.12345678901234567 0.123456789012345678 \
    1234567.1234565 1234567.12345650 1234567.1234575 2147483647 2147483648 -2147483648 4.9999999999";

const TEXTS: &[&str] = &[
    r#""""#,
    r#""a""#,
    r#"" ""#,
    r#""gpt-5\/mini""#,
    r#""line\nbreak \"quoted\" back\\slash""#,
    r#""\u00e9\u20AC""#,
    r#""\ud83d\ude00""#,
    r#""\ud83d""#,
    r#""\ude00""#,
    r#""\ud83d\u0041""#,
    r#""\ud83dx""#,
    r#""\u0000\u001f""#,
    r#""é😀ü""#,
    r#""7 chars""#,
    r#""8 chars.""#,
    r#""quite a long text without an end""#,
    r#""true""#,
    r#""false""#,
    r#""12""#,
    r#"" 12 ""#,
    r#""0.5""#,
    r#""1e1""#,
    r#""007""#,
    r#""12a""#,
    r#""4""#,
    r#""clarity""#,
];

const OTHERS: &[&str] = &[
    "null",
    "true",
    "false",
    "{}",
    "[]",
    "{ }",
    "[ ]",
    r#"["a","b"]"#,
    r#"[ "a" , "" , "\n" ]"#,
    r#"[""]"#,
    r#"["a",1]"#,
    "[1,2]",
    "[null]",
    r#"["\ud800"]"#,
    r#"{"a":{"b":[1,{"c":"}\"]"},[],{}]},"d":null}"#,
    r#"{"\ud800":"\udc00"}"#,
    "{\"a\" :\t1 , \"b\":\r[ 1 , 2 ] }",
    "[[[[[[1]]]]]",
];

/// What is no JSON.
const BROKEN: &[&str] = &[
    "",
    "01",
    "1.",
    ".5",
    "-",
    "+1",
    "0x1",
    "NaN",
    "1e",
    "1e+",
    "nul",
    "True",
    "\"open",
    r#""\"#,
    r#""\u12""#,
    r#""\x""#,
    "\"tab\there\"",
    "\"nul\0\"",
    r#"["a"],"#,
    "[,]",
    r#"["a",]"#,
    r#"{"a":}"#,
    r#"{"a":1,}"#,
    "{1:2}",
    "[1}",
];

const KINDS: &[&str] = &[
    r#""run""#,
    r#""run""#,
    r#""usage""#,
    r#""usage""#,
    r#""performance""#,
    r#""performance""#,
    r#""quality""#,
    r#""feedback""#,
    r#""template""#,
    r#""starter""#,
    r#""prompt_usage""#,
    r#""template_usage""#,
    r#""starter_usage""#,
    r#""gen_ai.evaluation.result""#,
    r#""usgae""#,
    r#""r\u0075n""#,
    r#""""#,
    "null",
    "1",
];

fn owned(pool: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(pool).prop_map(str::to_owned)
}

/// Any text as a JSON string, with as few escapes as can be or with nothing else.
fn text() -> impl Strategy<Value = String> {
    (any::<String>(), 0..4).prop_map(|(text, style)| match style {
        0 => {
            let units: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            format!("\"{}\"", units.concat())
        }
        _ => serde_json::Value::from(text).to_string(),
    })
}

fn deep() -> impl Strategy<Value = String> {
    (1..200_usize, any::<bool>()).prop_map(|(depth, is_object)| {
        let (open, close) = if is_object { (r#"{"a":"#, "}") } else { ("[", "]") };
        format!("{}1{}", open.repeat(depth), close.repeat(depth))
    })
}

/// A value of any shape.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(NUMBERS.split(' ').collect::<Vec<_>>()).prop_map(str::to_owned),
        4 => "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?",
        4 => "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,9})?",
        2 => "-?0\\.0{0,30}[1-9][0-9]{0,20}",
        1 => "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?",
        5 => owned(TEXTS),
        3 => text(),
        3 => owned(OTHERS),
        1 => deep(),
    ]
}

fn field() -> impl Strategy<Value = Field> {
    select(Field::ALL)
}

/// A value that a field can hold, as a column keeps it.
fn held(field: Field) -> BoxedStrategy<Value<'static>> {
    match field.shape() {
        Shape::Text => any::<String>().prop_map(|text| Value::Text(text.into())).boxed(),
        Shape::Whole { min, max } => (min..=max).prop_map(Value::Number).boxed(),
        Shape::Decimal { decimals, min, max } => {
            let one = 10_i64.pow(decimals);
            prop_oneof![min * one..=max * one, (min..=max).prop_map(move |whole| whole * one)]
                .prop_map(Value::Number)
                .boxed()
        }
        Shape::Truth => any::<bool>().prop_map(Value::Truth).boxed(),
        Shape::Texts => vec("[a-z\"\\\\é]{1,9}", 1..4)
            .prop_map(|texts| Value::Texts(texts.into_iter().map(Into::into).collect()))
            .boxed(),
        Shape::Map => select(&["{}", r#"{"tone":"dry","depth":{"of":[1,2.5e3,null]}}"#])
            .prop_map(|map| Value::Map(map.into()))
            .boxed(),
    }
}

/// A sound event with fields that its kind may have.
pub fn event() -> impl Strategy<Value = Event<'static>> {
    let envelope =
        (select(&Kind::ALL), 946_684_800_000_000_000..i64::MAX, any::<Option<String>>(), 0..3_i64, any::<bool>());
    let fields = vec(field().prop_flat_map(|field| (Just(field), held(field))), 0..16);
    (envelope, fields).prop_map(|((kind, ts_ns, id, rev, is_retracted), fields)| {
        let mut event = Event { kind, ts_ns, id: id.map(Into::into), rev, is_retracted, fields: Vec::new() };
        for (field, value) in fields.into_iter().filter(|(field, _)| kind.allows(*field)) {
            event.set(field, value);
        }
        event
    })
}

/// The pairs of a line, as they are written.
pub fn pairs(line: &str) -> Vec<Pair> {
    let pairs: std::collections::BTreeMap<String, &RawValue> = serde_json::from_str(line).expect("a sound line");
    pairs.into_iter().map(|(key, raw)| (serde_json::Value::from(key).to_string(), raw.get().to_owned())).collect()
}

/// A line of pairs: `space` stands behind colons and commas, as some writers have it.
pub fn line(pairs: &[Pair], space: &str) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}:{space}{value}")).collect();
    format!("{{{}}}", pairs.join(&format!(",{space}")))
}

/// A key that means something or nothing, and what may stand behind it.
fn pair() -> impl Strategy<Value = Pair> {
    let quoted = |key: &str| format!("\"{key}\"");
    let named = |names: &'static [&'static str]| select(names).prop_map(quoted);
    let name = field()
        .prop_flat_map(|field| {
            let names: Vec<&str> =
                field.aliases().iter().map(|alias| alias.name).chain([field.name(), field.name()]).collect();
            select(names)
        })
        .boxed();
    let canonical = field().prop_flat_map(|field| (Just(field), held(field))).prop_map(|(field, value)| {
        let mut event = Event { kind: Kind::Run, ts_ns: 0, id: None, rev: 0, is_retracted: false, fields: Vec::new() };
        event.set(field, value);
        pairs(&event.line()).into_iter().find(|(key, _)| *key == format!("\"{}\"", field.name())).expect("the field")
    });
    let escaped = name.clone().prop_map(|name| format!("\"\\u{:04x}{}\"", u32::from(name.as_bytes()[0]), &name[1..]));
    prop_oneof![
        40 => canonical,
        40 => (name.prop_map(quoted), value()),
        5 => (escaped, value()),
        10 => (named(&["id", "rev", "retracted"]), value()),
        3 => (Just(quoted("v")), owned(&["1", "1", "1", "0", "1.0", "1.5", "-1", "1e0", "\"2\""])),
        3 => (named(&["ts", "timestamp"]), owned(TIMES)),
        2 => (Just(quoted("event")), owned(KINDS)),
        10 => (named(&["", "x", "prompt_text", "Event", "a\\nb", "é"]), value()),
        5 => ("\"[a-z]{0,3}\"|\"[a-z ]{30,35}\"|\"[a-z]{250,270}\"", value()),
        1 => (named(&["x", "model", "input_tokens", "tags", "v", "ts", "id"]), owned(BROKEN)),
        1 => (named(&["\\ud800", "\\", "\\q", "a\tb"]), value()),
        1 => (Just(quoted("v")), owned(&["2", "10", "1e1"])),
    ]
}

/// Lines that are mostly understood: a time and a kind somewhere among other pairs.
fn odd() -> impl Strategy<Value = Vec<u8>> {
    let time =
        (select(&["\"ts\"", "\"ts\"", "\"timestamp\""]), prop_oneof![1 => owned(&TIMES[..8]), 1 => owned(TIMES)]);
    let kind = (Just("\"event\"".to_owned()), prop_oneof![owned(KINDS), owned(&KINDS[..8])]);
    let space = || select(&["", "", "", "", " ", "  ", "\t", "\r", "\n"]);
    let parts = (vec(pair(), 0..8), time, kind, vec(space(), 64), any::<[Index; 2]>(), 0..100_u8);
    parts.prop_map(|(mut pairs, time, kind, spaces, places, end)| {
        pairs.insert(places[0].index(pairs.len() + 1), (time.0.to_owned(), time.1));
        pairs.insert(places[1].index(pairs.len() + 1), kind);
        let is_loose = end % 3 == 0;
        let mut spaces = spaces.into_iter().map(|space| if is_loose { space } else { "" });
        let mut space = || spaces.next().unwrap_or_default();
        let mut line = format!("{}{{{}", space(), space());
        for (at, (key, value)) in pairs.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            line += &format!("{}{comma}{}{key}{}:{}{value}", space(), space(), space(), space());
        }
        line += &format!("{}}}{}", space(), space());
        line += ["\r", " ", ",", "}", "{}", "\0", "\u{a0}"].get(usize::from(end)).copied().unwrap_or_default();
        line.into_bytes()
    })
}

/// One way to break a line.
#[derive(Clone, Debug)]
enum Break {
    Flip(Index, u8),
    Insert(Index, &'static [u8]),
    Delete(Index, usize),
    Cut(Index),
    Repeat(Index, Index),
}

impl Break {
    fn of(&self, line: &mut Vec<u8>) {
        if line.is_empty() {
            return;
        }
        match self {
            Break::Flip(at, bits) => *at.get_mut(line) ^= bits,
            Break::Insert(at, bytes) => {
                let at = at.index(line.len());
                line.splice(at..at, bytes.iter().copied());
            }
            Break::Delete(at, count) => {
                let at = at.index(line.len());
                line.drain(at..(at + count).min(line.len()));
            }
            Break::Cut(at) => line.truncate(at.index(line.len())),
            Break::Repeat(from, to) => {
                let (from, to) = (from.index(line.len()), to.index(line.len()));
                let again = line[from.min(to)..from.max(to)].to_vec();
                line.splice(from..from, again);
            }
        }
    }
}

fn break_() -> impl Strategy<Value = Break> {
    const BYTES: &[&[u8]] = &[
        b"\"",
        b"\\",
        b",",
        b":",
        b"{",
        b"}",
        b"[",
        b"]",
        b" ",
        b"\0",
        b"\n",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xc3\xa9",
        b"0",
        b"9",
        b".",
        b"e",
        b"-",
        b"null",
        b"\\u",
        b"\x1f",
        b"\x7f",
        b"//",
    ];
    prop_oneof![
        (any::<Index>(), 1..=255_u8).prop_map(|(at, bits)| Break::Flip(at, bits)),
        (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Break::Flip(at, 1 << bit)),
        (any::<Index>(), select(BYTES)).prop_map(|(at, bytes)| Break::Insert(at, bytes)),
        (any::<Index>(), 1..6_usize).prop_map(|(at, count)| Break::Delete(at, count)),
        any::<Index>().prop_map(Break::Cut),
        any::<[Index; 2]>().prop_map(|[from, to]| Break::Repeat(from, to)),
    ]
}

/// A line of any sort.
pub fn any_line() -> impl Strategy<Value = Vec<u8>> {
    let sound = event().prop_map(|event| event.line().into_bytes()).boxed();
    prop_oneof![
        8 => sound.clone(),
        20 => odd(),
        6 => (odd(), vec(break_(), 1..4)).prop_map(broken),
        6 => (sound, vec(break_(), 1..3)).prop_map(broken),
        1 => vec(any::<u8>(), 0..40),
    ]
}

fn broken((mut line, breaks): (Vec<u8>, Vec<Break>)) -> Vec<u8> {
    for one in breaks {
        one.of(&mut line);
    }
    line
}
