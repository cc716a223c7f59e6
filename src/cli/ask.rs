//! From arguments to a query: names are looked up, dates are read, and what is not understood is said with its neighbour.

use super::Trouble;
use super::args::{Args, Asked, FilterArgs, OutputArgs, ShapeArgs};
use super::config::Config;
use crate::event::{Field, Shape};
use crate::fixed;
use crate::metric::{self, Better};
use crate::query::{Dimension, Filter, Filters, Quantile, Query, Setting, Sort, Tested};
use crate::report::{self, Report};
use crate::spelling;
use crate::time::{self, Every, Period, Zone};
use anyhow::{Context, Result, bail};
use clap::CommandFactory as _;

/// The reports asked for, `None` where none was named.
///
/// # Errors
/// There is no such report.
pub fn reports(asked: &Asked) -> Result<Option<Vec<&'static Report>>> {
    let names: Vec<&str> = asked.bare.iter().chain(&asked.report).map(|name| name.trim()).collect();
    if names.is_empty() {
        return Ok(None);
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

/// Refuses a shape where no report asked for has rows by dimension, which it could shape.
///
/// # Errors
/// There is such a flag.
pub fn check_shape(reports: &[&Report], args: &ShapeArgs) -> Result<()> {
    let given = [("--by", !args.by.is_empty()), ("--every", args.every.is_some()), ("--sort", args.sort.is_some())];
    let Some((flag, _)) = given.into_iter().find(|(_, is_given)| *is_given) else { return Ok(()) };
    match reports {
        [first, ..] if reports.iter().all(|report| report.by.is_empty()) => {
            let says = format!("`{flag}` means nothing to `{}`, which has no rows by dimension", first.name);
            Err(Trouble::new(says).hint(format!("`prompt-analytics {} --help` says what it shows", first.name)).into())
        }
        _ => Ok(()),
    }
}

fn no_report(name: &str) -> Trouble {
    let command = Args::command();
    let verbs: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    let names = report::names();
    let known: Vec<&str> = names.iter().chain(&verbs).copied().collect();
    let all = format!("all reports: {}", names.join(" "));
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
    let mut query = Query::everything(now_ns, zone(&asked.output, config)?);
    query.period = period(&asked.filters, &query.zone, now_ns)?;
    query.filters = filters(&asked.filters)?;
    shape(&asked.shape, &mut query)?;
    targets(config, &mut query)?;
    Ok(query)
}

/// The zone of the arguments, else of the config, else of the machine.
///
/// # Errors
/// There is no such zone.
pub fn zone(output: &OutputArgs, config: &Config) -> Result<Zone> {
    let Some(name) = output.timezone.as_ref().filter(|name| !name.is_empty()).or(config.timezone.as_ref()) else {
        return Ok(Zone::system());
    };
    let unknown = || {
        Trouble::new(format!("there is no time zone `{name}`"))
            .hint("zones have names such as `Europe/Lisbon` or `UTC`")
    };
    Ok(Zone::named(name).map_err(|_| unknown())?)
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
        return Ok(Some(Period { since_ns: Some(span.start_ns), until_ns: Some(span.end_ns) }));
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

fn shape(args: &ShapeArgs, query: &mut Query) -> Result<()> {
    if !args.by.is_empty() {
        let mut by = Vec::new();
        for name in &args.by {
            let dimension = Dimension::named(name.trim()).ok_or_else(|| {
                let names = Dimension::ALL.map(Dimension::name);
                Trouble::new(spelling::unknown("dimension", name, &names))
            })?;
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
    query.top = args.top;
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
    if let Some(confidence) = args.min_confidence {
        if !(0.0..=1.0).contains(&confidence) {
            bail!("--min-confidence is {confidence}, and must be a probability from 0 to 1");
        }
        query.min_confidence = confidence;
    }
    Ok(())
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

fn targets(config: &Config, query: &mut Query) -> Result<()> {
    for (metric, over) in &config.targets {
        let known: Vec<&str> = query.levels.base().iter().map(|level| &*level.metric).collect();
        let Some(judged) = metric::named(metric).filter(|judged| judged.better != Better::Neither) else {
            bail!("[targets.{metric}] in the config: {}", spelling::unknown("target", metric, &known));
        };
        if let Some(target) = over.target {
            let (low, high) = judged.range();
            if !(low..=high).contains(&target) {
                let to = if high < f64::MAX { format!(" to {high}") } else { String::new() };
                bail!("[targets.{metric}] in the config: `target` is {target}, and must be a number from {low}{to}");
            }
        }
        query.levels.set(&Setting {
            metric: metric.clone(),
            target: over.target.map(Some),
            minimum_n: over.minimum,
            ..Setting::default()
        });
    }
    Ok(())
}
