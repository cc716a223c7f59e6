//! The naive second implementation: lines to rows by plain loops over plain structs, written from what events testify to.
//! It shares no code with the program but the plain data of an event, of which it knows the names.

use super::line::{self, Reading};
use super::row::{DESCRIPTION, Fields, Row, What};
use prompt_analytics::coverage::Coverage;
use prompt_analytics::event::{Event, Field, Kind, Value};
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet, HashMap};

const NS_PER_DAY: i64 = 86_400_000_000_000;
const SCORES: [Field; 5] =
    [Field::QualityScore, Field::ClarityScore, Field::SpecificityScore, Field::EfficiencyScore, Field::Feedback];

/// An event and the line it stands in.
struct Told {
    event: Event<'static>,
    line: Vec<u8>,
}

/// A log, understood.
pub struct Known {
    pub rows: Vec<Row>,
    pub coverage: Coverage,
}

/// Reads a log of files, each as its unpacked bytes.
pub fn read<'a>(files: impl IntoIterator<Item = &'a [u8]>, now_ns: i64) -> Known {
    let mut coverage = Coverage::default();
    let mut told = Vec::new();
    for file in files {
        coverage.files += 1;
        for line in file.split_inclusive(|byte| *byte == b'\n') {
            take(line, &mut told, &mut coverage);
        }
    }
    let live = without_copies(told, now_ns, &mut coverage);
    let rows = rows(&live, &mut coverage);
    Known { rows, coverage }
}

fn take(line: &[u8], told: &mut Vec<Told>, coverage: &mut Coverage) {
    coverage.lines += 1;
    let bytes = line.strip_suffix(b"\n").unwrap_or(line);
    match line::read(bytes) {
        Reading::Blank => coverage.blank += 1,
        Reading::UnknownKind(kind) => *coverage.unknown_kinds.entry(kind).or_default() += 1,
        Reading::Event(event, dropped, is_naive) => {
            coverage.dropped_fields += dropped;
            coverage.naive_times += u64::from(is_naive);
            told.push(Told { event, line: bytes.to_vec() });
        }
        // An unterminated line that is not a whole object is pending.
        Reading::Skipped("not_utf8" | "not_json" | "not_object") if bytes.len() == line.len() => coverage.pending += 1,
        Reading::Skipped(reason) => *coverage.skipped_by_reason.entry(reason).or_default() += 1,
    }
}

/// The events that count: of one identity the highest revision, of equals the smallest line; none that is taken back.
fn without_copies(told: Vec<Told>, now_ns: i64, coverage: &mut Coverage) -> Vec<Told> {
    let mut kept: Vec<Told> = Vec::new();
    let mut identities: BTreeMap<(String, i64), Vec<Told>> = BTreeMap::new();
    for told in told {
        match told.event.id.as_deref().filter(|id| !id.is_empty()) {
            None => kept.push(told),
            Some(id) => identities.entry((id.to_owned(), told.event.ts_ns)).or_default().push(told),
        }
    }
    for mut copies in identities.into_values() {
        coverage.duplicates += copies.len() as u64 - 1;
        let contradict = |a: &Told, b: &Told| a.event.rev == b.event.rev && content(a) != content(b);
        coverage.conflicts += u64::from(copies.iter().any(|a| copies.iter().any(|b| contradict(a, b))));
        copies.sort_by(|a, b| b.event.rev.cmp(&a.event.rev).then(a.line.cmp(&b.line)));
        kept.push(copies.swap_remove(0));
    }
    coverage.events = kept.len() as u64;
    coverage.future_times = kept.iter().filter(|told| told.event.ts_ns > now_ns + NS_PER_DAY).count() as u64;
    coverage.oldest_ns = kept.iter().map(|told| told.event.ts_ns).min();
    coverage.newest_ns = kept.iter().map(|told| told.event.ts_ns).max();
    kept.retain(|told| !told.event.is_retracted);
    kept
}

fn content(told: &Told) -> (Kind, bool, &[(Field, Value<'static>)]) {
    (told.event.kind, told.event.is_retracted, &told.event.fields)
}

fn rows(events: &[Told], coverage: &mut Coverage) -> Vec<Row> {
    let mut uses: Vec<Row> = Vec::new();
    let mut orphans: Vec<Row> = Vec::new();
    let mut use_of_event: HashMap<usize, usize> = HashMap::new();
    for group in groups(events) {
        let row = assembled(events, &group, coverage);
        if row.what == What::Use {
            use_of_event.extend(group.iter().map(|event| (*event, uses.len())));
            uses.push(row);
        } else {
            orphans.push(row);
        }
    }
    coverage.orphans = orphans.len() as u64;
    let run_of_use = |use_row: &Row| use_row.text(Field::RunId).map(str::to_owned);
    let of_run: HashMap<String, usize> =
        uses.iter().enumerate().filter_map(|(at, row)| Some((run_of_use(row)?, at))).collect();
    for (event, told) in events.iter().enumerate() {
        if let Some(&use_row) = told.event.text(Field::RunId).and_then(|run| of_run.get(run)) {
            use_of_event.insert(event, use_row);
        }
    }
    let mut others = ratings(events, &mut uses, &use_of_event);
    others.extend(assessments(events));
    others.extend(extras(events, &uses, &use_of_event));
    for row in &mut others {
        if row.what == What::Rating && is_part(&events[row.events[0]]) {
            said_by_a_part(row, row_use(row, &uses, &use_of_event), events, &mut orphans);
        }
        inherit(row, row_use(row, &uses, &use_of_event));
    }
    let of_prompt = by_prompt(&uses);
    let mut described = BTreeSet::new();
    for row in others.iter_mut().filter(|row| row_use(row, &uses, &use_of_event).is_none()).chain(&mut orphans) {
        if describe(row, &of_prompt) {
            described.extend(row.events.iter().copied());
        }
    }
    coverage.inherited_by_prompt = described.len() as u64;
    uses.into_iter().chain(orphans).chain(others).collect()
}

fn row_use<'a>(row: &Row, uses: &'a [Row], use_of_event: &HashMap<usize, usize>) -> Option<&'a Row> {
    use_of_event.get(&row.events[0]).map(|use_row| &uses[*use_row])
}

/// The events that make one use or orphan outcome together, the most telling first.
fn groups(events: &[Told]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_run: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, told) in events.iter().enumerate() {
        if matches!(told.event.kind, Kind::Run | Kind::Usage | Kind::Performance) {
            match told.event.text(Field::RunId) {
                None => groups.push(vec![number]),
                Some(run) => by_run.entry(run).or_default().push(number),
            }
        }
    }
    groups.extend(by_run.into_values());
    for group in &mut groups {
        group.sort_by_key(|event| {
            let told = &events[*event];
            let weight = match told.event.kind {
                Kind::Run => 0,
                Kind::Performance => 1,
                _ => 2,
            };
            (weight, Reverse(told.event.ts_ns), &told.line)
        });
    }
    groups
}

fn assembled(events: &[Told], group: &[usize], coverage: &mut Coverage) -> Row {
    let mut fields = Fields::default();
    for (field, value) in group.iter().flat_map(|event| &events[*event].event.fields) {
        fields.fill(*field, value);
    }
    let time = |event: &usize| events[*event].event.ts_ns;
    let begun = group.iter().filter(|event| events[**event].event.kind != Kind::Performance).map(time).min();
    let what = if begun.is_some() { What::Use } else { What::Orphan };
    let time = begun.or_else(|| group.iter().map(time).min()).expect("a group has events");
    let mut row = Row { what, time, fields, success: None, is_error: false, use_rating: None, events: group.to_vec() };
    let exit = row.number(Field::ExitCode);
    row.is_error = row.text(Field::ErrorType).is_some()
        || exit.is_some_and(|exit| exit != 0)
        || row.text(Field::FinishReason) == Some("error");
    row.success = if let Some(value) = row.fields.get(Field::Success) {
        Some(*value == Value::Truth(true))
    } else {
        let inferred = if row.is_error { Some(false) } else { exit.map(|_| true) };
        coverage.inferred_outcomes += u64::from(inferred.is_some());
        inferred
    };
    row
}

fn alone(what: What, events: &[Told], number: usize) -> Row {
    let event = &events[number].event;
    let mut fields = Fields::default();
    for (field, value) in &event.fields {
        fields.fill(*field, value);
    }
    // How a use ended is the use's to say.
    for field in [Field::ErrorType, Field::ExitCode, Field::Success] {
        if !(what == What::Starter && field == Field::Success) {
            fields.remove(field);
        }
    }
    let success = fields.get(Field::Success).map(|value| *value == Value::Truth(true));
    Row { what, time: event.ts_ns, fields, success, is_error: false, use_rating: None, events: vec![number] }
}

/// The ratings that count, one per use and user, and the remarks beside them.
fn ratings(events: &[Told], uses: &mut [Row], use_of_event: &HashMap<usize, usize>) -> Vec<Row> {
    let rating = |number: usize| match events[number].event.value(Field::Rating) {
        Some(Value::Number(rating)) => Some(*rating),
        _ => None,
    };
    let mut latest: HashMap<(usize, Option<String>), usize> = HashMap::new();
    let mut latest_of_use: HashMap<usize, usize> = HashMap::new();
    for number in (0..events.len()).filter(|number| rating(*number).is_some()) {
        let Some(&use_row) = use_of_event.get(&number) else { continue };
        let own = events[number].event.text(Field::UserId).filter(|_| !is_part(&events[number]));
        let user = own.or(uses[use_row].text(Field::UserId)).map(str::to_owned);
        for held in [latest.entry((use_row, user)).or_insert(number), latest_of_use.entry(use_row).or_insert(number)] {
            if later(&events[number], &events[*held]) == Ordering::Less {
                *held = number;
            }
        }
    }
    for (use_row, number) in latest_of_use {
        uses[use_row].use_rating = rating(number);
    }
    let counts: BTreeSet<usize> = latest.into_values().collect();
    let mut rows = Vec::new();
    for (number, told) in events.iter().enumerate() {
        if rating(number).is_some() && (counts.contains(&number) || !use_of_event.contains_key(&number)) {
            rows.push(Row { use_rating: rating(number), ..alone(What::Rating, events, number) });
        } else if told.event.text(Field::FeedbackText).is_some() {
            let mut row = alone(What::Remark, events, number);
            row.fields.remove(Field::Rating);
            rows.push(row);
        }
    }
    rows
}

/// The later judgement comes first; of one instant a person's own event, then the smallest line.
fn later(a: &Told, b: &Told) -> Ordering {
    let order = |told: &Told| (Reverse(told.event.ts_ns), told.event.kind != Kind::Feedback);
    order(a).cmp(&order(b)).then(a.line.cmp(&b.line))
}

fn assessments(events: &[Told]) -> Vec<Row> {
    let assesses = |event: &Event<'_>| {
        matches!(event.kind, Kind::Quality | Kind::Template) && SCORES.iter().any(|field| event.value(*field).is_some())
    };
    let assessing = (0..events.len()).filter(|number| assesses(&events[*number].event));
    assessing.map(|number| alone(What::Assessment, events, number)).collect()
}

/// Template and starter events whose use does not carry the same template or starter.
fn extras(events: &[Told], uses: &[Row], use_of_event: &HashMap<usize, usize>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (number, told) in events.iter().enumerate() {
        let (what, field) = match told.event.kind {
            Kind::Template => (What::Template, Field::TemplateId),
            Kind::Starter => (What::Starter, Field::StarterId),
            _ => continue,
        };
        let theirs = use_of_event.get(&number).and_then(|use_row| uses[*use_row].text(field));
        let own = told.event.text(field).or(theirs);
        if theirs.is_none() || own != theirs {
            rows.push(alone(what, events, number));
        }
    }
    rows
}

fn is_part(told: &Told) -> bool {
    matches!(told.event.kind, Kind::Run | Kind::Usage | Kind::Performance)
}

/// What a part of a use says is said of the use: the rating has the use's subject, not what the one line said of it. The
/// earliest line of an orphan outcome speaks for that outcome, another line of it for itself.
fn said_by_a_part(row: &mut Row, use_row: Option<&Row>, events: &[Told], orphans: &mut [Row]) {
    if use_row.is_some() {
        for field in Field::ALL.iter().filter(|field| field.is_subject()) {
            row.fields.remove(*field);
        }
        return;
    }
    let number = row.events[0];
    let of = orphans.iter_mut().find(|orphan| orphan.events.contains(&number)).expect("an outcome without a use");
    let earliest = of.events.iter().min_by_key(|event| events[**event].event.ts_ns);
    let own = assembled(events, &[number], &mut Coverage::default());
    let whole = if earliest == Some(&number) { &*of } else { &own };
    for (field, value) in whole.fields.iter().filter(|(field, _)| field.is_subject() || *field == Field::ErrorType) {
        row.fields.remove(field);
        row.fields.fill(field, value);
    }
    (row.success, row.is_error) = (whole.success, whole.is_error);
    if earliest == Some(&number) {
        of.use_rating = row.use_rating;
    }
}

/// Takes every missing subject field from the use of the same `run_id`, and how it ended.
fn inherit(row: &mut Row, use_row: Option<&Row>) {
    let Some(use_row) = use_row else { return };
    for (field, value) in use_row.fields.iter().filter(|(field, _)| field.is_subject() || *field == Field::ErrorType) {
        row.fields.fill(field, value);
    }
    row.success = row.success.or(use_row.success);
    row.is_error = use_row.is_error;
    row.use_rating = use_row.use_rating;
}

/// The uses of each prompt in the order of their times; those of one instant are told apart by what they say.
fn by_prompt(uses: &[Row]) -> HashMap<&str, Vec<&Row>> {
    let mut of_prompt: HashMap<&str, Vec<&Row>> = HashMap::new();
    for use_row in uses {
        if let Some(prompt) = use_row.text(Field::PromptId) {
            of_prompt.entry(prompt).or_default().push(use_row);
        }
    }
    for uses in of_prompt.values_mut() {
        uses.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| a.description().cmp(&b.description())));
    }
    of_prompt
}

/// Takes what describes its prompt from the latest use of that prompt at or before it; whether that was anything.
fn describe(row: &mut Row, of_prompt: &HashMap<&str, Vec<&Row>>) -> bool {
    let Some(uses) = row.text(Field::PromptId).and_then(|prompt| of_prompt.get(prompt)) else { return false };
    let before = uses.partition_point(|use_row| use_row.time <= row.time);
    let Some(latest) = before.checked_sub(1).map(|last| uses[last]) else { return false };
    let mut took = false;
    for field in DESCRIPTION {
        if let (None, Some(value)) = (row.fields.get(field), latest.fields.get(field)) {
            row.fields.fill(field, value);
            took = true;
        }
    }
    took
}
