//! `prices`: what models cost and since when, and a price list read into the person's own file.

use super::{book, broken, path, text};
use crate::cli::args::{Everywhere, Prices, PricesList, PricesShow, PricesUpdate, PricesVerb};
use crate::cli::trouble::safe;
use crate::cli::{Trouble, ask, output, place};
use crate::coverage::count;
use crate::price::{self, Book, Day, Row, Series, per_million};
use crate::query::Query;
use crate::report::prices::{self as report, Shown};
use crate::spelling;
use crate::time::{self, Zone};
use anyhow::{Context as _, Result};
use std::fs::DirBuilder;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::ExitCode;

/// Shows prices, lists them, or reads a price list.
///
/// # Errors
/// A model has no price, a list or a file is broken, or a file cannot be written.
pub fn prices(asked: &Prices, everywhere: &Everywhere) -> Result<ExitCode> {
    match &asked.what {
        PricesVerb::Show(asked) => show(asked, everywhere),
        PricesVerb::List(asked) => list(asked, everywhere),
        PricesVerb::Update(asked) => update(asked, everywhere),
    }
}

fn show(asked: &PricesShow, everywhere: &Everywhere) -> Result<ExitCode> {
    let format = output::format(&asked.output)?;
    let now_ns = time::now(everywhere.now.as_deref())?;
    let (_, config) = place::find(everywhere)?;
    let book = book(&config)?;
    // Prices go by the day in UTC, whatever the zone.
    let on = asked.on.as_deref().map(|on| {
        time::span(on, &Zone::utc(), now_ns).map_err(|error| {
            Trouble::new(format!("--on: {error}")).hint(format!("a date looks like {}", error.root_cause()))
        })
    });
    let on = on.transpose()?.map(|span| span.start_ns);
    let Series(mut versions) = book.series(&asked.model, asked.provider.as_deref());
    if versions.is_empty() {
        return Err(unknown(&book, asked).into());
    }
    if let Some(on_ns) = on {
        versions.retain(|version| version.is_in_force(on_ns));
        if versions.is_empty() {
            let says = format!("no price of `{}` is known for {}", asked.model, Day::of(on_ns));
            let hint = format!("`prompt-analytics prices show {}` shows all that are", asked.model);
            return Err(Trouble::new(says).hint(hint).into());
        }
    }
    let mut query = Query::everything(now_ns, ask::zone(&asked.output, &config)?);
    query.zone = Zone::utc();
    let shown = Shown { model: &asked.model, versions, on_ns: on.unwrap_or(now_ns) };
    output::write(&[report::shown(&query, &book, &shown)], format, &asked.output, None)?;
    Ok(ExitCode::SUCCESS)
}

fn unknown(book: &Book, asked: &PricesShow) -> Trouble {
    let wanted = asked.model.to_lowercase();
    let models: Vec<&str> = book.models().into_iter().collect();
    let mut near: Vec<&str> = models.iter().copied().filter(|model| model.contains(&wanted)).take(5).collect();
    if near.is_empty() {
        near.extend(spelling::nearest(&wanted, &models));
    }
    let of = asked.provider.as_deref().map_or(String::new(), |provider| format!(" at {provider}"));
    let trouble = Trouble::new(format!("no price of `{}`{of} is known", asked.model));
    let own = "a price of your own goes into the config as `[[price]]`";
    match near[..] {
        [] => trouble.hint(own),
        _ => trouble.hint(format!("there are {}; {own}", near.join(", "))),
    }
}

fn list(asked: &PricesList, everywhere: &Everywhere) -> Result<ExitCode> {
    let format = output::format(&asked.output)?;
    let now_ns = time::now(everywhere.now.as_deref())?;
    let (_, config) = place::find(everywhere)?;
    let book = book(&config)?;
    let query = Query::everything(now_ns, Zone::utc());
    let holds = asked.text.as_deref().unwrap_or_default().to_lowercase();
    let sheet = report::listed(&query, &book, &holds);
    if sheet.tables().all(|table| table.rows.is_empty()) {
        let says = format!("no model or provider in the table is called like `{holds}`");
        return Err(Trouble::new(says).hint("`prompt-analytics prices list` lists them all").into());
    }
    output::write(&[sheet], format, &asked.output, None)?;
    Ok(ExitCode::SUCCESS)
}

fn update(asked: &PricesUpdate, everywhere: &Everywhere) -> Result<ExitCode> {
    let day = Day::of(time::now(everywhere.now.as_deref())?);
    let Some(path) = path() else {
        return Err(Trouble::new("there is no home for a price file").hint("set HOME or XDG_CONFIG_HOME").into());
    };
    let list = std::fs::read_to_string(&asked.from).with_context(|| format!("cannot read {}", asked.from.display()))?;
    let read = price::read_litellm(&list, day).map_err(|error| {
        Trouble::new(format!("{} is no price list of LiteLLM: {error:#}", asked.from.display()))
            .hint("it is `model_prices_and_context_window.json` of https://github.com/BerriAI/litellm")
    })?;
    let file = text(&path)?.map_or_else(|| Ok(Vec::new()), |text| price::from_csv(&text));
    let file = file.map_err(|error| broken(&path, &error))?;
    let mut book = Book::built_in();
    book.add(price::Layer::File, file.clone());
    let models =
        read.rows.iter().map(|row| (&row.provider, &row.model)).collect::<std::collections::BTreeSet<_>>().len();
    let news = book.news(read.rows, day);
    let changed: Vec<String> = news.iter().filter_map(|row| change(&book, row, day)).collect();
    let added = news.len() - changed.len();
    let mut said = vec![format!(
        "read prices of {} as of {day}: {} new, {} changed",
        count(models as u64, "model"),
        count(added as u64, "price"),
        changed.len()
    )];
    said.extend(changed.iter().take(MOST_CHANGES).map(|change| format!("  {change}")));
    if changed.len() > MOST_CHANGES {
        said.push(format!("  and {} more", changed.len() - MOST_CHANGES));
    }
    if read.without_price + read.free > 0 {
        said.push(format!(
            "{} without a price for tokens, and {} that may be free or unknown, stay unpriced",
            count(read.without_price, "model"),
            count(read.free, "model")
        ));
    }
    let place = place::shortened(&path);
    if news.is_empty() {
        said.push(format!("nothing to write: {place} says all of it, or the table that is built in"));
    } else if asked.dry_run {
        said.push(format!("{place} was not changed (--dry-run)"));
    } else {
        write(&path, &price::to_csv(&Book::updated(file, news)))?;
        said.push(format!("wrote {place}"));
    }
    writeln!(std::io::stdout(), "{}", safe(&said.join("\n")))?;
    Ok(ExitCode::SUCCESS)
}

/// Changes that are told one by one.
const MOST_CHANGES: usize = 20;

/// What a row changes of what is known: `o3 of openai: input 10 to 2, output 40 to 8`.
fn change(book: &Book, new: &Row, day: Day) -> Option<String> {
    let series = book.series(&new.model, Some(&new.provider));
    let known = &series.0[series.at(&new.tier, day.start_ns())?];
    // At another provider's price, it had none of its own.
    if known.provider != new.provider {
        return None;
    }
    let before = known.bands.iter().find(|(above, _)| *above == new.above);
    let tier = if new.tier.is_empty() { String::new() } else { format!(", {}", new.tier) };
    let above = if new.above > 0 { format!(", above {} tokens", new.above) } else { String::new() };
    let written = |rate: Option<price::Rate>| rate.map_or("none".to_owned(), per_million);
    let moves: Vec<String> = match before {
        Some((_, before)) => {
            let pairs = before.named().into_iter().zip(new.rates.named());
            let moved = pairs.filter(|(before, now)| before != now);
            moved.map(|((name, before), (_, now))| format!("{name} {} to {}", written(before), written(now))).collect()
        }
        None => vec![format!("input {}, output {}", per_million(new.rates.input), per_million(new.rates.output))],
    };
    let moves = if moves.is_empty() { "its other prices".to_owned() } else { moves.join(", ") };
    Some(format!("{} of {}{tier}{above}: {moves}", new.model, new.provider))
}

/// Writes a file whole or not at all, for its owner alone.
fn write(path: &Path, text: &str) -> Result<()> {
    let fails = || format!("cannot write {}", place::shortened(path));
    let dir = path.parent().with_context(fails)?;
    DirBuilder::new().recursive(true).mode(0o700).create(dir).with_context(fails)?;
    let mut file = tempfile::NamedTempFile::new_in(dir).with_context(fails)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).with_context(fails)?;
    file.persist(path).with_context(fails)?;
    Ok(())
}
