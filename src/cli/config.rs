//! The config: TOML files, the user's and the metrics directory's. A typo is an error with its line.

use super::Trouble;
use crate::event::{Keep, Privacy};
use anyhow::{Context, Result};
use directories::ProjectDirs;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The settings of one file, or of several laid over each other.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The metrics directory; only in the user's file.
    pub dir: Option<PathBuf>,
    /// The IANA zone of days and weeks.
    pub timezone: Option<String>,
    #[serde(default)]
    privacy: Kept,
    /// Targets of metrics by their key, such as `[targets.success_rate]`.
    #[serde(default)]
    pub targets: BTreeMap<String, Target>,
}

/// The `[privacy]` table: what one file says, or several laid over each other.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Kept {
    user: Option<Keep>,
    parameters: Option<Keep>,
    text: Option<Keep>,
    salt: Option<String>,
}

/// An overriding target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub target: Option<f64>,
    /// Observations needed to judge.
    pub minimum: Option<u64>,
}

impl Config {
    /// These settings with those of `over` laid over them, one by one: a table that says one thing leaves the others.
    pub fn overlaid(self, over: Config) -> Config {
        let mut targets = self.targets;
        for (metric, over) in over.targets {
            let target = targets.entry(metric).or_default();
            *target = Target { target: over.target.or(target.target), minimum: over.minimum.or(target.minimum) };
        }
        Config {
            dir: over.dir.or(self.dir),
            timezone: over.timezone.or(self.timezone),
            privacy: Kept {
                user: over.privacy.user.or(self.privacy.user),
                parameters: over.privacy.parameters.or(self.privacy.parameters),
                text: over.privacy.text.or(self.privacy.text),
                salt: over.privacy.salt.or(self.privacy.salt),
            },
            targets,
        }
    }

    /// What is kept of a person before an event reaches the disk.
    pub fn privacy(&self) -> Privacy {
        let Kept { user, parameters, text, salt } = self.privacy.clone();
        Privacy {
            user: user.unwrap_or_default(),
            parameters: parameters.unwrap_or_default(),
            text: text.unwrap_or_default(),
            salt: salt.unwrap_or_default(),
        }
    }
}

/// The user's config: `named`, else `config.toml` in the platform's config directory, if there is one.
///
/// # Errors
/// The file is named and absent, cannot be read, or is not a config.
pub fn user(named: Option<&Path>) -> Result<Config> {
    if let Some(path) = named {
        return read(path)?.ok_or_else(|| anyhow::anyhow!("there is no config {}", path.display()));
    }
    match ProjectDirs::from("", "", "prompt-analytics") {
        Some(dirs) => Ok(read(&dirs.config_dir().join("config.toml"))?.unwrap_or_default()),
        None => Ok(Config::default()),
    }
}

/// The config of a metrics directory.
///
/// # Errors
/// It cannot be read, is not a config, or says where the metrics directory is.
pub fn in_directory(dir: &Path) -> Result<Config> {
    let path = dir.join("config.toml");
    let config = read(&path)?.unwrap_or_default();
    if config.dir.is_some() {
        let says = format!("`dir` in {} has no meaning: the directory is already found there", path.display());
        return Err(Trouble::new(says).hint("put `dir` into the user's own config").into());
    }
    Ok(config)
}

fn read(path: &Path) -> Result<Option<Config>> {
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        // A pipe in its place would be waited for, for ever.
        return Err(Trouble::new(format!("{} is not a file", path.display())).into());
    }
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    toml::from_str(&text).map(Some).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        let cause = error.message().lines().next().unwrap_or_default().to_owned();
        Trouble::new(format!("{}:{line}: {cause}", path.display()))
            .hint("fix that line, or comment it out with `#`")
            .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_laid_over_each_other_one_by_one() {
        let [user, directory] = [
            "timezone = \"Europe/Lisbon\"\n[privacy]\nuser = \"hash\"\nsalt = \"s\"\n[targets.success_rate]\ntarget = 0.9\n",
            "[privacy]\ntext = \"drop\"\n[targets.success_rate]\nminimum = 30\n",
        ]
        .map(|text| toml::from_str::<Config>(text).unwrap());
        let both = user.overlaid(directory);
        assert_eq!(both.timezone.as_deref(), Some("Europe/Lisbon"));
        let privacy = Privacy { user: Keep::Hash, parameters: Keep::Keep, text: Keep::Drop, salt: "s".to_owned() };
        assert_eq!(both.privacy(), privacy);
        assert_eq!(both.targets["success_rate"], Target { target: Some(0.9), minimum: Some(30) });
    }
}
