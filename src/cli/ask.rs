//! From arguments to a query: names are looked up, dates are read, and what is not understood is said with its neighbour.

use super::Trouble;
use super::args::{Args, Asked, FilterArgs, OutputArgs, ShapeArgs};
use super::chart;
use super::config::Config;
use super::views;
use crate::event::{Field, Shape};
use crate::fixed;
use crate::metric;
use crate::query::{Compare, Dimension, Filter, Filters, Quantile, Query, Sort, Tested};
use crate::render::visible;
use crate::report::{self, Flag, Report};
use crate::sheet::Unit;
use crate::spelling;
use crate::time::{self, Every, Period, Zone};
use anyhow::{Context, Result, bail};
use clap::CommandFactory as _;
use std::io::Write as _;

/// The reports asked for, `None` where none was named.
///
/// # Errors
/// There is no such report.
pub fn reports(asked: &Asked) -> Result<Option<Vec<&'static Report>>> {
    let names: Vec<&str> = asked.bare.iter().chain(&asked.report).map(|name| name.trim()).collect();
    if let Some(name) = chart::report(&asked.output.chart).filter(|_| names.is_empty()) {
        return Ok(Some(vec![report::named(name).ok_or_else(|| no_report(name))?]));
    }
    if names.is_empty() {
        // What to compare says what is asked.
        return Ok(asked.shape.compare.as_ref().and_then(|_| report::named("compare")).map(|report| vec![report]));
    }
    let mut reports: Vec<&'static Report> = Vec::new();
    for name in names {
        let found = match name {
            "all" => report::ALL.to_vec(),
            name => vec![report::named(name).ok_or_else(|| no_report(name))?],
        };
        for report in found {
            if !reports.iter().any(|known| known.name == report.name) {
                reports.push(report);
            }
        }
    }
    Ok(Some(reports))
}

/// Refuses a flag that means nothing to any report asked for.
///
/// # Errors
/// There is such a flag.
pub fn check_shape(reports: &[&Report], args: &ShapeArgs) -> Result<()> {
    let given = [
        (Flag::By, !args.by.is_empty()),
        (Flag::Every, args.every.is_some()),
        (Flag::Sort, args.sort.is_some()),
        (Flag::Metric, !args.metric.is_empty()),
        (Flag::Compare, args.compare.is_some()),
        (Flag::Recompute, args.recompute),
        (Flag::SessionLength, args.session_length.is_some()),
    ];
    let reports = if reports.is_empty() { &report::ALL[..1] } else { reports };
    for (flag, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
        if !reports.iter().any(|report| report.takes.contains(&flag)) {
            return Err(means_nothing(flag, reports[0]).into());
        }
    }
    Ok(())
}

fn means_nothing(flag: Flag, report: &Report) -> Trouble {
    let (flag_name, name) = (flag.name(), report.name);
    let says = format!("`--{flag_name}` means nothing to `{name}`");
    let says = match flag {
        Flag::By | Flag::Every | Flag::Sort => format!("{says}, which has no rows by dimension"),
        _ => says,
    };
    let takers: Vec<&str> =
        report::ALL.iter().filter(|report| report.takes.contains(&flag)).map(|report| report.name).collect();
    let hint = match takers[..] {
        [only] => format!("the report `{only}` takes it: `prompt-analytics {only} --help`"),
        [first, second] => format!("`{first}` and `{second}` take it: `prompt-analytics {first} --help`"),
        _ => format!("`prompt-analytics {name} --help` says what it shows"),
    };
    Trouble::new(says).hint(hint)
}

fn no_report(name: &str) -> Trouble {
    let command = Args::command();
    let verbs: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let names = report::names();
    let views = views::names();
    let known: Vec<&str> = names.iter().chain(&views).chain(&verbs).copied().collect();
    let all = format!("all reports: {}, and {}", names.join(" "), views.join(" "));
    match spelling::nearest(name, &known) {
        Some(verb) if verb == name => {
            let report = names.iter().find(|report| report.starts_with(verb));
            let meant = report.map(|report| format!("did you mean the report `{report}`? ")).unwrap_or_default();
            Trouble::new(format!("`{verb}` is a command, and no report beside others"))
                .hint(format!("{meant}`prompt-analytics {verb} --help` says what it takes"))
        }
        Some(verb) if verbs.contains(&verb) => Trouble::new(format!("there is no report or command `{name}`"))
            .hint(format!("did you mean `{verb}`? `prompt-analytics {verb} --help` says what it takes")),
        Some(nearest) => {
            Trouble::new(format!("there is no report `{name}`")).hint(format!("did you mean `{nearest}`? {all}"))
        }
        None => Trouble::new(format!("there is no report `{name}`")).hint(all),
    }
}

/// The question.
///
/// # Errors
/// A flag's value is not understood, or a setting of the config.
pub fn query(asked: &Asked, config: &Config, now_ns: i64) -> Result<Query> {
    let mut query = filtered(&asked.filters, &asked.output, config, now_ns)?;
    shape(&asked.shape, &mut query)?;
    query.levels = config.levels();
    query.watch = config.watch();
    Ok(query)
}

/// The question of what is let through, without a shape.
///
/// # Errors
/// A flag's value is not understood.
pub fn filtered(args: &FilterArgs, output: &OutputArgs, config: &Config, now_ns: i64) -> Result<Query> {
    let mut query = Query::everything(now_ns, zone(output, config)?);
    query.period = period(args, &query.zone, now_ns)?;
    query.filters = filters(args)?;
    Ok(query)
}

/// The zone of the arguments, else of the config, else of the machine, else UTC.
///
/// # Errors
/// There is no such zone.
pub fn zone(output: &OutputArgs, config: &Config) -> Result<Zone> {
    let asked = output.timezone.as_deref().filter(|name| !name.is_empty());
    asked.or(config.timezone()).map_or_else(|| Ok(Zone::system().unwrap_or_else(utc_instead)), zone_named)
}

/// The zone of a name.
///
/// # Errors
/// There is no such zone.
pub fn zone_named(name: &str) -> Result<Zone> {
    let unknown = || {
        Trouble::new(format!("there is no time zone `{name}`"))
            .hint("zones have names such as `Europe/Lisbon` or `UTC`")
    };
    Ok(Zone::named(name).map_err(|_| unknown())?)
}

/// Days in UTC, and a word to whoever asked for others. A machine that has no zone asked for none.
fn utc_instead() -> Zone {
    if let Some(name) = std::env::var_os("TZ") {
        let name = visible(&name.to_string_lossy()).into_owned();
        let _ = writeln!(anstream::stderr(), "note: TZ is `{name}`, which is no zone known here: days are UTC");
    }
    Zone::utc()
}

fn period(args: &FilterArgs, zone: &Zone, now_ns: i64) -> Result<Option<Period>> {
    let span = |flag: &str, expression: &Option<String>| -> Result<Option<time::Span>> {
        let Some(expression) = expression else { return Ok(None) };
        let span = time::span(expression, zone, now_ns).map_err(|error| {
            Trouble::new(format!("{flag}: {error}")).hint(format!("a date looks like {}", error.root_cause()))
        })?;
        Ok(Some(span))
    };
    if let Some(span) = span("--period", &args.period)? {
        return Ok(Some(span.into()));
    }
    let since_ns = span("--since", &args.since)?.map(|span| span.start_ns);
    let until_ns = span("--until", &args.until)?.map(|span| span.end_ns);
    if let (Some(since), Some(until)) = (since_ns, until_ns)
        && since >= until
    {
        let [first, last] = [&args.since, &args.until].map(|asked| asked.as_deref().unwrap_or_default());
        let says = format!("--since {first} does not begin before --until {last} ends");
        return Err(Trouble::new(says).hint(format!("swap them: `--since {last} --until {first}`")).into());
    }
    Ok((since_ns.is_some() || until_ns.is_some()).then_some(Period { since_ns, until_ns }))
}

fn filters(args: &FilterArgs) -> Result<Filters> {
    let patterns = [
        (Tested::Dimension(Dimension::Prompt), &args.prompt),
        (Tested::Dimension(Dimension::Template), &args.template),
        (Tested::Dimension(Dimension::Starter), &args.starter),
        (Tested::Dimension(Dimension::Category), &args.category),
        (Tested::Dimension(Dimension::Domain), &args.domain),
        (Tested::Dimension(Dimension::Model), &args.model),
        (Tested::Dimension(Dimension::Provider), &args.provider),
        (Tested::Dimension(Dimension::Project), &args.project),
        (Tested::Dimension(Dimension::Conversation), &args.conversation),
        (Tested::Dimension(Dimension::User), &args.user),
        (Tested::Dimension(Dimension::PromptVersion), &args.prompt_version),
        (Tested::Dimension(Dimension::Variant), &args.variant),
        (Tested::Dimension(Dimension::Source), &args.source),
        (Tested::Dimension(Dimension::Host), &args.host),
        (Tested::Dimension(Dimension::ErrorType), &args.error_type),
        (Tested::Tag, &args.tag),
    ];
    let asked = patterns.into_iter().filter(|(_, patterns)| !patterns.is_empty());
    let min_rating = rating("--min-rating", args.min_rating.as_deref())?;
    let max_rating = rating("--max-rating", args.max_rating.as_deref())?;
    if let (Some(min), Some(max)) = (min_rating, max_rating)
        && min > max
    {
        let [min, max] = [min, max].map(|rating| fixed::text(i128::from(rating), 9));
        return Err(Trouble::new(format!("--min-rating {min} is above --max-rating {max}"))
            .hint(format!("swap them: `--min-rating {max} --max-rating {min}`"))
            .into());
    }
    let success = if args.success { Some(true) } else { args.failed.then_some(false) };
    Ok(Filters {
        patterns: asked.map(|(tested, patterns)| Filter { tested, patterns: patterns.clone() }).collect(),
        success,
        min_rating,
        max_rating,
    })
}

fn rating(flag: &str, text: Option<&str>) -> Result<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    let shape: Shape = Field::Rating.shape();
    match fixed::parse(text, shape.decimals()).filter(|rating| shape.holds(*rating)) {
        Some(rating) => Ok(Some(rating)),
        None => bail!("{flag} is `{text}`, and must be {}", shape.range()),
    }
}

/// The longest block.
const HOURS_OF_A_WEEK: u32 = 168;

fn shape(args: &ShapeArgs, query: &mut Query) -> Result<()> {
    if !args.by.is_empty() {
        let mut by = Vec::new();
        for name in &args.by {
            let dimension = dimension(name.trim(), &[])?;
            if !by.contains(&dimension) {
                by.push(dimension);
            }
        }
        query.by = Some(by);
    }
    if let Some(name) = &args.every {
        let every = Every::ALL.into_iter().find(|every| every.name() == name);
        query.every =
            Some(every.ok_or_else(|| Trouble::new(spelling::unknown("bucket", name, &Every::ALL.map(Every::name))))?);
    }
    query.compare = args.compare.as_deref().map(compare).transpose()?;
    query.top = args.top;
    query.is_recomputed = args.recompute;
    if let Some(hours) = args.session_length {
        if !(1..=HOURS_OF_A_WEEK).contains(&hours) {
            bail!("--session-length is {hours}, and must be hours from 1 to {HOURS_OF_A_WEEK}");
        }
        query.block_hours = hours;
    }
    query.sort = args.sort.as_deref().map(sort).transpose()?;
    if !args.quantiles.is_empty() {
        let quantile = |text: &String| {
            Quantile::percent(text.trim())
                .with_context(|| format!("--quantiles: `{text}` is not a percentage from 0 to 100"))
        };
        let mut quantiles: Vec<Quantile> = args.quantiles.iter().map(quantile).collect::<Result<_>>()?;
        quantiles.sort_unstable();
        quantiles.dedup();
        query.quantiles = Some(quantiles);
    }
    if !args.metric.is_empty() {
        query.metrics = Some(metrics(&args.metric)?);
    }
    if let Some(confidence) = args.min_confidence {
        if !(0.0..=1.0).contains(&confidence) {
            bail!("--min-confidence is {confidence}, and must be a probability from 0 to 1");
        }
        query.min_confidence = confidence;
    }
    Ok(())
}

/// The keys of metrics, each once: those of the catalogue that are numbers, and quantiles.
fn metrics(asked: &[String]) -> Result<Vec<String>> {
    let numbers = metric::ALL.iter().filter(|metric| metric.unit != Unit::Instant);
    let known: Vec<&str> = numbers.map(|metric| &*metric.key).chain(["p50_ms", "p95_ms", "p99_ms"]).collect();
    let mut keys: Vec<String> = Vec::new();
    for key in asked.iter().map(|key| key.trim()) {
        let is_known = known.contains(&key) || metric::named(key).is_some_and(|metric| metric.unit != Unit::Instant);
        if !is_known {
            return Err(Trouble::new(spelling::unknown("metric", key, &known)).into());
        }
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    Ok(keys)
}

/// `period`, `model`, or `model=a,b`.
fn compare(text: &str) -> Result<Compare> {
    let (what, names) = text.split_once('=').map_or((text, None), |(what, names)| (what, Some(names)));
    if what == "period" && names.is_none() {
        return Ok(Compare::Period);
    }
    let dimension = dimension(what.trim(), &["period"])?;
    if let Dimension::Bucket(every) = dimension {
        let says = format!("--compare cannot take {}s by name", every.name());
        let hint = format!("one with the one before it: `--compare period --period 2026-11`, or this {}", every.name());
        return Err(Trouble::new(says).hint(hint).into());
    }
    let names: Vec<String> = names.map_or_else(Vec::new, |names| {
        names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    });
    let mut once = names.clone();
    once.sort_unstable();
    once.dedup();
    if names.len() == 1 || once.len() < names.len() {
        let says = format!("--compare {text} takes two different names or more");
        return Err(Trouble::new(says)
            .hint(format!("`--compare {0}=A,B`, or `--compare {0}`", dimension.name()))
            .into());
    }
    Ok(Compare::Names(dimension, names))
}

/// The dimension called `name`; `others` are words that could have stood in its place.
fn dimension(name: &str, others: &[&str]) -> Result<Dimension> {
    let unknown = || {
        let names: Vec<&str> =
            Dimension::ALL.iter().map(|dimension| dimension.name()).chain(others.iter().copied()).collect();
        Trouble::new(spelling::unknown("dimension", name, &names))
    };
    Ok(Dimension::named(name).ok_or_else(unknown)?)
}

fn sort(text: &str) -> Result<Sort> {
    let (key, is_descending) = match text.split_once(':') {
        None => (text, None),
        Some((key, "asc")) => (key, Some(false)),
        Some((key, "desc")) => (key, Some(true)),
        Some((_, other)) => bail!("--sort goes `asc` or `desc`, not `{other}`"),
    };
    Ok(Sort { key: key.to_owned(), is_descending })
}
