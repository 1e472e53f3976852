//! `npm run herd`: a hundred thousand clients lose their server at once. How does it get them back?
//!
//! Every decision of everwire's clients is made by the real core; those of the others follow the curves that they
//! document. See docs/herd.md.

mod arguments;
mod chart;
mod clients;
mod dice;
mod world;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use everwire::core::Config;

use arguments::Arguments;
use clients::{Curve, Everwire, Follower};
use world::{DEATH, Outcome, World};

/// One library's herd, and how it came back.
struct Herd {
    name: &'static str,
    outcome: Outcome,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(Arguments { world, config, only, json }) = arguments::read(std::env::args().skip(1))? else {
        print!("{}", arguments::HELP);
        return Ok(());
    };
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let herds = herds(world, &config, wanted);
    if herds.is_empty() {
        return Err(format!("--only takes one of {:?}", HERDS.map(|(name, _)| name)).into());
    }
    let folder = Path::new("target/herd");
    fs::create_dir_all(folder)?;
    let path = folder.join("dials.svg");
    fs::write(&path, chart::svg(world, &herds))?;
    println!("{}\n\nThe chart is in {}", table(world, &herds), path.display());
    if json {
        println!("{}", rows(world, &herds));
    }
    Ok(())
}

/// The libraries that are compared; those that keep to a curve with it.
const HERDS: [(&str, Option<Curve>); 5] = [
    ("everwire", None),
    ("reconnecting-websocket", Some(Curve::ReconnectingWebSocket)),
    ("partysocket", Some(Curve::PartySocket)),
    ("socket.io-client", Some(Curve::SocketIo)),
    ("gRPC", Some(Curve::Grpc)),
];

fn herds(world: World, config: &Config, wanted: impl Fn(&str) -> bool) -> Vec<Herd> {
    let run = |(name, curve)| Herd {
        name,
        outcome: match curve {
            Some(curve) => world.run(|dice| Follower::connected(curve, dice)),
            None => everwire(world, config),
        },
    };
    HERDS.into_iter().filter(|(name, _)| wanted(name)).map(run).collect()
}

fn everwire(world: World, config: &Config) -> Outcome {
    world.run(|mut dice| Everwire::connected(config.clone(), dice.number(), DEATH))
}

/// The figures of one herd: seconds until 50 %, 99 % and all are back; the worst second, at all and after the server's
/// return; all dials.
fn figures(world: World, herd: &Herd) -> ([Option<f64>; 3], [u64; 3]) {
    let until = |share| herd.outcome.until(share, world.clients).map(|millis| millis as f64 / 1_000.0);
    let returned = (world.down / 1_000) as usize;
    let worst = |second| u64::from(herd.outcome.worst_from(second));
    ([until(0.5), until(0.99), until(1.0)], [worst(0), worst(returned), herd.outcome.total()])
}

fn table(world: World, herds: &[Herd]) -> String {
    let best = f64::from(world.clients) / f64::from(world.capacity);
    let mut lines = vec![
        format!(
            "{} clients; the server is gone for {} s and then takes {} handshakes a second. What it drops, the client \
             sees {}.\nNo herd can be back sooner than {:.1} s after the return (99 %: {:.1} s). Dials per second are \
             counted at the server.\nOne of everwire's cores is {} bytes.\n",
            world.clients,
            world.down as f64 / 1_000.0,
            world.capacity,
            match world.dropped {
                world::Dropped::Silently => "fail by its own connect timeout only",
                world::Dropped::Refused => "refused after a round trip",
            },
            best,
            best * 0.99,
            Everwire::BYTES,
        ),
        format!(
            "{:<24}{:>9}{:>9}{:>9}{:>14}{:>16}{:>12}",
            "", "50 % s", "99 % s", "all s", "worst second", "… after return", "all dials"
        ),
    ];
    lines.extend(herds.iter().map(|herd| {
        let (until, counts) = figures(world, herd);
        let [half, most, all] = until.map(|time| time.map_or("never".to_owned(), |time| format!("{time:.1}")));
        let [worst, worst_after, total] = counts;
        format!("{:<24}{half:>9}{most:>9}{all:>9}{worst:>14}{worst_after:>16}{total:>12}", herd.name)
    }));
    lines.join("\n")
}

/// `{"rows":[{"herd","until50","until99","untilAll","worst","worstAfterReturn","dials"}]}`; times in seconds.
fn rows(world: World, herds: &[Herd]) -> String {
    let rows: Vec<_> = herds
        .iter()
        .map(|herd| {
            let (until, [worst, worst_after, total]) = figures(world, herd);
            let [half, most, all] = until.map(|time| time.map_or("null".to_owned(), |time| time.to_string()));
            format!(
                "{{\"herd\":\"{}\",\"until50\":{half},\"until99\":{most},\"untilAll\":{all},\"worst\":{worst},\
                 \"worstAfterReturn\":{worst_after},\"dials\":{total}}}",
                herd.name
            )
        })
        .collect();
    format!("{{\"rows\":[{}]}}", rows.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use world::Dropped;

    const SMALL: World = World { clients: 2_000, down: 5_000, capacity: 40, dropped: Dropped::Refused, seed: 1 };

    #[test]
    fn every_herd_comes_back_whatever_the_server_drops() {
        for dropped in [Dropped::Refused, Dropped::Silently] {
            let world = World { dropped, ..SMALL };
            for Herd { name, outcome } in herds(world, &Config::default(), |_| true) {
                assert_eq!(outcome.returns.len(), world.clients as usize, "{name}, {dropped:?}");
                let taken = outcome.back.windows(2).map(|pair| pair[1] - pair[0]).max();
                assert!(taken <= Some(2 * world.capacity), "{name}: the server took {taken:?} in a second");
            }
        }
    }

    #[test]
    fn the_same_seed_is_the_same_herd() {
        let herd = |seed| everwire(World { seed, ..SMALL }, &Config::default());
        assert_eq!(herd(1), herd(1));
        assert_ne!(herd(1), herd(2));
    }

    #[test]
    fn everwires_clients_do_not_come_back_as_one() {
        let outcome = everwire(SMALL, &Config::default());
        assert!(outcome.worst_from(5) < SMALL.clients / 2, "{:?}", outcome.dials);
    }
}
