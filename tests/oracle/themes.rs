//! Themes: what remarks speak of, told by taking each remark apart into words and looking each word up.

use super::compare::same;
use super::numbers::{Group, is_same, mean, share};
use super::row::{Row, What};
use prompt_analytics::event::Field;
use prompt_analytics::sheet::{Cell, Table, Why};

/// The words by their themes, as they were first written down.
const WORDS: [(&str, &str); 18] = [
    ("clear", "clarity"),
    ("unclear", "clarity"),
    ("confusing", "clarity"),
    ("ambiguous", "clarity"),
    ("specific", "clarity"),
    ("helpful", "helpfulness"),
    ("unhelpful", "helpfulness"),
    ("useful", "helpfulness"),
    ("useless", "helpfulness"),
    ("accurate", "accuracy"),
    ("inaccurate", "accuracy"),
    ("correct", "accuracy"),
    ("incorrect", "accuracy"),
    ("wrong", "accuracy"),
    ("fast", "speed"),
    ("slow", "speed"),
    ("quick", "speed"),
    ("time", "speed"),
];

fn speaks_of(remark: &str, theme: &str) -> bool {
    let lower = remark.to_lowercase();
    let apart: String = lower.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    let is_of =
        |word: &str| WORDS.iter().any(|(known, of)| *known == word && (*of == theme || theme == "none of these"));
    apart.split(' ').any(is_of) != (theme == "none of these")
}

/// Holds the table of themes against the remarks themselves.
pub fn check(table: &Table, group: &Group<'_>) -> Result<(), String> {
    let is_remark =
        |row: &&&Row| matches!(row.what, What::Rating | What::Remark) && row.text(Field::FeedbackText).is_some();
    let remarks: Vec<&Row> = group.rows.iter().filter(is_remark).copied().collect();
    let mut expected = Vec::new();
    for theme in ["clarity", "helpfulness", "accuracy", "speed", "none of these"] {
        let of_it =
            remarks.iter().filter(|row| row.text(Field::FeedbackText).is_some_and(|said| speaks_of(said, theme)));
        let mut of_it: Vec<&Row> = of_it.copied().collect();
        // The newest last; of one instant the one that comes first by its text.
        of_it.sort_by(|a, b| a.time.cmp(&b.time).then(b.text(Field::FeedbackText).cmp(&a.text(Field::FeedbackText))));
        let ratings: Vec<i64> = of_it.iter().filter_map(|row| row.number(Field::Rating)).collect();
        let newest = of_it.last().and_then(|row| row.text(Field::FeedbackText));
        let (k, n) = (of_it.len(), remarks.len());
        expected.push(vec![
            Cell::Text(theme.to_owned()),
            Cell::Int(k as i128),
            Cell::Int(n as i128),
            share(k as u64, n as u64),
            mean(&ratings, Some((1, 5))),
            newest.map_or(Cell::Missing(Why::NoData), |remark| Cell::Text(remark.to_owned())),
        ]);
    }
    let most = |row: &Vec<Cell>| std::cmp::Reverse(row[1].number().map_or(0, f64::to_bits));
    expected[..4].sort_by_key(most);
    same("themes", &table.rows.len(), &expected.len())?;
    for (found, expected) in table.rows.iter().zip(&expected) {
        if !found.iter().zip(expected).all(|(a, b)| is_same(a, b)) {
            return Err(format!("themes: found {found:?}, expected {expected:?}"));
        }
    }
    Ok(())
}
