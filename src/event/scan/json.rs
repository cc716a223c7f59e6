//! Where things end in a JSON text: strings, numbers, whole values. Knows the grammar and no event.
//!
//! The grammar is that of RFC 8259 as `serde_json` reads a value it ignores. Places are byte offsets; `None` is not JSON,
//! or nested deeper than is followed here.

use super::POWERS;
use wide::u8x16;

/// Values nested deeper are left to `serde_json`.
const MAX_DEPTH: u32 = 64;

/// The place of the first byte at or after `at` that is no whitespace.
pub fn whitespace_end(line: &[u8], mut at: usize) -> usize {
    while matches!(line.get(at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
        at += 1;
    }
    at
}

/// Where a string ends.
#[derive(Clone, Copy)]
pub struct StringEnd {
    /// The place of the closing quote.
    pub quote: usize,
    /// Whether the text between the quotes says itself, without an escape.
    pub is_plain: bool,
}

/// The end of the string whose first byte after the quote stands at `start`.
#[inline]
pub fn string_end(line: &[u8], start: usize) -> Option<StringEnd> {
    let at = special(line, start);
    match line.get(at)? {
        b'"' => Some(StringEnd { quote: at, is_plain: true }),
        b'\\' => escaped_string_end(line, at),
        _ => None,
    }
}

#[cold]
fn escaped_string_end(line: &[u8], mut at: usize) -> Option<StringEnd> {
    loop {
        match line.get(at)? {
            b'"' => return Some(StringEnd { quote: at, is_plain: false }),
            b'\\' => at = special(line, escape_end(line, at)?),
            _ => return None,
        }
    }
}

/// The end of the escape whose backslash stands at `at`. Which code units make a character is not asked: in a value that
/// nobody reads, half a surrogate pair does no harm.
fn escape_end(line: &[u8], at: usize) -> Option<usize> {
    match line.get(at + 1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 2),
        b'u' => line.get(at + 2..at + 6)?.iter().all(u8::is_ascii_hexdigit).then_some(at + 6),
        _ => None,
    }
}

const QUOTE: u8x16 = u8x16::new([b'"'; 16]);
const BACKSLASH: u8x16 = u8x16::new([b'\\'; 16]);
const LAST_CONTROL: u8x16 = u8x16::new([0x1f; 16]);

/// The place of the next quote, backslash or control character, or the length of the line.
#[inline]
fn special(line: &[u8], mut at: usize) -> usize {
    while let Some(bytes) = line.get(at..).and_then(<[u8]>::first_chunk) {
        let bytes = u8x16::new(*bytes);
        let is_control = bytes.min(LAST_CONTROL).simd_eq(bytes);
        let found = (bytes.simd_eq(QUOTE) | bytes.simd_eq(BACKSLASH) | is_control).to_bitmask();
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += 16;
    }
    while line.get(at).is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)) {
        at += 1;
    }
    at
}

/// The end of the number that starts at `at`.
pub fn number_end(line: &[u8], mut at: usize) -> Option<usize> {
    let digits_end = |mut at: usize| {
        let start = at;
        while line.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        (at > start).then_some(at)
    };
    at += usize::from(line.get(at) == Some(&b'-'));
    at = if line.get(at) == Some(&b'0') { at + 1 } else { digits_end(at)? };
    if line.get(at) == Some(&b'.') {
        at = digits_end(at + 1)?;
    }
    if matches!(line.get(at), Some(b'e' | b'E')) {
        let has_sign = matches!(line.get(at + 1), Some(b'+' | b'-'));
        at = digits_end(at + 1 + usize::from(has_sign))?;
    }
    Some(at)
}

/// The end of the value that starts at `at`.
pub fn value_end(line: &[u8], at: usize) -> Option<usize> {
    match line.get(at)? {
        b'"' => Some(string_end(line, at + 1)?.quote + 1),
        b'{' | b'[' => nested_end(line, at),
        b't' => word_end(line, at, b"true"),
        b'f' => word_end(line, at, b"false"),
        b'n' => word_end(line, at, b"null"),
        _ => number_end(line, at),
    }
}

pub fn word_end(line: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    line.get(at..)?.starts_with(word).then_some(at + word.len())
}

/// The end of the object or list that starts at `at`. What it is inside of is a stack of bits: 1 for an object.
fn nested_end(line: &[u8], mut at: usize) -> Option<usize> {
    let mut within: u64 = 0;
    let mut depth = 0;
    loop {
        let opening = *line.get(at)?;
        if matches!(opening, b'{' | b'[') {
            let is_object = opening == b'{';
            at = whitespace_end(line, at + 1);
            if line.get(at) != Some(&if is_object { b'}' } else { b']' }) {
                depth += 1;
                if depth > MAX_DEPTH {
                    return None;
                }
                within = within << 1 | u64::from(is_object);
                at = if is_object { key_end(line, at)? } else { at };
                continue;
            }
            at += 1;
        } else {
            at = value_end(line, at)?;
        }
        loop {
            if depth == 0 {
                return Some(at);
            }
            at = whitespace_end(line, at);
            let is_object = within & 1 == 1;
            match line.get(at)? {
                b',' => {
                    at = whitespace_end(line, at + 1);
                    at = if is_object { key_end(line, at)? } else { at };
                    break;
                }
                b'}' if is_object => {}
                b']' if !is_object => {}
                _ => return None,
            }
            at += 1;
            depth -= 1;
            within >>= 1;
        }
    }
}

/// The place of the value whose key's opening quote stands at `at`.
fn key_end(line: &[u8], at: usize) -> Option<usize> {
    if line.get(at) != Some(&b'"') {
        return None;
    }
    value_place(line, string_end(line, at + 1)?.quote + 1)
}

/// The place of the value whose key has ended at `at`.
pub fn value_place(line: &[u8], at: usize) -> Option<usize> {
    let colon = whitespace_end(line, at);
    (line.get(colon) == Some(&b':')).then(|| whitespace_end(line, colon + 1))
}

/// Appends what a string with escapes says, the text between its quotes. `None` for half a surrogate pair.
pub fn unescape(inside: &str, into: &mut String) -> Option<()> {
    let mut rest = inside;
    while let Some((before, escape)) = rest.split_once('\\') {
        into.push_str(before);
        let character = match escape.as_bytes().first()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (character, behind) = unicode(&escape[1..])?;
                into.push(character);
                rest = behind;
                continue;
            }
            itself => char::from(*itself),
        };
        into.push(character);
        rest = &escape[1..];
    }
    into.push_str(rest);
    Some(())
}

/// The character of the digits after `\u`, of two such escapes where one is half a pair, and what comes behind.
fn unicode(digits: &str) -> Option<(char, &str)> {
    let unit = |digits: &str| u32::from_str_radix(digits.get(..4)?, 16).ok();
    let first = unit(digits)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, &digits[4..]));
    }
    let behind = digits[4..].strip_prefix("\\u")?;
    let second = unit(behind).filter(|second| (0xdc00..0xe000).contains(second))?;
    let character = char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))?;
    Some((character, &behind[4..]))
}

/// A number in digits alone, at most 18 of them that count.
#[derive(Clone, Copy)]
pub struct Plain {
    pub digits: i64,
    /// How many of the digits stand behind the point.
    pub places: u32,
    pub is_negative: bool,
    pub end: usize,
}

/// The plain number that starts at `at`; `None` for one with an exponent or more digits, and for what is none.
#[allow(clippy::inline_always, reason = "most numbers are read once, and a call for each shows")]
#[inline(always)]
pub fn plain_number(line: &[u8], at: usize) -> Option<Plain> {
    let is_negative = line.get(at) == Some(&b'-');
    let start = at + usize::from(is_negative);
    let (mut digits, mut end) = with_digits(0, line, start)?;
    if end == start || (end > start + 1 && line[start] == b'0') {
        return None;
    }
    let mut places = 0;
    if line.get(end) == Some(&b'.') {
        let point = end;
        (digits, end) = with_digits(digits, line, point + 1)?;
        places = u32::try_from(end - point - 1).ok().filter(|places| *places > 0)?;
    }
    let is_over = !matches!(line.get(end), Some(b'.' | b'e' | b'E'));
    is_over.then_some(Plain { digits, places, is_negative, end })
}

/// A number with the digits behind it that start at `at`, and where they end; `None` past 18 digits. Eight bytes at a time.
#[inline]
fn with_digits(mut number: i64, line: &[u8], mut at: usize) -> Option<(i64, usize)> {
    const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);
    /// What makes a byte past 9 one past 127.
    const PAST_NINE: u64 = u64::from_ne_bytes([0x76; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    while let Some(eight) = line.get(at..).and_then(<[u8]>::first_chunk) {
        let digits = u64::from_le_bytes(*eight) ^ ZEROS;
        // The lowest bit found is exact, those above it may be echoes of a carry.
        let others = (digits.wrapping_add(PAST_NINE) | digits) & HIGHS;
        let count = (others.trailing_zeros() / 8) as usize;
        if count == 0 {
            return Some((number, at));
        }
        if number >= POWERS[18 - count] {
            return None;
        }
        number = number * POWERS[count] + eight_digits(digits << (64 - 8 * count));
        at += count;
        if count < 8 {
            return Some((number, at));
        }
    }
    while let Some(digit) = line.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        if number >= POWERS[17] {
            return None;
        }
        number = number * 10 + i64::from(digit);
        at += 1;
    }
    Some((number, at))
}

/// The number of eight digits, the first in the lowest byte: neighbours are put together, then pairs, then fours.
#[inline]
#[allow(clippy::cast_possible_wrap, reason = "eight digits are below 10^8")]
fn eight_digits(digits: u64) -> i64 {
    const EVEN_PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let even = (pairs & EVEN_PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let odd = (pairs >> 16 & EVEN_PAIRS).wrapping_mul(1 + (10_000 << 32));
    (even.wrapping_add(odd) >> 32) as i64
}
