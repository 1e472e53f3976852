//! The npm package is told numbers and has the texts itself: they are those of the core, in its order.

use everwire::core::Failure;

#[test]
fn javascript_has_the_texts_of_failures_in_their_order() {
    use Failure::{
        Blocked, ConnectFailed, ConnectTimeout, ConnectionLost, GaveUp, HeartbeatTimeout, NoWebSocket, PageFrozen,
        ProviderFailed,
    };
    let failures = [
        ConnectFailed,
        ConnectionLost,
        ConnectTimeout,
        Blocked,
        ProviderFailed,
        NoWebSocket,
        HeartbeatTimeout,
        PageFrozen,
        GaveUp,
    ];
    assert!(failures.iter().enumerate().all(|(number, failure)| *failure as usize == number));
    let texts = failures.map(|failure| (failure.code().to_string(), failure.sentence().to_string()));
    assert_eq!(pairs(include_str!("../../npm/errors.ts"), "FAILURES"), texts);
}

#[test]
fn javascript_and_the_engine_have_options_in_the_same_order() {
    let options = option_places(include_str!("../../npm/check.ts"));
    let arms = include_str!("../../src/npm/options.rs").lines().filter_map(|line| line.trim().split_once(" => "));
    let arms = arms.filter_map(|(place, sets)| Some((place.parse().ok()?, sets))).filter(|arm| arm.0 != FIREFOX);
    let arms: Vec<(usize, &str)> = arms.collect();
    assert_eq!(arms.len(), 19);
    for (place, sets) in arms {
        let (_, option) = options.iter().find(|(other, _)| *other == place).expect("an option has this place");
        let fields = match option.as_str() {
            "shouldRetry" => "consult".to_string(),
            "heartbeat.message" => "heartbeat".to_string(),
            "heartbeat.answer" => "heartbeat.recognised".to_string(),
            others => others
                .chars()
                .map(|c| if c.is_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.into() })
                .collect(),
        };
        let sets_it = fields.split('.').all(|field| sets.contains(&format!(".{field}")));
        assert!(sets_it, "{place} is the option {option} in JavaScript, and {sets} in the engine");
    }
}

/// What JavaScript tells by itself.
const FIREFOX: usize = 99;

/// The options of a script with their places, which those in a group have after four times that of the group.
fn option_places(script: &str) -> Vec<(usize, String)> {
    let (_, table) = script.split_once("const OPTIONS: Kinds = {\n").expect("the table is there");
    let (table, _) = table.split_once("\n};").expect("it ends");
    let mut places = Vec::new();
    let (mut outer, mut inner, mut group) = (0, 0, None);
    for line in table.lines() {
        let (depth, line) = (line.len() - line.trim_start().len(), line.trim());
        match (depth, line.split_once(": "), &group) {
            (2, Some((name, "{")), _) => (group, inner) = (Some(name), 0),
            (2, Some((name, _)), _) if !line.starts_with('/') => {
                places.push((outer, name.to_string()));
                outer += 1;
            }
            (2, None, Some(_)) => {
                group = None;
                outer += 1;
            }
            (4, Some((name, _)), Some(group)) => {
                places.push((4 * outer + inner, format!("{group}.{name}")));
                inner += 1;
            }
            _ => {}
        }
    }
    places
}

/// The pairs of strings in an array of a script.
fn pairs(script: &str, name: &str) -> Vec<(String, String)> {
    let (_, array) = script.split_once(&format!("export const {name}")).expect("the array is there");
    let (array, _) = array.split_once("\n];").expect("it ends");
    let lines = array.lines().filter_map(|line| line.trim().strip_prefix("[\"")?.strip_suffix("\"],"));
    lines.filter_map(|line| line.split_once("\", \"")).map(|(one, other)| (one.into(), other.into())).collect()
}
