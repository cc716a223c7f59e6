//! The config: TOML files, the user's and the metrics directory's, laid over the defaults setting by setting.

mod draw;
mod file;
mod layer;
mod levels;
mod prices;
mod recipes;
mod schema;
mod settings;
mod value;
mod verb;

pub use file::{File, Whose};
pub use recipes::Recipe;
pub use schema::schema;
pub use verb::config;

use crate::event::{Keep, Privacy};
use anyhow::Result;
use directories::ProjectDirs;
use layer::Table;
use std::path::{Path, PathBuf};

/// The settings that hold.
#[derive(Clone, Debug)]
pub struct Config {
    tables: Vec<Table>,
}

impl Config {
    /// The defaults with the files laid over them, in their order.
    ///
    /// # Errors
    /// Something in them is not understood, or contradicts itself; the message names the line.
    pub fn of(files: &[File]) -> Result<Config> {
        let mut tables = settings::defaults();
        for file in files {
            tables = layer::laid(tables, file.tables()?);
        }
        levels::check(&tables)?;
        Ok(Config { tables })
    }

    /// The IANA zone of days and weeks, if it was said.
    pub fn timezone(&self) -> Option<&str> {
        self.tables.iter().find_map(|table| table.text("timezone"))
    }
}

/// What is kept of a person before an event reaches the disk, by files whose other settings nobody needs to understand.
pub fn privacy(files: &[File]) -> Privacy {
    let tables = files.iter().fold(Vec::new(), |tables, file| layer::laid(tables, file.personal()));
    let own = |key| tables.iter().filter(|table| table.is_of(&settings::PRIVACY, "")).find_map(|table| table.text(key));
    let keep = |key| own(key).and_then(Keep::named).unwrap_or_default();
    Privacy {
        user: keep("user"),
        parameters: keep("parameters"),
        text: keep("text"),
        salt: own("salt").unwrap_or_default().to_owned(),
    }
}

/// Where the user's config is looked for: `named`, else `config.toml` in the platform's config directory.
pub fn user_path(named: Option<&Path>) -> Option<PathBuf> {
    match named {
        Some(path) => Some(path.to_owned()),
        None => Some(ProjectDirs::from("", "", "prompt-analytics")?.config_dir().join("config.toml")),
    }
}

/// The user's config, if there is one.
///
/// # Errors
/// The file is named and absent, cannot be read, or is not a config.
pub fn user(named: Option<&Path>) -> Result<Option<File>> {
    let Some(path) = user_path(named) else { return Ok(None) };
    match (File::read(&path, Whose::User)?, named) {
        (None, Some(path)) => Err(anyhow::anyhow!("there is no config {}", path.display())),
        (file, _) => Ok(file),
    }
}

/// The path of the config of a metrics directory.
pub fn directory_path(dir: &Path) -> PathBuf {
    dir.join("config.toml")
}

/// The config of a metrics directory, if there is one.
///
/// # Errors
/// It cannot be read, is not a config, or says where the metrics directory is.
pub fn in_directory(dir: &Path) -> Result<Option<File>> {
    File::read(&directory_path(dir), Whose::Directory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{self, Better};
    use crate::query::{Dimension, Level};
    use proptest::prelude::*;
    use std::fmt::Write as _;

    fn file(text: &str, whose: Whose) -> File {
        File::new(Path::new("config.toml"), whose, text.to_owned()).unwrap()
    }

    fn user(text: &str) -> Config {
        Config::of(&[file(text, Whose::User)]).unwrap()
    }

    fn shown(config: &Config) -> String {
        draw::settings(&config.tables.iter().cloned().map(settings::completed).collect::<Vec<_>>(), false)
    }

    /// What reports and alerts see of a config, for prompts and models of some names.
    fn seen(config: &Config, names: &[String]) -> (Vec<Vec<Level>>, String) {
        let levels = config.levels();
        let of = |dimension| names.iter().map(move |name| (dimension, name));
        let subjects = of(Dimension::Prompt).chain(of(Dimension::Model));
        let of_subjects = subjects.map(|(dimension, name)| levels.of(dimension, name).into_owned());
        let watch = config.watch();
        let budgets: Vec<_> = watch
            .budgets
            .iter()
            .map(|budget| {
                let of = budget.of.as_ref().map(|(dimension, names)| (*dimension, names.text().to_owned()));
                (budget.every, budget.limit, of, budget.severity)
            })
            .collect();
        let watched = (watch.window, watch.is_silence_bad, watch.low_usage, budgets, config.timezone());
        (std::iter::once(levels.base().to_vec()).chain(of_subjects).collect(), format!("{watched:?}"))
    }

    #[test]
    fn settings_are_laid_over_each_other_one_by_one_and_lists_grow() {
        let user_text = "timezone = \"Europe/Lisbon\"\n[privacy]\nuser = \"hash\"\nsalt = \"s\"\n\
            [targets.success_rate]\ntarget = 0.9\n[[override]]\nprompt = \"a*\"\n[override.success_rate]\ntarget = 0.95\nminimum = 50\n";
        let directory_text = "[privacy]\ntext = \"drop\"\n[targets.success_rate]\nminimum = 30\n\
            [[override]]\nprompt = \"ab\"\n[override.success_rate]\ntarget = false\n";
        let files = [file(user_text, Whose::User), file(directory_text, Whose::Directory)];
        let both = Config::of(&files).unwrap();
        assert_eq!(both.timezone(), Some("Europe/Lisbon"));
        let expected = Privacy { user: Keep::Hash, parameters: Keep::Keep, text: Keep::Drop, salt: "s".to_owned() };
        assert_eq!(privacy(&files), expected);
        let levels = both.levels();
        let of = |name| {
            let level = levels.of(Dimension::Prompt, name)[0].clone();
            (level.target, level.alert, level.minimum_n)
        };
        assert_eq!(of("b"), (Some(0.9), Some(0.7), 30));
        assert_eq!(of("ac"), (Some(0.95), Some(0.7), 50));
        assert_eq!(of("ab"), (None, Some(0.7), 50));
    }

    #[test]
    fn the_file_to_begin_with_says_nothing_and_uncommented_it_says_the_defaults() {
        let none = Config::of(&[]).unwrap();
        for is_in_directory in [false, true] {
            let text = draw::beginning(is_in_directory);
            assert_eq!(shown(&user(&text)), shown(&none));
            let lines = text.lines().filter(|line| !line.starts_with("# "));
            let said: String = lines.map(|line| line.trim_start_matches('#').to_owned() + "\n").collect();
            let without_examples = said.split("[[override]]").next().unwrap().replace("timezone", "# timezone");
            let alerts = &said[said.find("[alerts]").unwrap()..said.find("[[budget]]").unwrap()];
            let config = user(&(without_examples.replace("dir =", "# dir =") + alerts));
            assert_eq!(shown(&config).replace("salt = \"\"\n", ""), shown(&none));
            let whole = user(&said);
            assert_eq!(
                (whole.levels().of(Dimension::Prompt, "translate-x")[0].target, whole.watch().budgets.len()),
                (Some(0.95), 1)
            );
        }
    }

    /// A value of a metric's range, and a worse one.
    fn two_levels(key: &str) -> impl Strategy<Value = (f64, f64)> + use<> {
        let metric = settings::judged(key).expect("a metric with levels");
        let (low, high) = metric.range();
        let number = low..=high.min(1e20);
        (number.clone(), number).prop_map(move |(a, b)| match metric.better {
            Better::Higher => (a.max(b), a.min(b)),
            _ => (a.min(b), a.max(b)),
        })
    }

    /// `[below.METRIC]` with some settings.
    fn levels(below: &'static str) -> impl Strategy<Value = String> {
        let keys: Vec<String> = metric::ALL.iter().map(|metric| metric.key.to_string()).collect();
        let keys: Vec<String> =
            keys.into_iter().chain(["p99.9_ms".to_owned()]).filter(|key| settings::judged(key).is_some()).collect();
        let metric = prop::sample::select(keys).prop_flat_map(|key| (Just(key.clone()), two_levels(&key)));
        (metric, any::<(bool, bool)>(), 0..2_000_000_u64).prop_map(move |((key, (target, alert)), has, minimum)| {
            let or_off = |has: bool, number: f64| if has { format!("{number:?}") } else { "false".to_owned() };
            format!(
                "[{below}.\"{key}\"]\ntarget = {}\nalert = {}\nclear = {alert:?}\nseverity = \"low\"\nminimum = {minimum}\n",
                or_off(has.0, target),
                or_off(has.1, alert)
            )
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn what_is_shown_says_the_same_when_it_is_read(
            targets in levels("targets"),
            overrides in prop::collection::vec((any::<bool>(), "\\PC{1,8}", levels("override")), 0..3),
            name in ".{1,6}",
            usd in 0.0..1e18_f64,
            low_usage in any::<u64>(),
        ) {
            let quoted = |text: &str| serde_json::to_string(text).unwrap().replace('\u{7f}', "\\u007f");
            let mut text = format!("timezone = \"Asia/Kathmandu\"\n{targets}[alerts]\nsilence = \"alert\"\nlow_usage = {low_usage}\n");
            let _ = write!(text, "[[budget]]\nevery = \"week\"\nusd = {usd:?}\nproject = {}\n", quoted(&name));
            let mut names = vec![name];
            for (is_prompt, glob, levels) in overrides {
                let dimension = if is_prompt { "prompt" } else { "model" };
                let _ = write!(text, "[[override]]\n{dimension} = {}\n{levels}", quoted(&glob));
                names.push(glob);
            }
            let config = Config::of(&[file(&text, Whose::User)]);
            // An override that takes a level away may leave `clear` on the wrong side of everybody's.
            prop_assume!(config.is_ok());
            let config = config.unwrap();
            let again = user(&shown(&config));
            prop_assert_eq!(seen(&again, &names), seen(&config, &names));
            prop_assert_eq!(shown(&again), shown(&config));
        }
    }
}
