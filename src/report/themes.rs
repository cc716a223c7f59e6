//! Themes: what people's remarks speak of, told by whole words. The only place that knows the words; it does not know
//! whether a word was praise: the ratings beside it do.

use super::ask::{Ask, column};
use crate::fold::{Field, Filter, Number, Test, Texts, Value};
use crate::metric::{self, Metric};
use crate::query::Dimension;
use crate::sheet::{Cell, Column, Parts, Table, Unit, Why};
use crate::stat::{self, Moments};
use std::cmp::Reverse;
use std::collections::HashMap;

/// The themes with the words that speak of them. Other forms of a word do not: `timely` is not `time`.
const WORDS: [(&str, &[&str]); 4] = [
    ("clarity", &["clear", "unclear", "confusing", "ambiguous", "specific"]),
    ("helpfulness", &["helpful", "unhelpful", "useful", "useless"]),
    ("accuracy", &["accurate", "inaccurate", "correct", "incorrect", "wrong"]),
    ("speed", &["fast", "slow", "quick", "time"]),
];

/// The name of what speaks of none of the themes.
const NONE: &str = "none of these";

/// A theme, and the remarks that speak of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    pub name: &'static str,
    /// The remarks that speak of it, of the `n` that were asked about; one remark may speak of several themes.
    pub k: u64,
    pub n: u64,
    /// The ratings that came with them, in nano-points.
    pub ratings: Moments,
    /// The newest of them.
    pub newest: Option<String>,
}

/// What some remarks speak of.
#[derive(Clone, Debug, PartialEq)]
pub struct Themes {
    /// All themes, the one that most remarks speak of first.
    pub spoken: Vec<Theme>,
    /// The remarks that speak of none of them.
    pub none: Theme,
}

/// Remarks, counted as they are met: those of each theme, and of none.
#[derive(Default)]
struct Heard {
    n: u64,
    themes: [Remarks; WORDS.len() + 1],
}

/// Remarks of a kind, in no order.
#[derive(Default)]
struct Remarks {
    count: u64,
    ratings: Moments,
    /// The newest, and of one instant the one that comes first by its text.
    newest: Option<(i64, Reverse<String>)>,
}

impl Themes {
    /// Reads the remarks that a filter lets through.
    pub fn of(ask: &Ask<'_>, filter: Filter) -> Themes {
        let mut all = Themes::by(ask, filter, None);
        all.remove("").unwrap_or_else(|| Themes::from(Heard::default()))
    }

    /// The same by the names of a dimension that have any.
    pub fn by(ask: &Ask<'_>, filter: Filter, by: Option<Dimension>) -> HashMap<String, Themes> {
        let numbers = [Number::Time, Number::Rating];
        let texts = Texts { filter, test: Test::Remark, field: Field::FeedbackText, numbers, by };
        let mut heard: HashMap<String, Heard> = HashMap::new();
        for (name, part) in ask.executor.texts(&texts, Heard::take) {
            let held = heard.entry(name).or_default();
            *held = std::mem::take(held).merged(part);
        }
        heard.into_iter().map(|(name, heard)| (name, Themes::from(heard))).collect()
    }

    /// A row for each theme, and the last for none of them.
    pub fn table(&self, ask: &Ask<'_>) -> Table {
        let columns = vec![
            column("theme", "theme", Unit::Name),
            column("remarks", "remarks", Unit::Count),
            column("of_remarks", "of", Unit::Count),
            Column { parts: Parts::Interval, rank: 2, ..column("share", "share", Unit::Ratio) },
            Column { rank: 1, ..metric::MEAN_RATING.column() },
            column("newest", "newest", Unit::Name),
        ];
        let row = |theme: &Theme| {
            let (low, high) = stat::wilson(theme.k, theme.n);
            vec![
                Cell::Text(theme.name.to_owned()),
                Cell::Int(theme.k.into()),
                Cell::Int(theme.n.into()),
                Cell::Share { k: theme.k, n: theme.n, low, high },
                theme.mean_rating(ask),
                theme.newest.clone().map_or(Cell::Missing(Why::NoData), Cell::Text),
            ]
        };
        let rows = self.spoken.iter().chain([&self.none]).map(row).collect();
        Table { id: "themes", title: "What the remarks speak of".to_owned(), columns, rows, others: None, total: None }
    }

    /// Whether any remark speaks of any theme.
    pub fn are_spoken_of(&self) -> bool {
        self.spoken.iter().any(|theme| theme.k > 0)
    }
}

impl From<Heard> for Themes {
    fn from(heard: Heard) -> Themes {
        let names = WORDS.iter().map(|(name, _)| *name).chain([NONE]);
        let theme = |(name, remarks): (&'static str, Remarks)| Theme {
            name,
            k: remarks.count,
            n: heard.n,
            ratings: remarks.ratings,
            newest: remarks.newest.map(|(_, Reverse(remark))| remark),
        };
        let mut spoken: Vec<Theme> = names.zip(heard.themes).map(theme).collect();
        let none = spoken.remove(WORDS.len());
        // Of equally many the order is that of the words.
        spoken.sort_by_key(|theme| Reverse(theme.k));
        Themes { spoken, none }
    }
}

impl Heard {
    fn take(&mut self, remark: &str, [time, rating]: [Option<i64>; 2]) {
        self.n += 1;
        let spoken_of = themes(remark);
        let is_of_none = spoken_of == [false; WORDS.len()];
        let kinds = spoken_of.into_iter().chain([is_of_none]);
        for (remarks, _) in self.themes.iter_mut().zip(kinds).filter(|(_, is_spoken_of)| *is_spoken_of) {
            remarks.take(remark, time.unwrap_or(i64::MIN), rating);
        }
    }

    fn merged(mut self, other: Heard) -> Heard {
        self.n += other.n;
        for (held, other) in self.themes.iter_mut().zip(other.themes) {
            held.count += other.count;
            held.ratings = held.ratings.and(other.ratings);
            held.newest = held.newest.take().max(other.newest);
        }
        self
    }
}

impl Remarks {
    fn take(&mut self, remark: &str, ts_ns: i64, rating: Option<i64>) {
        self.count += 1;
        self.ratings = rating.map_or(self.ratings, |rating| self.ratings.with(rating));
        let is_newer = |(newest, Reverse(held)): &(i64, Reverse<String>)| {
            (ts_ns, Reverse(remark)) > (*newest, Reverse(held.as_str()))
        };
        if self.newest.as_ref().is_none_or(is_newer) {
            self.newest = Some((ts_ns, Reverse(remark.to_owned())));
        }
    }
}

impl Theme {
    fn mean_rating(&self, ask: &Ask<'_>) -> Cell {
        const MEAN: &Metric = &metric::MEAN_RATING;
        let Moments { n, sum, sum_sq } = self.ratings;
        MEAN.of(MEAN.measures, &[Value::Int(sum), Value::Int(sum_sq), Value::Int(n.into())], &ask.query.zone)
    }
}

/// Which of the themes a remark speaks of: those that any of its words stands for.
fn themes(remark: &str) -> [bool; WORDS.len()] {
    let mut spoken_of = [false; WORDS.len()];
    for said in remark.split(|character| !is_of_a_word(character)).filter(|said| !said.is_empty()) {
        for (is_spoken_of, (_, words)) in spoken_of.iter_mut().zip(WORDS) {
            *is_spoken_of |= words.iter().any(|word| word.eq_ignore_ascii_case(said));
        }
    }
    spoken_of
}

/// Whether a character belongs to the word around it: letters, digits, `_`, and the accents and joiners that stand with
/// Latin letters, the only ones in which a word of ours can be written.
///
/// Source: Unicode Technical Standard 18, annex C, the property `word`.
fn is_of_a_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(remark: &str) -> Vec<&'static str> {
        let all = WORDS.iter().zip(themes(remark));
        all.filter(|(_, is_spoken_of)| *is_spoken_of).map(|((name, _), _)| *name).collect()
    }

    #[test]
    fn a_remark_speaks_of_the_themes_whose_words_it_has_whole() {
        for (remark, themes) in [
            ("Clear and useful", &["clarity", "helpfulness"][..]),
            ("WRONG!", &["accuracy"]),
            ("too slow;confusing.", &["clarity", "speed"]),
            ("a time-out", &["speed"]),
            ("it's time's up", &["speed"]),
            ("timely, clearly, usefulness, incorrectly", &[]),
            ("a fast\u{301} one, time_out, 2time", &[]),
            ("intempestif, überfast, klar", &[]),
            ("не fast, а slow", &["speed"]),
            ("clear clear unclear", &["clarity"]),
            ("", &[]),
        ] {
            assert_eq!(spoken(remark), themes, "{remark}");
        }
    }

    #[test]
    fn every_word_speaks_of_its_theme_alone() {
        for (name, words) in WORDS {
            for word in words {
                assert_eq!(spoken(&word.to_uppercase()), [name], "{word}");
            }
        }
    }

    #[test]
    fn the_help_of_feedback_says_which_words_count() {
        for (name, words) in WORDS {
            let said = format!("{}: {}.", name, words.join(", "));
            let help = crate::report::named("feedback").expect("a report").computed.to_lowercase();
            assert!(help.contains(&said), "{said}");
        }
    }
}
