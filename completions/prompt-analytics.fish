# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_prompt_analytics_global_optspecs
    string join \n d/dir= config= no-cache now= since= until= period= prompt= template= starter= category= domain= m/model= provider= p/project= conversation= user= prompt-version= variant= source= host= tag= error-type= success failed min-rating= max-rating= n/top= sort= quantiles= metric= compare= recompute session-length= min-confidence= j/json o/output= table= csv-raw title= logo= refresh= z/timezone= color= no-pager chart= of= x= y= watch compat= fail-on= notify= remember r/report= b/by= every= f/format= h/help V/version
end

function __fish_prompt_analytics_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_prompt_analytics_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_prompt_analytics_using_subcommand
    set -l cmd (__fish_prompt_analytics_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l since -d 'From the start of WHEN: a date, week, month or instant, `7d`, `36h`, `yesterday`, `last-month`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l until -d 'Up to the end of WHEN, inclusive for a date' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l period -d 'Exactly WHEN, such as `2026-11` or `7d`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l prompt -d 'Keep prompts that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l template -d 'Keep templates that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l starter -d 'Keep starters that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l category -d 'Keep task categories that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l domain -d 'Keep task domains that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s m -l model -d 'Keep models that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l provider -d 'Keep providers that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s p -l project -d 'Keep projects that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l conversation -d 'Keep conversations that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l user -d 'Keep users that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l prompt-version -d 'Keep prompt versions that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l variant -d 'Keep variants that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l source -d 'Keep sources that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l host -d 'Keep hosts that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l tag -d 'Keep what carries a tag that matches GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l error-type -d 'Keep errors whose type matches GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l min-rating -d 'Keep uses rated at least N' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l max-rating -d 'Keep uses rated at most N' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s n -l top -d 'Keep the first N rows; 0 keeps all' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l sort -d 'Sort by a column\'s key, such as `runs`, `p95_ms:asc` or `prompt`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l quantiles -d 'Quantiles of latency (performance) and tokens (usage), in percent' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l metric -d 'Metrics to look at (trends, compare), by the keys of their columns, such as `success_rate,p95_ms`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l compare -d 'Compare names of a dimension with the first of them, such as `model=a,b`; the two most used of `model`; or `period`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l session-length -d 'Hours of a block: 1 to 168, 5 unless it is given (blocks)' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l min-confidence -d 'Show recommendations from this probability on, 0 to 1' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s o -l output -d 'Write FILE, in the format of its extension' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l table -d 'CSV of the table ID instead of the report\'s main table' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l title -d 'Head the page with TEXT' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l logo -d 'Put the image FILE beside the title of an HTML page: PNG, JPEG, SVG, WebP or GIF' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l refresh -d 'Let an HTML page read its file again every SECONDS, for a screen on a wall: 5 to 86400' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s z -l timezone -d 'Days and weeks of the IANA zone ZONE' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l color -d 'Colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l chart -d 'Draw KIND (line, bar, pie, scatter or heatmap) instead of the charts of the report' -r -f -a "line\t''
bar\t''
pie\t''
scatter\t''
heatmap\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l of -d 'Of this report or, after a colon, this table of it' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l x -d 'Along the axis, by the key of a column: names or time, of a scatter numbers' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l y -d 'What is drawn, by the keys of columns; of a heatmap `ROWS,NUMBER` or as many numbers as it has columns' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l compat -d 'Shape the JSON of daily, weekly, monthly, session and blocks as that tool does' -r -f -a "ccusage\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l fail-on -d 'Exit with 1 where a finding of this severity or worse is shown that nobody acknowledged' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l notify -d 'When an alert is new, worse or over, run COMMAND in a shell with the alerts as JSON on its standard input, and record that it was told' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s r -l report -d 'Reports to print: names with commas between them, or `all`' -r -f -a "overview\t''
usage\t''
performance\t''
quality\t''
feedback\t''
cost\t''
blocks\t''
errors\t''
trends\t''
compare\t''
templates\t''
starters\t''
alerts\t''
recommendations\t''
runs\t''
daily\t''
weekly\t''
monthly\t''
session\t''
all\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s b -l by -d 'Break down by dimensions, such as `prompt,model` or `project,week`' -r -f -a "prompt\t''
template\t''
starter\t''
category\t''
domain\t''
provider\t''
model\t''
project\t''
conversation\t''
user\t''
prompt_version\t''
variant\t''
source\t''
host\t''
error_type\t''
hour\t''
day\t''
week\t''
month\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l every -d 'One row for every hour, day, week or month' -r -f -a "hour\t''
day\t''
week\t''
month\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s f -l format -d 'Draw as table, csv, json, markdown, html, svg or png' -r -f -a "table\t''
csv\t''
json\t''
markdown\t''
html\t''
svg\t''
png\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l success -d 'Keep what helped'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l failed -d 'Keep what did not help'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l recompute -d 'Put recorded cost beside what the price table says, and the difference (cost)'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s j -l json -d 'The same as --format json'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l csv-raw -d 'CSV text as it is, even where a spreadsheet would run it'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l no-pager -d 'Print what is taller than the terminal as it is'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l watch -d 'Draw again when the log grows: on the terminal, or as the file of --output'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -l remember -d 'Record which alerts are open, so that each is new once'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s h -l help -d 'Print help'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -s V -l version -d 'Print version'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "record" -d 'Append validated events to the log'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "rate" -d 'Judge a use from 1 to 5'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "import" -d 'Turn the logs of other tools, and tables, into events, each record once'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "check" -d 'Say what was read of the log, what was not, where and why'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "config" -d 'Show the settings that hold, or begin a config file'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "prices" -d 'Show what models cost and since when, or read a price list'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "sql" -d 'Ask the log a question of your own, in SQL'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "alert" -d 'Say of alerts that they are known, or take them up again'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "recommend" -d 'Say of recommendations that they are known or done, or take them up again'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "statusline" -d 'Print what was spent, on one line for a prompt or a status bar'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "completions" -d 'Print the completions of a shell, or the man page'
complete -c prompt-analytics -n "__fish_prompt_analytics_needs_command" -a "schema" -d 'Print the JSON Schema of event lines, of reports, or of the config'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand record" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand record" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand record" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand record" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand record" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand rate" -l run -d 'The use to judge; without it, your newest use on this machine within a day' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand rate" -l prompt -d 'Judge the newest use of the prompt ID' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand rate" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand rate" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand rate" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand rate" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand rate" -s h -l help -d 'Print help'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l map -d 'Fill fields from columns, such as `ts=TIMESTAMP,duration_ms=latency_s*1000`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l set -d 'Fill fields with the same text for every record, such as `event=run,model=gpt-4o`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l where -d 'Import only the records for which EXPR is true' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l epoch -d 'Count `ts` from INSTANT: in seconds, or in units of --step; without `ts`, start at it' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l step -d 'The unit of a relative `ts`, or the time between two records without one, such as `1ms` or `1m`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l again -d 'Read files from their start, whatever was read of them before'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l list -d 'List the sources, the paths they look at, and what is there'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -s j -l json -d 'The listing as JSON'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l with-text -d 'Keep the words of prompts, as `parameters.prompt_text`'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l dry-run -d 'Show what would be added, and change nothing'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l list -d 'Write the lines that could not be read to FILE, as they are' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -s n -l top -d 'Show the first N of each kind of trouble (20 unless it is given); 0 shows all' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -s f -l format -d 'Draw as table, csv, json, markdown, html, svg or png' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -s o -l output -d 'Write FILE, in the format of its extension' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l table -d 'CSV of the table ID instead of the report\'s main table' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l title -d 'Head the page with TEXT' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l logo -d 'Put the image FILE beside the title of an HTML page: PNG, JPEG, SVG, WebP or GIF' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l refresh -d 'Let an HTML page read its file again every SECONDS, for a screen on a wall: 5 to 86400' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -s z -l timezone -d 'Days and weeks of the IANA zone ZONE' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l color -d 'Colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l chart -d 'Draw KIND (line, bar, pie, scatter or heatmap) instead of the charts of the report' -r -f -a "line\t''
bar\t''
pie\t''
scatter\t''
heatmap\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l of -d 'Of this report or, after a colon, this table of it' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l x -d 'Along the axis, by the key of a column: names or time, of a scatter numbers' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l y -d 'What is drawn, by the keys of columns; of a heatmap `ROWS,NUMBER` or as many numbers as it has columns' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l strict -d 'Exit with 1 also where something was not read as it was meant'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -s j -l json -d 'The same as --format json'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l csv-raw -d 'CSV text as it is, even where a spreadsheet would run it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l no-pager -d 'Print what is taller than the terminal as it is'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and not __fish_seen_subcommand_from show init" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and not __fish_seen_subcommand_from show init" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and not __fish_seen_subcommand_from show init" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and not __fish_seen_subcommand_from show init" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and not __fish_seen_subcommand_from show init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and not __fish_seen_subcommand_from show init" -f -a "show" -d 'Print the settings that hold, as TOML'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and not __fish_seen_subcommand_from show init" -f -a "init" -d 'Write a config file with every setting and its default, commented out'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from show" -s z -l timezone -d 'Days and weeks of the IANA zone ZONE' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from show" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from show" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from show" -l origin -d 'Say beside each where it is from'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from show" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from init" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from init" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from init" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from init" -l local -d 'Write `config.toml` of the metrics directory instead of the user\'s own'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from init" -l print -d 'Print it instead'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from init" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and not __fish_seen_subcommand_from show list update" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and not __fish_seen_subcommand_from show list update" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and not __fish_seen_subcommand_from show list update" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and not __fish_seen_subcommand_from show list update" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and not __fish_seen_subcommand_from show list update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and not __fish_seen_subcommand_from show list update" -f -a "show" -d 'Show every price that a model can go by, the rule that found it, and an example'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and not __fish_seen_subcommand_from show list update" -f -a "list" -d 'List the rows of the price table'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and not __fish_seen_subcommand_from show list update" -f -a "update" -d 'Read the price list of `litellm` into your own price file: what is new, and what changed from today on'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l on -d 'Only what holds on DATE' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l provider -d 'The provider, as the log has it' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -s f -l format -d 'Draw as table, csv, json, markdown, html, svg or png' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -s o -l output -d 'Write FILE, in the format of its extension' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l table -d 'CSV of the table ID instead of the report\'s main table' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l title -d 'Head the page with TEXT' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l logo -d 'Put the image FILE beside the title of an HTML page: PNG, JPEG, SVG, WebP or GIF' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l refresh -d 'Let an HTML page read its file again every SECONDS, for a screen on a wall: 5 to 86400' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -s z -l timezone -d 'Days and weeks of the IANA zone ZONE' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l color -d 'Colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l chart -d 'Draw KIND (line, bar, pie, scatter or heatmap) instead of the charts of the report' -r -f -a "line\t''
bar\t''
pie\t''
scatter\t''
heatmap\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l of -d 'Of this report or, after a colon, this table of it' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l x -d 'Along the axis, by the key of a column: names or time, of a scatter numbers' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l y -d 'What is drawn, by the keys of columns; of a heatmap `ROWS,NUMBER` or as many numbers as it has columns' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -s j -l json -d 'The same as --format json'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l csv-raw -d 'CSV text as it is, even where a spreadsheet would run it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l no-pager -d 'Print what is taller than the terminal as it is'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -s f -l format -d 'Draw as table, csv, json, markdown, html, svg or png' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -s o -l output -d 'Write FILE, in the format of its extension' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l table -d 'CSV of the table ID instead of the report\'s main table' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l title -d 'Head the page with TEXT' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l logo -d 'Put the image FILE beside the title of an HTML page: PNG, JPEG, SVG, WebP or GIF' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l refresh -d 'Let an HTML page read its file again every SECONDS, for a screen on a wall: 5 to 86400' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -s z -l timezone -d 'Days and weeks of the IANA zone ZONE' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l color -d 'Colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l chart -d 'Draw KIND (line, bar, pie, scatter or heatmap) instead of the charts of the report' -r -f -a "line\t''
bar\t''
pie\t''
scatter\t''
heatmap\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l of -d 'Of this report or, after a colon, this table of it' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l x -d 'Along the axis, by the key of a column: names or time, of a scatter numbers' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l y -d 'What is drawn, by the keys of columns; of a heatmap `ROWS,NUMBER` or as many numbers as it has columns' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -s j -l json -d 'The same as --format json'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l csv-raw -d 'CSV text as it is, even where a spreadsheet would run it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l no-pager -d 'Print what is taller than the terminal as it is'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from update" -l from -d 'Its `model_prices_and_context_window.json`' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from update" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from update" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from update" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from update" -l dry-run -d 'Say what would change, and change nothing'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from update" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand prices; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -s n -l top -d 'Show the first N rows; 0 shows all. Unless it is given, a terminal shows 30, and every other format all' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l since -d 'From the start of WHEN: a date, week, month or instant, `7d`, `36h`, `yesterday`, `last-month`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l until -d 'Up to the end of WHEN, inclusive for a date' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l period -d 'Exactly WHEN, such as `2026-11` or `7d`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l prompt -d 'Keep prompts that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l template -d 'Keep templates that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l starter -d 'Keep starters that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l category -d 'Keep task categories that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l domain -d 'Keep task domains that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -s m -l model -d 'Keep models that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l provider -d 'Keep providers that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -s p -l project -d 'Keep projects that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l conversation -d 'Keep conversations that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l user -d 'Keep users that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l prompt-version -d 'Keep prompt versions that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l variant -d 'Keep variants that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l source -d 'Keep sources that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l host -d 'Keep hosts that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l tag -d 'Keep what carries a tag that matches GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l error-type -d 'Keep errors whose type matches GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l min-rating -d 'Keep uses rated at least N' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l max-rating -d 'Keep uses rated at most N' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -s f -l format -d 'Draw as table, csv, json, markdown, html, svg or png' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -s o -l output -d 'Write FILE, in the format of its extension' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l table -d 'CSV of the table ID instead of the report\'s main table' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l title -d 'Head the page with TEXT' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l logo -d 'Put the image FILE beside the title of an HTML page: PNG, JPEG, SVG, WebP or GIF' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l refresh -d 'Let an HTML page read its file again every SECONDS, for a screen on a wall: 5 to 86400' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -s z -l timezone -d 'Days and weeks of the IANA zone ZONE' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l color -d 'Colour: auto, always or never' -r -f -a "auto\t''
always\t''
never\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l chart -d 'Draw KIND (line, bar, pie, scatter or heatmap) instead of the charts of the report' -r -f -a "line\t''
bar\t''
pie\t''
scatter\t''
heatmap\t''"
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l of -d 'Of this report or, after a colon, this table of it' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l x -d 'Along the axis, by the key of a column: names or time, of a scatter numbers' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l y -d 'What is drawn, by the keys of columns; of a heatmap `ROWS,NUMBER` or as many numbers as it has columns' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l schema -d 'List the tables and their columns, with type, unit and meaning'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l success -d 'Keep what helped'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l failed -d 'Keep what did not help'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -s j -l json -d 'The same as --format json'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l csv-raw -d 'CSV text as it is, even where a spreadsheet would run it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l no-pager -d 'Print what is taller than the terminal as it is'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand sql" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l since -d 'From the start of WHEN: a date, week, month or instant, `7d`, `36h`, `yesterday`, `last-month`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l until -d 'Up to the end of WHEN, inclusive for a date' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l period -d 'Exactly WHEN, such as `2026-11` or `7d`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l prompt -d 'Keep prompts that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l template -d 'Keep templates that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l starter -d 'Keep starters that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l category -d 'Keep task categories that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l domain -d 'Keep task domains that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -s m -l model -d 'Keep models that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l provider -d 'Keep providers that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -s p -l project -d 'Keep projects that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l conversation -d 'Keep conversations that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l user -d 'Keep users that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l prompt-version -d 'Keep prompt versions that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l variant -d 'Keep variants that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l source -d 'Keep sources that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l host -d 'Keep hosts that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l tag -d 'Keep what carries a tag that matches GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l error-type -d 'Keep errors whose type matches GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l min-rating -d 'Keep uses rated at least N' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l max-rating -d 'Keep uses rated at most N' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l success -d 'Keep what helped'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l failed -d 'Keep what did not help'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand alert" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l since -d 'From the start of WHEN: a date, week, month or instant, `7d`, `36h`, `yesterday`, `last-month`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l until -d 'Up to the end of WHEN, inclusive for a date' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l period -d 'Exactly WHEN, such as `2026-11` or `7d`' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l prompt -d 'Keep prompts that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l template -d 'Keep templates that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l starter -d 'Keep starters that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l category -d 'Keep task categories that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l domain -d 'Keep task domains that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -s m -l model -d 'Keep models that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l provider -d 'Keep providers that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -s p -l project -d 'Keep projects that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l conversation -d 'Keep conversations that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l user -d 'Keep users that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l prompt-version -d 'Keep prompt versions that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l variant -d 'Keep variants that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l source -d 'Keep sources that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l host -d 'Keep hosts that match GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l tag -d 'Keep what carries a tag that matches GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l error-type -d 'Keep errors whose type matches GLOB' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l min-rating -d 'Keep uses rated at least N' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l max-rating -d 'Keep uses rated at most N' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l success -d 'Keep what helped'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l failed -d 'Keep what did not help'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand recommend" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand statusline" -s z -l timezone -d 'Days and weeks of the IANA zone ZONE' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand statusline" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand statusline" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand statusline" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand statusline" -l verbose -d 'Say on standard error what went wrong'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand statusline" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand statusline" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand completions" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand completions" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand completions" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand completions" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand schema" -s d -l dir -d 'Read and write the metrics directory DIR' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand schema" -l config -d 'Read the config FILE instead of the user\'s own' -r -F
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand schema" -l now -d 'The clock: what "now" is, for tests and for repeating an answer' -r
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand schema" -l no-cache -d 'Read the whole log again and keep no columns of it'
complete -c prompt-analytics -n "__fish_prompt_analytics_using_subcommand schema" -s h -l help -d 'Print help'
