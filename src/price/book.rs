//! The book: every row that is known, and which of them a model goes by on a day. Rows of a person's own come before what was
//! read from a price list, and that before what the program brings along.

use super::names;
use super::table::{self, Day, Row};
use super::{Rate, Rates};
use anyhow::{Context as _, Result};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

/// Whose rows they are. The later ones have the last word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Brought along by the program.
    BuiltIn,
    /// The person's price file.
    File,
    /// The config.
    Config,
}

impl Layer {
    pub fn name(self) -> &'static str {
        match self {
            Layer::BuiltIn => "built in",
            Layer::File => "price file",
            Layer::Config => "config",
        }
    }
}

/// How the name of a model was found in the table, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    Exact,
    Alias,
    /// Without the provider in its name, or at the price of another provider than was said.
    ProviderStripped,
    /// Without the date at its end.
    DateStripped,
    /// By a row that ends in `*`.
    Pattern,
}

impl Rule {
    pub fn name(self) -> &'static str {
        match self {
            Rule::Exact => "exact",
            Rule::Alias => "alias",
            Rule::ProviderStripped => "provider stripped",
            Rule::DateStripped => "date suffix stripped",
            Rule::Pattern => "pattern",
        }
    }
}

/// Rows and other names of models.
#[derive(Clone, Debug, Default)]
pub struct Book {
    rows: Vec<(Layer, Row)>,
    aliases: HashMap<String, String>,
    /// Other names that the person gave, which come before everything.
    own_aliases: HashMap<String, String>,
    by_model: HashMap<String, Vec<usize>>,
}

/// The rows that a name was found to mean.
struct Found {
    rule: Rule,
    /// The name as it stands in the table.
    matched: String,
    rows: Vec<usize>,
}

/// What a model costs in some days: by length of input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub rule: Rule,
    pub matched: String,
    pub layer: Layer,
    pub provider: String,
    pub tier: String,
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub source: String,
    /// For more input tokens than the number, the greatest first.
    pub bands: Vec<(i64, Rates)>,
}

impl Version {
    /// The rates of a use with so much input.
    pub fn rates(&self, input: i64) -> Option<&Rates> {
        self.bands.iter().find(|(above, _)| input > *above || *above == 0).map(|(_, rates)| rates)
    }

    /// Whether it holds on the day of an instant.
    pub fn is_in_force(&self, ts_ns: i64) -> bool {
        self.from.is_none_or(|from| from.start_ns() <= ts_ns) && self.to.is_none_or(|to| ts_ns < to.start_ns())
    }
}

/// Everything that a model can go by, what comes first first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series(pub Vec<Version>);

impl Series {
    /// The place of what holds on the day of an instant, served this way.
    pub fn at(&self, tier: &str, ts_ns: i64) -> Option<usize> {
        self.0.iter().position(|version| version.tier == tier && version.is_in_force(ts_ns))
    }
}

const PRICES: &str = include_str!("prices.csv");
const ALIASES: &str = include_str!("aliases.csv");

impl Book {
    /// The table that the program brings along.
    ///
    /// # Panics
    /// Never: a test reads it.
    pub fn built_in() -> Book {
        let mut book = Book::default();
        book.add(Layer::BuiltIn, table::from_csv(PRICES).expect("the table is read by a test"));
        for line in ALIASES.lines().skip(1) {
            if let Some((name, model)) = line.split_once(',') {
                book.aliases.insert(name.to_owned(), model.to_owned());
            }
        }
        book
    }

    /// Adds rows.
    pub fn add(&mut self, layer: Layer, rows: Vec<Row>) {
        for row in rows {
            self.by_model.entry(row.model.clone()).or_default().push(self.rows.len());
            self.rows.push((layer, row));
        }
    }

    /// Adds the rows of a file.
    ///
    /// # Errors
    /// It is no table of prices; the cause names the line.
    pub fn add_file(&mut self, text: &str) -> Result<()> {
        self.add(Layer::File, table::from_csv(text).context("it is no table of prices")?);
        Ok(())
    }

    /// Says that a model costs what another does.
    pub fn same(&mut self, model: &str, as_model: &str) {
        self.own_aliases.insert(model.to_lowercase(), as_model.to_lowercase());
    }

    pub fn rows(&self) -> impl Iterator<Item = (Layer, &Row)> {
        self.rows.iter().map(|(layer, row)| (*layer, row))
    }

    /// The names of all models, for whom one is not found.
    pub fn models(&self) -> BTreeSet<&str> {
        self.by_model.keys().chain(self.aliases.keys()).chain(self.own_aliases.keys()).map(String::as_str).collect()
    }

    /// The latest day on which a row was read from its source.
    pub fn retrieved(&self) -> Option<Day> {
        self.rows.iter().filter_map(|(_, row)| row.retrieved).max()
    }

    /// What tells this book from every other: eight digits.
    pub fn digest(&self) -> String {
        let mut text = String::new();
        for layer in [Layer::BuiltIn, Layer::File, Layer::Config] {
            // Where a price is from and when it was read is no price.
            let plain = |row: &Row| Row { source: String::new(), retrieved: None, ..row.clone() };
            let rows: Vec<Row> = self.rows.iter().filter(|(of, _)| *of == layer).map(|(_, row)| plain(row)).collect();
            text.push_str(&table::to_csv(&rows));
        }
        let aliases: BTreeSet<_> = self.aliases.iter().chain(&self.own_aliases).collect();
        for (name, model) in aliases {
            let _ = writeln!(text, "{name},{model}");
        }
        format!("{:08x}", twox_hash::XxHash3_64::oneshot(text.as_bytes()) >> 32)
    }

    /// All that a model of a provider can go by; empty where the table does not know it.
    pub fn series(&self, model: &str, provider: Option<&str>) -> Series {
        let model = model.trim().to_lowercase();
        let provider = provider.map(names::provider).filter(|provider| !provider.is_empty());
        let mut versions = Vec::new();
        let is_own = |layer: Layer| layer == Layer::Config;
        self.find(&model, provider.as_deref(), is_own, &mut versions);
        match self.own_aliases.get(&model) {
            Some(other) => {
                let from = versions.len();
                self.find(other, provider.as_deref(), |_| true, &mut versions);
                versions[from..].iter_mut().for_each(|version| version.rule = Rule::Alias);
            }
            None => self.find(&model, provider.as_deref(), |layer| !is_own(layer), &mut versions),
        }
        Series(versions)
    }

    /// The versions that a name means among some layers, by every rule in turn: where the surest has none for a day, the next
    /// is asked.
    fn find(&self, model: &str, provider: Option<&str>, of: impl Fn(Layer) -> bool, into: &mut Vec<Version>) {
        let known = |name: &str| -> Vec<usize> {
            let rows = self.by_model.get(name).into_iter().flatten().copied();
            rows.filter(|row| of(self.rows[*row].0)).collect()
        };
        let at = |rule: Rule, name: &str, provider: Option<&str>| {
            let rows = self.chosen(known(name), provider)?;
            Some(Found { rule, matched: name.to_owned(), rows })
        };
        // First at the provider that was said or is in the name, then at whichever is known.
        let anywhere = |rule: Rule, name: &str, taken: Option<&str>| {
            let also = |provider: Option<&str>| {
                at(rule, name, provider).or_else(|| at(rule, self.aliases.get(name)?, provider))
            };
            let said = taken.or(provider).and_then(|provider| also(Some(provider)));
            said.or_else(|| also(None))
        };
        let with_provider = provider.map(|provider| format!("{provider}/{model}"));
        let stripped = names::without_provider(model);
        let dated = || stripped.iter().filter_map(|(name, taken)| Some((names::without_date(name)?, taken)));
        let prefixes = (0..=model.len()).rev().filter_map(|end| model.get(..end));
        let found = [
            at(Rule::Exact, model, provider).or_else(|| at(Rule::Exact, with_provider.as_deref()?, None)),
            self.aliases.get(model).and_then(|other| at(Rule::Alias, other, provider)),
            stripped.iter().find_map(|(name, taken)| anywhere(Rule::ProviderStripped, name, taken.as_deref())),
            dated().find_map(|(name, taken)| anywhere(Rule::DateStripped, name, taken.as_deref())),
            prefixes.into_iter().find_map(|prefix| at(Rule::Pattern, &format!("{prefix}*"), provider)),
        ];
        let mut met: Vec<Found> = Vec::new();
        for found in found.into_iter().flatten() {
            if met.iter().all(|known| known.rows != found.rows) {
                self.versions(&found, into);
                met.push(found);
            }
        }
    }

    /// Of the rows of one name those of one provider: the one that was said, or its maker, or the only one there is.
    fn chosen(&self, rows: Vec<usize>, provider: Option<&str>) -> Option<Vec<usize>> {
        let of = |row: &usize| self.rows[*row].1.provider.as_str();
        let providers: BTreeSet<&str> = rows.iter().map(of).filter(|provider| !provider.is_empty()).collect();
        let first = providers.iter().copied().min_by_key(|provider| names::standing(provider));
        // Of several that only host it nobody knows which was meant.
        let first = first.filter(|first| providers.len() == 1 || names::standing(first) < names::standing(""));
        let only = provider.map_or(first, |provider| providers.get(provider).copied());
        let is_meant = |row: &usize| of(row).is_empty() || Some(of(row)) == only;
        let rows: Vec<usize> = rows.iter().copied().filter(is_meant).collect();
        (!rows.is_empty()).then_some(rows)
    }

    /// The versions of some rows, what comes first first.
    fn versions(&self, found: &Found, into: &mut Vec<Version>) {
        let start = into.len();
        for (layer, row) in found.rows.iter().map(|row| &self.rows[*row]) {
            let band = (row.above, row.rates);
            let same = into[start..].iter_mut().find(|version| {
                let own = (version.layer, &version.provider, &version.tier, version.from, version.to);
                own == (*layer, &row.provider, &row.tier, row.from, row.to)
            });
            match same {
                Some(version) => version.bands.push(band),
                None => into.push(Version {
                    rule: found.rule,
                    matched: found.matched.clone(),
                    layer: *layer,
                    provider: row.provider.clone(),
                    tier: row.tier.clone(),
                    from: row.from,
                    to: row.to,
                    source: row.source.clone(),
                    bands: vec![band],
                }),
            }
        }
        for version in &mut into[start..] {
            version.bands.sort_by_key(|(above, _)| Reverse(*above));
        }
        into[start..].sort_by_key(|version| Reverse((version.layer, version.from)));
    }

    /// Rows for a file, out of what a price list says on a day: what is new to the book, and what costs another price than
    /// it knows, from that day on. What the book knows already is left out.
    pub fn news(&self, list: Vec<Row>, day: Day) -> Vec<Row> {
        let mut news: Vec<Row> = Vec::new();
        let of = |row: &Row| (row.model.clone(), row.provider.clone());
        let mut listed: HashMap<(String, String), Vec<Row>> = HashMap::new();
        for row in list {
            listed.entry(of(&row)).or_default().push(row);
        }
        for ((model, provider), rows) in listed {
            let mut known = Vec::new();
            self.find(&model, Some(&provider), |layer| layer != Layer::Config, &mut known);
            known.retain(|version| version.provider == provider);
            let series = Series(known);
            let tiers: BTreeSet<&str> = rows.iter().map(|row| row.tier.as_str()).collect();
            for tier in tiers {
                let now = series.at(tier, day.start_ns()).map_or(&[][..], |at| &series.0[at].bands);
                let said = rows.iter().filter(|row| row.tier == tier);
                let said: Vec<Row> =
                    said.map(|row| Row { rates: row.rates.with_parts_of(row.above, now), ..row.clone() }).collect();
                let mut bands: Vec<(i64, Rates)> = said.iter().map(|row| (row.above, row.rates)).collect();
                bands.sort_by_key(|(above, _)| Reverse(*above));
                if now == bands {
                    continue;
                }
                // A price that the table never knew is taken to be as old as the model.
                let from = (!series.0.is_empty()).then_some(day);
                news.extend(said.into_iter().map(|row| Row { from, ..row }));
            }
        }
        news.sort_by(|a, b| {
            let key = |row: &Row| (row.provider.clone(), row.model.clone(), row.tier.clone(), row.above);
            key(a).cmp(&key(b))
        });
        news
    }

    /// The rows of a file with `news` laid over them: what changes gets its last day.
    pub fn updated(file: Vec<Row>, news: Vec<Row>) -> Vec<Row> {
        let mut rows = file;
        for row in &mut rows {
            let next = news.iter().filter(|new| {
                (&new.model, &new.provider, &new.tier) == (&row.model, &row.provider, &row.tier) && new.from > row.from
            });
            let ends = next.filter_map(|new| new.from).min();
            if row.to.is_none() {
                row.to = ends;
            }
        }
        // What was read twice on one day holds as it was read last.
        rows.retain(|row| {
            !news.iter().any(|new| {
                (&new.model, &new.provider, &new.tier, new.from) == (&row.model, &row.provider, &row.tier, row.from)
            })
        });
        rows.extend(news);
        rows
    }
}

impl Rates {
    /// The same with the parts that a list leaves out as they were: of them it says nothing, as long as input and output are
    /// what they were.
    fn with_parts_of(self, above: i64, known: &[(i64, Rates)]) -> Rates {
        let same =
            |(of, rates): &&(i64, Rates)| *of == above && (rates.input, rates.output) == (self.input, self.output);
        known.iter().find(same).map_or(self, |(_, known)| Rates {
            cached_input: self.cached_input.or(known.cached_input),
            cache_write: self.cache_write.or(known.cache_write),
            cache_write_1h: self.cache_write_1h.or(known.cache_write_1h),
            reasoning: self.reasoning.or(known.reasoning),
            ..self
        })
    }

    /// The rates that are its own, by name.
    pub fn named(&self) -> [(&'static str, Option<Rate>); 6] {
        [
            ("input", Some(self.input)),
            ("output", Some(self.output)),
            ("cached_input", self.cached_input),
            ("cache_write", self.cache_write),
            ("cache_write_1h", self.cache_write_1h),
            ("reasoning", self.reasoning),
        ]
    }
}

#[cfg(test)]
#[path = "book/tests.rs"]
mod tests;
