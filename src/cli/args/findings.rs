//! Arguments about findings: what is done about them in cron, and what a person says of them.

use super::FilterArgs;
use clap::ValueEnum;

/// What is done about what a report finds.
#[derive(clap::Args)]
#[command(next_help_heading = "Alarm")]
pub struct AlarmArgs {
    /// Exit with 1 where a finding of this severity or worse is shown that nobody acknowledged
    #[arg(long, value_name = "low|medium|high")]
    pub fail_on: Option<String>,
    /// When an alert is new, worse or over, run COMMAND in a shell with the alerts as JSON on its standard input, and record
    /// that it was told
    #[arg(long, value_name = "COMMAND", conflicts_with = "remember")]
    pub notify: Option<String>,
    /// Record which alerts are open, so that each is new once
    #[arg(long)]
    pub remember: bool,
}

/// Say of alerts that they are known, or take them up again
#[derive(clap::Args)]
#[command(after_long_help = ALERT_HELP)]
pub struct AlertVerb {
    /// ack: known, and quiet until it is worse; reopen: loud again
    #[arg(value_name = "ACTION", value_enum)]
    pub action: AlertAction,
    /// The alerts, by the ids that `alerts` shows
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AlertAction {
    Ack,
    Reopen,
}

const ALERT_HELP: &str = "\
An acknowledged alert is shown last, and is no reason for --fail-on or --notify until its severity rises or its value is worse than \
it was by more than a tenth of its level. When it is over it is closed, and the next one is new.

The filters are those that the alert was shown under: under a filter a subject has alerts of its own.

  prompt-analytics alert ack a-7f3a09
  prompt-analytics alert reopen a-7f3a09";

/// Say of recommendations that they are known or done, or take them up again
#[derive(clap::Args)]
#[command(after_long_help = RECOMMEND_HELP)]
pub struct RecommendVerb {
    /// ack: known; done: what it asks for was done; reopen: neither
    #[arg(value_name = "ACTION", value_enum)]
    pub action: RecommendAction,
    /// The recommendations, by the ids that `recommendations` shows
    #[arg(value_name = "ID", required = true)]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub filters: FilterArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RecommendAction {
    Ack,
    Done,
    Reopen,
}

const RECOMMEND_HELP: &str = "\
What is said goes into the log as an event, with the number as it is now. The filters are those that the recommendation was shown \
under.

  prompt-analytics recommend done r-7f3a09";
