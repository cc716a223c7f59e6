//! The book by cases: what a use goes by, by which rule, on which day.

use super::*;

const TOP: &str = "model,provider,from,to,tier,above,input,output,cached_input,cache_write,cache_write_1h,reasoning,currency,source,retrieved\n";

fn day(text: &str) -> i64 {
    Day::read(text).unwrap().start_ns()
}

fn rows(text: &str) -> Vec<Row> {
    table::from_csv(&format!("{TOP}{text}")).unwrap()
}

fn book(text: &str) -> Book {
    let mut book = Book::default();
    book.add(Layer::BuiltIn, rows(text));
    book
}

/// Dollars for a million tokens of input on a day, by which rule, of which name.
fn price(book: &Book, model: &str, provider: Option<&str>, on: &str) -> Option<(String, Rule, String)> {
    let series = book.series(model, provider);
    let version = &series.0[series.at("", day(on))?];
    Some((table::per_million(version.rates(1)?.input), version.rule, version.matched.clone()))
}

fn of(book: &Book, model: &str, provider: Option<&str>, on: &str) -> Option<String> {
    price(book, model, provider, on).map(|(input, ..)| input)
}

#[test]
fn the_table_that_is_brought_along_is_one() {
    let book = Book::built_in();
    assert!(book.rows.len() > 150, "{}", book.rows.len());
    for (_, row) in book.rows() {
        assert!(row.source.starts_with("https://"), "{row:?}");
        assert!(row.rates.input > 0 && row.rates.output >= 0, "{row:?}");
        assert!(row.rates.cached_input.is_none_or(|cached| cached < row.rates.input), "{row:?}");
        let (hour, write) = (row.rates.cache_write_1h, row.rates.cache_write);
        assert!(hour.zip(write).is_none_or(|(hour, write)| hour > write), "{row:?}");
        assert_eq!(row.provider, names::provider(&row.provider));
    }
    for provider in ["openai", "anthropic", "google", "mistral", "deepseek", "xai", "groq", "together", "fireworks"] {
        assert!(book.rows().any(|(_, row)| row.provider == provider), "{provider}");
    }
    for (alias, model) in &book.aliases {
        assert!(book.by_model.contains_key(model) && !book.by_model.contains_key(alias), "{alias}");
    }
}

#[test]
fn no_two_prices_hold_on_one_day() {
    let book = Book::built_in();
    for (at, (_, a)) in book.rows().enumerate() {
        let key = |row: &Row| (row.model.clone(), row.provider.clone(), row.tier.clone(), row.above);
        for (_, b) in book.rows().skip(at + 1).filter(|(_, b)| key(b) == key(a)) {
            let [first, last] = if a.from < b.from { [a, b] } else { [b, a] };
            assert!(first.to.is_some_and(|to| Some(to) <= last.from), "{first:?}\n{last:?}");
        }
        assert!(
            a.above == 0
                || book.rows().any(|(_, b)| (&b.model, b.from, &b.tier, b.above) == (&a.model, a.from, &a.tier, 0))
        );
    }
}

#[test]
fn a_use_goes_by_the_price_of_its_day() {
    let book = Book::built_in();
    for (model, on, input) in [
        ("o3", "2025-06-09", Some("10")),
        ("o3", "2025-06-10", Some("2")),
        ("o3", "2025-04-15", None),
        ("gpt-4o", "2024-10-01", Some("5")),
        ("gpt-4o", "2024-10-02", Some("2.5")),
        ("gpt-4o-2024-05-13", "2026-01-01", Some("5")),
        ("gpt-3.5-turbo", "2023-07-01", Some("1.5")),
        ("gpt-3.5-turbo", "2024-01-01", Some("1")),
        ("gpt-3.5-turbo", "2024-03-01", Some("0.5")),
        ("claude-3-5-haiku-20241022", "2024-11-10", Some("1")),
        ("claude-3-5-haiku-20241022", "2024-12-10", Some("0.8")),
        ("gemini-1.5-pro-002", "2024-09-30", Some("3.5")),
        ("gemini-1.5-pro-002", "2024-10-01", Some("1.25")),
        ("deepseek-chat", "2025-02-08", Some("0.14")),
        ("deepseek-chat", "2025-02-09", Some("0.27")),
        ("deepseek-chat", "2025-09-29", Some("0.28")),
        ("grok-code-fast-1", "2026-06-01", None),
    ] {
        assert_eq!(of(&book, model, None, on).as_deref(), input, "{model} on {on}");
    }
}

#[test]
fn a_name_is_found_by_the_surest_rule_and_the_rule_is_told() {
    let book = Book::built_in();
    let on = "2025-12-01";
    for (model, provider, input, rule, matched) in [
        ("gpt-4o", None, "2.5", Rule::Exact, "gpt-4o"),
        ("GPT-4o", Some("OpenAI"), "2.5", Rule::Exact, "gpt-4o"),
        ("gpt-4o-2024-08-06", None, "2.5", Rule::Exact, "gpt-4o-2024-08-06"),
        ("claude-3-5-sonnet-latest", Some("anthropic"), "3", Rule::Alias, "claude-3-5-sonnet"),
        ("openai/gpt-4o-mini", None, "0.15", Rule::ProviderStripped, "gpt-4o-mini"),
        ("openrouter/anthropic/claude-sonnet-4.5", None, "3", Rule::ProviderStripped, "claude-sonnet-4-5"),
        ("gpt-4o", Some("azure"), "2.5", Rule::ProviderStripped, "gpt-4o"),
        ("claude-sonnet-4-20250514", None, "3", Rule::DateStripped, "claude-sonnet-4"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", Some("aws.bedrock"), "3", Rule::DateStripped, "claude-sonnet-4"),
        ("vertex_ai/gemini-2.5-pro", None, "1.25", Rule::ProviderStripped, "gemini-2.5-pro"),
    ] {
        let expected = (input.to_owned(), rule, matched.to_owned());
        assert_eq!(price(&book, model, provider, on), Some(expected), "{model} {provider:?}");
    }
    for model in ["", "llama3.1:8b", "gpt", "gpt-4o-mini-but-not", "gpt-4o:free"] {
        assert_eq!(price(&book, model, None, on), None, "{model}");
    }
}

#[test]
fn of_several_hosts_nobody_knows_which_was_meant() {
    let book = book(
        "m,groq,,,,,1,1,,,,,USD,,\nm,together,,,,,2,2,,,,,USD,,\nn,openai,,,,,3,3,,,,,USD,,\nn,azure,,,,,4,4,,,,,USD,,\n",
    );
    let on = "2026-01-01";
    assert_eq!(of(&book, "m", None, on), None);
    assert_eq!(of(&book, "m", Some("together_ai"), on).as_deref(), Some("2"));
    assert_eq!(of(&book, "groq/m", None, on).as_deref(), Some("1"));
    assert_eq!(of(&book, "n", None, on).as_deref(), Some("3"), "its maker's");
    assert_eq!(of(&book, "n", Some("azure"), on).as_deref(), Some("4"));
}

#[test]
fn the_config_comes_first_then_the_file() {
    let mut book = book("m,openai,,,,,1,1,,,,,USD,,\nold,openai,,,,,7,7,,,,,USD,,\n");
    book.add_file(&format!("{TOP}m,openai,2026-02-01,,,,2,2,,,,,USD,,\n")).unwrap();
    assert_eq!(of(&book, "m", None, "2026-01-31").as_deref(), Some("1"));
    assert_eq!(of(&book, "m", None, "2026-02-01").as_deref(), Some("2"));
    book.add(Layer::Config, rows("m,,2026-01-01,2026-01-10,,,0,0,,,,,USD,,\nlocal-*,,,,,,0.5,0.5,,,,,USD,,\n"));
    assert_eq!(of(&book, "m", Some("openai"), "2026-01-09").as_deref(), Some("0"));
    assert_eq!(of(&book, "m", None, "2026-01-10").as_deref(), Some("1"));
    assert_eq!(price(&book, "local-llama", None, "2026-01-01").unwrap().1, Rule::Pattern);
    book.same("Prod-Chat", "old");
    assert_eq!(price(&book, "prod-chat", None, "2026-01-01").unwrap(), ("7".to_owned(), Rule::Alias, "old".to_owned()));
}

#[test]
fn long_input_and_batches_have_prices_of_their_own() {
    let book = Book::built_in();
    let series = book.series("gemini-2.5-pro", None);
    let at = |tier: &str, input: i64| {
        let version = &series.0[series.at(tier, day("2026-01-01")).unwrap()];
        table::per_million(version.rates(input).unwrap().input)
    };
    assert_eq!([at("", 200_000), at("", 200_001), at("batch", 1000)], ["1.25", "2.5", "0.625"]);
    assert_eq!(series.at("ultra", day("2026-01-01")), None, "what has no price has none");
}

#[test]
fn an_update_tells_only_what_is_new_and_closes_what_was() {
    let book = book("m,openai,,,,,2,8,,,,,USD,,\nsame,openai,,,,,1,1,,,,,USD,,\n");
    let list =
        rows("m,openai,,,,,1,8,,,,,USD,l,2026-05-01\nsame,openai,,,,,1,1,,,,,USD,l,\nnew,xai,,,,,5,5,,,,,USD,l,\n");
    let [may, june] = ["2026-05-01", "2026-06-01"].map(|day| Day::read(day).unwrap());
    let news = book.news(list, may);
    let said: Vec<_> = news.iter().map(|row| (row.model.as_str(), row.from)).collect();
    assert_eq!(said, [("m", Some(may)), ("new", None)]);
    let mut later = book.clone();
    let file = Book::updated(Vec::new(), news);
    later.add(Layer::File, file.clone());
    assert_eq!(of(&later, "m", None, "2026-04-30").as_deref(), Some("2"));
    assert_eq!(of(&later, "m", None, "2026-05-01").as_deref(), Some("1"));
    // A second list on a later day: what the file said is closed, and the same list again says nothing.
    let list = || rows("m,openai,,,,,1,9,,,,,USD,l,\nnew,xai,,,,,4,4,,,,,USD,l,\n");
    let file = Book::updated(file, later.news(list(), june));
    assert_eq!(
        file.iter().map(|row| (row.model.as_str(), row.from, row.to)).collect::<Vec<_>>(),
        [("m", Some(may), Some(june)), ("new", None, Some(june)), ("m", Some(june), None), ("new", Some(june), None)]
    );
    let mut last = book;
    last.add(Layer::File, file.clone());
    assert_eq!(of(&last, "new", None, "2026-05-31").as_deref(), Some("5"));
    assert!(last.news(list(), june).is_empty());
    // A name with its day is no news where the name without it is known, and does not hide its past.
    let day = Day::read("2026-11-21").unwrap();
    let mut known = Book::built_in();
    assert!(known.news(rows("o3-2025-04-16,openai,,,,,2,8,0.5,,,,USD,l,\n"), day).is_empty());
    known.add(Layer::File, known.news(rows("o3-2025-04-16,openai,,,,,1,4,,,,,USD,l,\n"), day));
    for (on, input) in [("2025-06-09", "10"), ("2025-06-10", "2"), ("2026-11-21", "1")] {
        assert_eq!(of(&known, "o3-2025-04-16", None, on).as_deref(), Some(input), "{on}");
    }
    // What a list leaves out of a price, it does not take away.
    let same = "claude-opus-4-5,anthropic,,,,,5,25,0.5,,,,USD,l,\n";
    assert!(known.news(rows(same), day).is_empty());
    // Read wrong and again on the same day: the last one holds.
    let again = Book::updated(file, last.news(rows("m,openai,,,,,3,9,,,,,USD,l,\n"), june));
    assert_eq!(again.iter().filter(|row| row.model == "m" && row.from == Some(june)).count(), 1);
}

#[test]
fn a_digest_tells_books_apart() {
    let one = book("m,openai,,,,,2,8,,,,,USD,,\n");
    assert_eq!(one.digest(), book("m,openai,,,,,2,8,,,,,USD,elsewhere,2026-01-01\n").digest());
    assert_ne!(one.digest(), book("m,openai,,,,,2,9,,,,,USD,,\n").digest());
    let mut other = one.clone();
    other.same("x", "m");
    assert_ne!(one.digest(), other.digest());
}
