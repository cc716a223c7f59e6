//! The settings, each said once: where it stands, what it may be, what it means. Reading, showing, `config init`, the schema
//! and the nearest key of a typo grow from this table.

use super::layer::{Said, Table, Value};
use crate::event::Keep;
use crate::import;
use crate::metric::{self, Better, Metric};
use crate::query::{Levels, Quantile, Watch};
use crate::severity::Severity;
use crate::time::Every;

/// One setting.
#[derive(Debug)]
pub struct Setting {
    pub key: &'static str,
    pub shape: Shape,
    /// A clause without a full stop.
    pub means: &'static str,
    /// A value in TOML to begin with, where there is no default; empty where `config init` leaves the setting out.
    pub example: &'static str,
}

/// What a setting may be.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Path,
    Zone,
    /// Text that is never shown again.
    Secret,
    /// One of some words.
    Word(fn() -> Vec<&'static str>),
    /// A number that the section's metric can be, or `false` for none.
    Level,
    /// A number that the section's metric can be.
    Mark,
    /// A whole number from 0.
    Whole,
    /// Dollars from 0.
    Dollars,
    /// A date expression that spans some time.
    Window,
    /// A glob over the names of the dimension that the key names.
    Glob,
    /// Any text that is not empty.
    Text,
    /// A name that is no glob.
    Name,
    /// Dollars for a million tokens, as a decimal in quotes or a number.
    Price,
    /// A civil day.
    Day,
}

/// Settings that stand together.
#[derive(Debug)]
pub struct Section {
    /// Empty for what stands before the first header.
    pub name: &'static str,
    pub form: Form,
    /// A sentence without a full stop.
    pub means: &'static str,
    pub settings: &'static [Setting],
}

/// How a section is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `[name]`, or no header at all.
    Table,
    /// `[name.METRIC]`
    Metrics,
    /// `[[name]]`
    List,
    /// `[[name]]` with `[name.METRIC]` below it.
    ListOfMetrics,
}

impl Form {
    pub fn is_list(self) -> bool {
        matches!(self, Form::List | Form::ListOfMetrics)
    }
}

const fn setting(key: &'static str, shape: Shape, means: &'static str, example: &'static str) -> Setting {
    Setting { key, shape, means, example }
}

const KEEPS: Shape = Shape::Word(|| Keep::ALL.map(Keep::name).to_vec());
const SEVERITIES: Shape = Shape::Word(|| Severity::ALL.map(Severity::name).to_vec());
const TABLES: Shape =
    Shape::Word(|| import::ALL.iter().filter(|source| source.how.is_table()).map(|source| source.name).collect());
const SILENCES: Shape = Shape::Word(|| vec!["alert", "ignore"]);
/// The spans that something may be spent in.
pub const SPENT_IN: [Every; 3] = [Every::Day, Every::Week, Every::Month];

pub const TOP: Section = Section {
    name: "",
    form: Form::Table,
    means: "What stands before the first section",
    settings: &[
        setting("dir", Shape::Path, "the metrics directory; only in the user's own file", "\"~/metrics\""),
        setting("timezone", Shape::Zone, "the IANA zone of days, weeks and months", "\"Europe/Lisbon\""),
    ],
};

pub const PRIVACY: Section = Section {
    name: "privacy",
    form: Form::Table,
    means: "What becomes of personal values before anything reaches the disk",
    settings: &[
        setting("user", KEEPS, "`user_id`", ""),
        setting("parameters", KEEPS, "the values of `parameters`", ""),
        setting("text", KEEPS, "`feedback_text` and `feedback`", ""),
        setting("salt", Shape::Secret, "put before what is hashed, so that a list of names cannot undo it", "\"\""),
    ],
};

pub const TARGETS: Section = Section {
    name: "targets",
    form: Form::Metrics,
    means: "What is expected of a metric, in its own unit: any that has a better side, such as success_rate, mean_ms or p95_ms",
    settings: LEVEL,
};

/// The settings of a metric, for everybody or in an override.
const LEVEL: &[Setting] = &[
    setting("target", Shape::Level, "to be reached: recommendations judge by it; `false` is none", ""),
    setting("alert", Shape::Level, "past it an alert is raised; `false` is none", ""),
    setting(
        "clear",
        Shape::Mark,
        "back at it an alert is closed, between `alert` and `target`; else a tenth of `alert` on its good side",
        "",
    ),
    setting("severity", SEVERITIES, "how bad it is to be past the alert level", ""),
    setting("minimum", Shape::Whole, "observations it takes to judge", ""),
];

pub const OVERRIDE: Section = Section {
    name: "override",
    form: Form::ListOfMetrics,
    means: "Other levels for the prompts, templates, categories or models (one of them) whose names match; of several that \
            match, the last counts, setting by setting",
    settings: &[
        setting("prompt", Shape::Glob, "prompts whose levels these are", "\"translate-*\""),
        setting("template", Shape::Glob, "templates whose levels these are", ""),
        setting("category", Shape::Glob, "task categories whose levels these are", ""),
        setting("model", Shape::Glob, "models whose levels these are", ""),
    ],
};

pub const ALERTS: Section = Section {
    name: "alerts",
    form: Form::Table,
    means: "What alerts look at",
    settings: &[
        setting("window", Shape::Window, "the span they look at where no period is asked for", ""),
        setting("silence", SILENCES, "a subject that was used enough in the span before, and not in this one", ""),
        setting(
            "low_usage",
            Shape::Whole,
            "a prompt with as many uses in the span before and fewer in this one is named",
            "",
        ),
    ],
};

pub const BUDGET: Section = Section {
    name: "budget",
    form: Form::List,
    means: "What may be spent in a civil day, week or month; by everybody, or by the names of one dimension that match, together",
    settings: &[
        setting("every", Shape::Word(|| SPENT_IN.map(Every::name).to_vec()), "the span it is for; needed", "\"month\""),
        setting("usd", Shape::Dollars, "dollars that may be spent in it; needed", "100"),
        setting("severity", SEVERITIES, "how bad it is to spend more", ""),
        setting("prompt", Shape::Glob, "prompts that it is for", ""),
        setting("template", Shape::Glob, "templates that it is for", ""),
        setting("category", Shape::Glob, "task categories that it is for", ""),
        setting("model", Shape::Glob, "models that it is for", ""),
        setting("project", Shape::Glob, "projects that it is for", "\"acme-*\""),
        setting("user", Shape::Glob, "users that it is for", ""),
        setting("provider", Shape::Glob, "providers that it is for", ""),
    ],
};

pub const IMPORT: Section = Section {
    name: "import",
    form: Form::List,
    means: "Tables that `import NAME` imports, as `import SOURCE FILE --map … --set …` would",
    settings: &[
        setting("name", Shape::Text, "what the recipe is called; needed", "\"gateway\""),
        setting("source", TABLES, "what the files are; needed", "\"json\""),
        setting("files", Shape::Text, "a file, or a folder of them, where none is named", "\"~/gateway/requests\""),
        setting("map", Shape::Text, "fields and their columns, as of `--map`", "\"ts=time,input_tokens=usage.in\""),
        setting("set", Shape::Text, "fields and the same text for each record, as of `--set`", ""),
        setting("where", Shape::Text, "the records to import, as of `--where`", ""),
        setting("epoch", Shape::Text, "where `ts` counts from, as of `--epoch`", ""),
        setting("step", Shape::Text, "the unit or the distance of times, as of `--step`", ""),
    ],
};

pub const PRICE: Section = Section {
    name: "price",
    form: Form::List,
    means: "What a model costs, in dollars for a million tokens, before any table; or the model that it costs the same as",
    settings: &[
        setting("model", Shape::Name, "the model; a `*` at its end stands for any rest; needed", "\"my-llama-*\""),
        setting("same_as", Shape::Name, "the model whose prices it has, instead of its own", ""),
        setting("provider", Shape::Name, "the provider that it is the price of; else of any", ""),
        setting("from", Shape::Day, "the first day, in UTC", ""),
        setting("to", Shape::Day, "the day on which it no longer holds", ""),
        setting("tier", Shape::Name, "the `service_tier` that it is for, such as `batch`; else the usual one", ""),
        setting("above", Shape::Whole, "it is for uses with more input tokens than this", ""),
        setting("input_usd_per_mtok", Shape::Price, "input; needed, but for `same_as`", "\"0.20\""),
        setting("output_usd_per_mtok", Shape::Price, "output; needed, but for `same_as`", "\"0.60\""),
        setting("cached_input_usd_per_mtok", Shape::Price, "input read from a cache; else it is input", ""),
        setting("cache_write_usd_per_mtok", Shape::Price, "input written to a cache; else it is input", ""),
        setting(
            "cache_write_1h_usd_per_mtok",
            Shape::Price,
            "input written to a cache for an hour; else any write",
            "",
        ),
        setting("reasoning_usd_per_mtok", Shape::Price, "reasoning; else it is output", ""),
    ],
};

/// Every section, in the order they are shown.
pub const SECTIONS: [&Section; 8] = [&TOP, &PRIVACY, &TARGETS, &OVERRIDE, &ALERTS, &BUDGET, &PRICE, &IMPORT];

/// The section of a name.
pub fn section(name: &str) -> Option<&'static Section> {
    SECTIONS.into_iter().find(|section| section.name == name)
}

impl Section {
    pub fn setting(&self, key: &str) -> Option<&'static Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }

    /// The settings that each section of a list has to have.
    pub fn needed(&self) -> &'static [&'static str] {
        match self.name {
            "budget" => &["every", "usd"],
            "price" => &["model"],
            "import" => &["name", "source"],
            _ => &[],
        }
    }

    /// The setting of a key that is known to be there.
    fn own(&self, key: &str) -> &'static Setting {
        self.setting(key).expect("the table of settings has it")
    }

    fn said(&self, key: &str, value: Value) -> Said {
        Said::by_default(self.own(key), value)
    }
}

/// The metric of a key, if it can have levels.
pub fn judged(key: &str) -> Option<Metric> {
    metric::named(key).filter(|metric| metric.better != Better::Neither)
}

/// The keys of metrics that can have levels, quantiles by their usual ones.
pub fn judged_keys() -> Vec<String> {
    let quantiles =
        [Quantile::P50, Quantile::P95, Quantile::P99].map(|of| metric::quantile(metric::Spread::Latency, of));
    let judged = metric::ALL.iter().filter(|metric| metric.better != Better::Neither);
    judged.chain(&quantiles).map(|metric| metric.key.to_string()).collect()
}

/// The settings before any file: every one that has a default.
pub fn defaults() -> Vec<Table> {
    let word = |name: &str| Value::Text(name.to_owned());
    let watch = Watch::default();
    let levels = Levels::default();
    let keep = || word(Keep::default().name());
    let privacy = ["user", "parameters", "text"].map(|key| PRIVACY.said(key, keep()));
    let silence = if watch.is_silence_bad { "alert" } else { "ignore" };
    let alerts = [
        ALERTS.said("window", Value::Text(watch.window)),
        ALERTS.said("silence", word(silence)),
        ALERTS.said("low_usage", Value::Whole(watch.low_usage)),
    ];
    let level = |level: Option<f64>| level.map_or(Value::Off, Value::Number);
    let targets = levels.base().iter().map(|of| Table {
        metric: of.metric.to_string(),
        said: vec![
            TARGETS.said("target", level(of.target)),
            TARGETS.said("alert", level(of.alert)),
            TARGETS.said("severity", word(of.severity.name())),
            TARGETS.said("minimum", Value::Whole(of.minimum_n)),
        ],
        ..Table::of(&TARGETS)
    });
    let mut tables = vec![Table { said: privacy.into(), ..Table::of(&PRIVACY) }];
    tables.extend(targets);
    tables.push(Table { said: alerts.into(), ..Table::of(&ALERTS) });
    tables
}

/// How bad it is to overspend, where a budget does not say.
pub const OVERSPENT: Severity = Severity::High;

/// The default of a setting, `None` where it has none of its own: a level's depends on the metric.
pub fn default_of(section: &Section, key: &str) -> Option<Value> {
    if section.name == BUDGET.name {
        return (key == "severity").then(|| Value::Text(OVERSPENT.name().to_owned()));
    }
    let tables = defaults();
    let said = tables.iter().find(|table| table.is_of(section, ""))?.get(key)?;
    Some(said.value.clone())
}

/// A list's section with the defaults of what it does not say.
pub fn completed(mut table: Table) -> Table {
    for setting in table.section.settings {
        if let (None, Some(value)) = (table.get(setting.key), default_of(table.section, setting.key)) {
            table.put(Said::by_default(setting, value));
        }
    }
    table
}
