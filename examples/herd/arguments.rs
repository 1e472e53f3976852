//! What the command line asks for.

use std::time::Duration;

use everwire::core::{Backoff, Config};

use crate::world::{Dropped, World};

pub(crate) const HELP: &str = "\
A hundred thousand clients lose their server at once: how soon does it get them back, and how hard is it hit?

Usage: npm run herd -- [options]

      --clients <n>     how many [100000]
      --down <s>        how long the server is gone, in seconds [10]
      --capacity <n>    how many handshakes it takes a second [2000]
      --dropped <how>   what a client sees of a handshake that is dropped: refused, or silence until its own
                        connect timeout [refused]
      --seed <n>        a different herd for a different number [1]
      --min, --base, --max, --timeout <ms>
                        everwire's backoff and connect timeout [its defaults]
      --only <name>     only this herd, such as everwire
      --json            print the figures as a last line of JSON too
  -h, --help            print this and exit
";

pub(crate) struct Arguments {
    pub(crate) world: World,
    pub(crate) config: Config,
    /// The name of the only herd that is wanted.
    pub(crate) only: Option<String>,
    pub(crate) json: bool,
}

/// The world and the clients that are asked for; nothing where only help is.
pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let mut world = World { clients: 100_000, down: 10_000, capacity: 2_000, dropped: Dropped::Refused, seed: 1 };
    let mut backoff = Backoff::default();
    let mut config = Config::default();
    let mut only = None;
    let mut json = false;
    while let Some(name) = words.next() {
        let mut value = || words.next().ok_or(format!("{name} takes a value"));
        match name.as_str() {
            "-h" | "--help" => return Ok(None),
            "--json" => json = true,
            "--only" => only = Some(value()?),
            "--clients" => world.clients = at_least_one(&name, &value()?)?,
            "--capacity" => world.capacity = at_least_one(&name, &value()?)?,
            "--down" => world.down = number::<u64>(&name, &value()?)? * 1_000,
            "--seed" => world.seed = number(&name, &value()?)?,
            "--dropped" => world.dropped = dropped(&value()?)?,
            "--min" => backoff.min = millis(&name, &value()?)?,
            "--base" => backoff.base = millis(&name, &value()?)?,
            "--max" => backoff.max = millis(&name, &value()?)?,
            "--timeout" => config.connect_timeout = millis(&name, &value()?)?,
            _ => return Err(format!("there is no option {name}; --help lists them")),
        }
    }
    config.backoff = backoff;
    config.validate().map_err(|error| error.to_string())?;
    Ok(Some(Arguments { world, config, only, json }))
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{name} takes a whole number, not {text:?}"))
}

fn at_least_one(name: &str, text: &str) -> Result<u32, String> {
    Some(number(name, text)?).filter(|number| *number > 0).ok_or(format!("{name} takes at least 1"))
}

fn millis(name: &str, text: &str) -> Result<Duration, String> {
    number(name, text).map(Duration::from_millis)
}

fn dropped(text: &str) -> Result<Dropped, String> {
    match text {
        "refused" => Ok(Dropped::Refused),
        "silence" => Ok(Dropped::Silently),
        _ => Err(format!("--dropped takes refused or silence, not {text:?}")),
    }
}
