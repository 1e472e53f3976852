//! The herds as an SVG: a panel each, dials per second on a logarithmic scale, and the share that is back.

use std::fmt::Write as _;

use crate::Herd;
use crate::world::World;

const WIDTH: f64 = 860.0;
const PANEL: f64 = 110.0;
const GAP: f64 = 34.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 56.0;

const STYLE: &str = "text { font: 12px system-ui, sans-serif; fill: #334 } .name { font-weight: 600 } \
    .grid { stroke: #ccd; stroke-width: 1 } .limit { stroke: #c33; stroke-dasharray: 4 3 } \
    .down { fill: #c33; opacity: .08 } .dials { fill: #36c } .back { fill: none; stroke: #2a7; stroke-width: 2 }";

pub(crate) fn svg(world: World, herds: &[Herd]) -> String {
    // A client or two with bad luck must not squeeze what the others did.
    let seconds = herds
        .iter()
        .map(|herd| herd.outcome.back.iter().take_while(|back| **back < world.clients / 1_000 * 999).count() + 5)
        .max()
        .unwrap_or(1);
    let x = |second: f64| LEFT + second / seconds as f64 * (WIDTH - LEFT - 20.0);
    let top = f64::from(world.clients).log10();
    let height = |dials: f64| if dials < 1.0 { 0.0 } else { (dials.log10() + 0.3) / (top + 0.3) * PANEL };
    let down = world.down as f64 / 1_000.0;

    let total = TOP + herds.len() as f64 * (PANEL + GAP);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {total}\">\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"20\" class=\"name\">{} clients, {} s without a server that takes {} handshakes a second\
         </text>\n<text x=\"{LEFT}\" y=\"38\">blue: dials per second (logarithmic) · red line: what the server takes · \
         green: share that is back · x: seconds since the server died</text>\n",
        world.clients, down, world.capacity
    );
    for (index, herd) in herds.iter().enumerate() {
        let bottom = TOP + index as f64 * (PANEL + GAP) + PANEL;
        let y = |dials: f64| bottom - height(dials);
        let mut put = |element: String| svg.write_str(&element).expect("a string takes all");
        put(format!("<text x=\"{LEFT}\" y=\"{:.1}\" class=\"name\">{}</text>\n", bottom - PANEL - 2.0, herd.name));
        put(format!(
            "<rect class=\"down\" x=\"{LEFT}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{PANEL}\"/>\n",
            bottom - PANEL,
            x(down) - LEFT
        ));
        for power in [0, 2, 4] {
            let dials = 10_f64.powi(power);
            put(format!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{dials}</text>\n",
                WIDTH - 20.0,
                LEFT - 6.0,
                y(dials) + 4.0,
                y = y(dials),
            ));
        }
        let bars = herd.outcome.dials.iter().take(seconds).enumerate().filter(|(_, dials)| **dials > 0);
        let outline: String = bars
            .map(|(second, dials)| {
                let (from, to) = (x(second as f64), x(second as f64 + 1.0));
                format!("M{from:.1} {bottom:.1}V{:.1}H{to:.1}V{bottom:.1}Z", y(f64::from(*dials)))
            })
            .collect();
        put(format!("<path class=\"dials\" d=\"{outline}\"/>\n"));
        let limit = y(f64::from(world.capacity));
        put(format!(
            "<line class=\"limit\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{limit:.1}\" y2=\"{limit:.1}\"/>\n",
            WIDTH - 20.0
        ));
        let line: Vec<_> = (herd.outcome.back.iter().take(seconds).enumerate())
            .map(|(second, back)| {
                let share = f64::from(*back) / f64::from(world.clients);
                format!("{:.1},{:.1}", x(second as f64 + 1.0), bottom - share * PANEL)
            })
            .collect();
        put(format!("<polyline class=\"back\" points=\"{}\"/>\n", line.join(" ")));
        for mark in 0..=4 {
            let second = (seconds as f64 * f64::from(mark) / 4.0).round();
            put(format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{second}</text>\n",
                x(second),
                bottom + 14.0
            ));
        }
    }
    svg.push_str("</svg>\n");
    svg
}
