//! A year of made-up events, line by line: conversations begin, turn by turn prompts are used, and what is said of it
//! reaches the log when it would. 2 % of the lines are odd. A `mod.rs`, since the benchmarks take it for a crate.

mod line;
mod random;
mod world;

use line::{Key, Line, Writer};
use random::Random;
use std::collections::BTreeMap;
use std::io;
use world::{HOUR, MINUTE, Prompt, SECOND, World};

/// Lines that a conversation comes to, on average.
const LINES_PER_CONVERSATION: u64 = 12;

/// Makes up `events` lines and hands each to `sink`, with the UTC month of its event such as `2025-03`.
///
/// # Errors
/// The first that `sink` returns.
pub fn year(events: u64, seed: u64, mut sink: impl FnMut(&str, &[u8]) -> io::Result<()>) -> io::Result<()> {
    Simulation::new(seed).run(events, &mut sink)
}

/// One person at work on one thing, for some hours.
struct Conversation {
    id: String,
    user: usize,
    project: usize,
    writer: usize,
    starter: Option<u64>,
    favourite: usize,
    model: usize,
    turns: u64,
}

/// What is going to happen.
enum Due {
    Turn(Box<Conversation>),
    /// A line is written, into the file of its month.
    Line(String, Vec<u8>),
}

struct Simulation {
    random: Random,
    world: World,
    /// By the millisecond at which it is due, then by the order in which it was planned.
    due: BTreeMap<(u64, u64), Due>,
    planned: u64,
    /// Who and what the use at hand is about.
    subject: Line,
}

impl Simulation {
    fn new(seed: u64) -> Simulation {
        let mut random = Random::new(seed);
        let world = World::new(&mut random);
        Simulation { random, world, due: BTreeMap::new(), planned: 0, subject: Line::default() }
    }

    fn run(mut self, events: u64, sink: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>) -> io::Result<()> {
        let conversations = events.div_ceil(LINES_PER_CONVERSATION).max(1);
        let mut begun = 0;
        let mut begins = self.world.begin(begun, conversations, &mut self.random);
        let mut written = 0;
        while written < events {
            match self.due.first_entry() {
                Some(entry) if entry.key().0 <= begins => {
                    let at = entry.key().0;
                    match entry.remove() {
                        Due::Turn(conversation) => self.turn(*conversation, at),
                        Due::Line(month, line) => {
                            sink(&month, &line)?;
                            written += 1;
                        }
                    }
                }
                _ => {
                    begun += 1;
                    let conversation = self.conversation(begun);
                    self.plan(begins, Due::Turn(Box::new(conversation)));
                    begins = self.world.begin(begun, conversations, &mut self.random);
                }
            }
        }
        Ok(())
    }

    fn plan(&mut self, at: u64, due: Due) {
        self.planned += 1;
        self.due.insert((at, self.planned), due);
    }

    fn conversation(&mut self, number: u64) -> Conversation {
        let random = &mut self.random;
        let user = random.zipf(&self.world.users);
        let home = &self.world.homes[user];
        Conversation {
            id: format!("c{number}"),
            user,
            project: *random.pick(&home.projects),
            writer: random.zipf(&self.world.shares),
            starter: random.chance(60_000).then(|| random.below(25)),
            favourite: random.zipf(&self.world.popularity),
            model: random.zipf(&self.world.models),
            turns: 1 + random.log_normal(6.15, 0.7),
        }
    }

    /// One use of one prompt, what follows from it, and the next turn.
    fn turn(&mut self, mut conversation: Conversation, at: u64) {
        let random = &mut self.random;
        let at_prompt =
            if random.chance(650_000) { conversation.favourite } else { random.zipf(&self.world.popularity) };
        let prompt = self.world.prompts[at_prompt].clone();
        let writer = self.world.writers[conversation.writer].clone();
        let use_id = format!("r{:012x}", random.next() >> 16);

        let outcome = Outcome::new(random, &prompt, &self.world, conversation.model);
        let end = at + outcome.duration_us / 1000;
        let is_bare = random.chance(30_000);
        self.subject(&conversation, &prompt, &writer, &use_id, at);
        if writer.splits {
            let mut line = self.subject.clone();
            line.text(Key::Event, "usage").number(Key::InputTokens, outcome.input);
            self.parameters(&mut line, &prompt, &writer);
            self.write(line, &writer, at, at, is_bare);
            if !self.random.chance(10_000) {
                // Most end in seconds; some are told only when a laptop is opened again.
                let told = if self.random.chance(1000) { end + self.random.log_normal(30.0 * 3.6e6, 1.0) } else { end };
                let mut line = Line::default();
                line.text(Key::Event, "performance").text(Key::RunId, &use_id).text(Key::PromptId, &prompt.id);
                line.text(Key::Model, self.world.models.names[conversation.model]).text(Key::Source, writer.source);
                outcome.tell(&mut line, &writer, &mut self.random);
                self.write(line, &writer, told, told, is_bare);
            }
        } else {
            let mut line = self.subject.clone();
            line.text(Key::Event, "run").number(Key::InputTokens, outcome.input);
            self.parameters(&mut line, &prompt, &writer);
            outcome.tell(&mut line, &writer, &mut self.random);
            // What uploads once an hour tells late, and in one go.
            let told = if writer.is_late { (end / HOUR + 1) * HOUR } else { end };
            self.write(line, &writer, at, told, is_bare);
        }
        self.opinions(&conversation, &prompt, &writer, &use_id, &outcome, end);

        conversation.turns -= 1;
        if conversation.turns > 0 {
            let pause = self.random.log_normal(10.0 * 60_000.0, 1.0);
            self.plan(end + pause, Due::Turn(Box::new(conversation)));
        }
    }

    /// Who and what the events of a use are about, into the line that they are made from.
    fn subject(&mut self, conversation: &Conversation, prompt: &Prompt, writer: &Writer, use_id: &str, at: u64) {
        let mut line = Line::of(writer);
        line.text(Key::RunId, use_id).text(Key::PromptId, &prompt.id);
        if let Some(version) = prompt.version(at) {
            line.text(Key::PromptVersion, &version);
        }
        if let Some(category) = prompt.category {
            line.text(Key::TaskCategory, category);
        }
        if let Some(domain) = prompt.domain {
            line.text(Key::TaskDomain, domain);
        }
        if let Some(template) = &prompt.template {
            line.text(Key::TemplateId, template);
        }
        if let Some(starter) = conversation.starter {
            line.text(Key::StarterId, &format!("starter-{starter:02}"));
        }
        if writer.is_wordy {
            line.text(Key::Host, &self.world.homes[conversation.user].host);
            line.text(Key::Provider, self.world.models.providers[conversation.model]);
        }
        line.text(Key::Model, self.world.models.names[conversation.model]);
        line.text(Key::ProjectId, &self.world.projects[conversation.project]);
        line.text(Key::ConversationId, &conversation.id);
        line.text(Key::UserId, &self.world.homes[conversation.user].user);
        line.text(Key::Source, writer.source);
        if self.random.chance(50_000) {
            line.raw(Key::Tags, if writer.is_spaced { r#"["nightly", "eu"]"# } else { r#"["nightly","eu"]"# });
        }
        self.subject = line;
    }

    fn parameters(&mut self, line: &mut Line, prompt: &Prompt, writer: &Writer) {
        if !prompt.has_parameters {
            return;
        }
        let tone = self.random.pick::<&str>(&["dry", "warm", "formal"]);
        let (colon, comma) = if writer.is_spaced { (": ", ", ") } else { (":", ",") };
        let words = 50 * (1 + self.random.below(8));
        line.raw(Key::Parameters, &format!(r#"{{"tone"{colon}"{tone}"{comma}"max_words"{colon}{words}}}"#));
    }

    /// What people and judges say afterwards, and events of templates and starters.
    fn opinions(
        &mut self,
        conversation: &Conversation,
        prompt: &Prompt,
        writer: &Writer,
        use_id: &str,
        outcome: &Outcome,
        end: u64,
    ) {
        let user = self.world.homes[conversation.user].user.clone();
        if self.random.chance(66_000) {
            let mut line = Line::of(writer);
            let rating = if outcome.is_success { 3 + self.random.below(3) } else { 1 + self.random.below(3) };
            line.text(Key::Event, "feedback")
                .text(Key::RunId, use_id)
                .text(Key::UserId, &user)
                .number(Key::Rating, rating);
            if self.random.chance(700_000) {
                line.text(Key::FeedbackText, &world::remark(&mut self.random));
            }
            let at = end + self.random.log_normal(90_000.0, 1.0);
            self.write(line, writer, at, at, false);
        }
        if self.random.chance(66_000) {
            let mut line = Line::of(writer);
            line.text(Key::Event, "quality").text(Key::PromptId, &prompt.id).text(Key::Evaluator, "judge-3");
            for key in [Key::QualityScore, Key::ClarityScore, Key::SpecificityScore, Key::EfficiencyScore] {
                line.decimal(key, 300 + prompt.success_millionths / 2000 + self.random.below(200), 3);
            }
            line.raw(
                Key::Feedback,
                if writer.is_spaced { r#"["be specific", "name the format"]"# } else { r#"["be specific"]"# },
            );
            let at = end + self.random.below(HOUR);
            self.write(line, writer, at, at, false);
        }
        if let Some(template) = prompt.template.as_deref().filter(|_| self.random.chance(20_000)) {
            let mut line = Line::default();
            line.text(Key::Event, "template").text(Key::TemplateId, template).text(Key::UserId, &user);
            line.decimal(Key::QualityScore, 500 + self.random.below(500), 3);
            self.write(line, writer, end, end, false);
        }
        if let Some(starter) = conversation.starter.filter(|_| self.random.chance(150_000)) {
            let mut line = Line::default();
            line.text(Key::Event, "starter").text(Key::StarterId, &format!("starter-{starter:02}"));
            line.text(Key::ConversationId, &conversation.id).truth(Key::Success, outcome.is_success);
            self.write(line, writer, end, end, false);
        }
    }

    /// Plans the line of an event of the instant `ts` that reaches the log at `told`.
    fn write(&mut self, mut line: Line, writer: &Writer, ts: u64, told: u64, is_bare: bool) {
        if writer.has_version {
            line.number(Key::V, 1);
        }
        if !is_bare {
            let id = self.random.ulid(ts);
            line.text(Key::Id, &id);
        }
        line.ts(ts, writer.ts);
        let month = world::month(ts);
        if self.random.chance(20_000) {
            self.odd(line, writer, told, month);
        } else {
            let bytes = line.bytes(writer);
            self.plan(told, Due::Line(month, bytes));
        }
    }

    /// The line as no careful writer would write it, or with what follows when one changes its mind.
    fn odd(&mut self, mut line: Line, writer: &Writer, told: u64, month: String) {
        let later = told + 5 * SECOND + self.random.below(20 * MINUTE);
        let mut again = None;
        match self.random.below(100) {
            0..25 => line.unknown = Some(*self.random.pick(world::UNKNOWN_FIELDS)),
            25..45 => line.alias(*self.random.pick(world::ALIASES)),
            45..55 => again = Some(line.clone()),
            55..65 => {
                let mut revised = line.clone();
                revised.number(Key::Rev, 1).truth(Key::Success, self.random.chance(500_000));
                again = Some(revised);
            }
            65..69 => {
                let mut retracted = Line::default();
                for key in [Key::V, Key::Id, Key::Ts, Key::Event] {
                    retracted.copy(key, &line);
                }
                retracted.number(Key::Rev, 1).truth(Key::Retracted, true);
                again = Some(retracted);
            }
            69..83 => {
                let (key, value) = *self.random.pick(world::BAD_VALUES);
                line.raw(key, value);
            }
            83..88 => {
                line.text(Key::Event, self.random.pick::<&str>(&["heartbeat", "tool_call", "usgae"]));
            }
            88..90 => {
                line.raw(Key::Ts, "\"soon\"");
            }
            _ => {
                let bytes = self.torn(line.bytes(writer));
                return self.plan(told, Due::Line(month, bytes));
            }
        }
        // Only what has an identity can be taken back or said again.
        if let Some(again) = again.filter(|_| line.has(Key::Id)) {
            let bytes = again.bytes(writer);
            self.plan(later, Due::Line(month.clone(), bytes));
        }
        let bytes = line.bytes(writer);
        self.plan(told, Due::Line(month, bytes));
    }

    /// A line that is none.
    fn torn(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        match self.random.below(10) {
            0..3 => bytes = b"\n".to_vec(),
            3..5 => {
                let at = self.random.index(bytes.len() - 1);
                bytes[at] = 0xff;
            }
            _ => {
                bytes.truncate(1 + self.random.index(bytes.len() - 1));
                bytes.push(b'\n');
            }
        }
        bytes
    }
}

/// How a use ended.
struct Outcome {
    is_success: bool,
    error: Option<&'static str>,
    duration_us: u64,
    first_token_us: u64,
    input: u64,
    cached: u64,
    output: u64,
    cost_nanos: Option<u64>,
}

impl Outcome {
    fn new(random: &mut Random, prompt: &Prompt, world: &World, model: usize) -> Outcome {
        let is_success = random.chance(prompt.success_millionths);
        let error = (!is_success && random.chance(400_000)).then(|| *random.pick(world::ERRORS));
        let input = random.log_normal(prompt.input, 0.6).max(1);
        let cached = if random.chance(150_000) { input / 2 } else { 0 };
        let output = if error.is_some() { 0 } else { random.log_normal(prompt.output, 0.7).max(1) };
        let first_token_us = random.log_normal(350_000.0, 0.4);
        let (input_price, output_price) = world.models.nanos_per_token[model];
        let is_priced = input_price > 0 && random.chance(970_000);
        Outcome {
            is_success,
            error,
            duration_us: first_token_us + random.log_normal(prompt.micros, 0.8),
            first_token_us,
            input,
            cached,
            output,
            cost_nanos: is_priced.then_some(input * input_price + output * output_price),
        }
    }

    fn tell(&self, line: &mut Line, writer: &Writer, random: &mut Random) {
        line.truth(Key::Success, self.is_success);
        if let Some(error) = self.error {
            line.text(Key::ErrorType, error);
        }
        if writer.has_exit {
            line.number(Key::ExitCode, u64::from(self.error.is_some()));
        } else if self.error.is_some() {
            line.text(Key::FinishReason, "error");
        }
        line.decimal(Key::DurationMs, self.duration_us, 3);
        if writer.splits && self.error.is_none() {
            line.decimal(Key::TimeToFirstTokenMs, self.first_token_us, 3);
        }
        line.number(Key::OutputTokens, self.output);
        if self.cached > 0 {
            line.number(Key::CachedInputTokens, self.cached);
        }
        if let Some(cost) = self.cost_nanos {
            line.decimal(Key::CostUsd, cost, 9);
        }
        if writer.splits && random.chance(30_000) {
            line.number(Key::Rating, 1 + random.below(5));
        }
        if random.chance(40_000) {
            line.raw(Key::Metrics, r#"{"retries":1}"#);
        }
    }
}
