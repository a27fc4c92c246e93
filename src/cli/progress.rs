//! Progress of long work: a bar at a terminal, or lines of JSON for machines; and Ctrl-C, which ends the work.

use std::{
    fmt,
    io::{self, IsTerminal},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressState, ProgressStyle as Template};
use serde_json::json;

use super::print::tell;
use crate::simulate::Progress;
use crate::table::grouped;

/// Set by Ctrl-C.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// No progress is shown before this long; afterwards it is refreshed about this often.
const PATIENCE: Duration = Duration::from_secs(1);

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressStyle {
    /// A bar at a terminal, nothing elsewhere
    Bar,
    /// A line of JSON every second
    Json,
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Unit {
    /// People drawn.
    People,
    /// Points of a sweep.
    #[cfg(feature = "polars")]
    Points,
    /// Bytes of a roster.
    #[cfg(feature = "polars")]
    Bytes,
}

/// A progress bar on standard error for long work at a terminal, or lines of JSON for machines;
/// Ctrl-C ends the work.
#[derive(Debug)]
pub(super) struct Bar {
    total: u64,
    unit: Unit,
    style: ProgressStyle,
    since: Instant,
    terminal: bool,
    bar: OnceLock<ProgressBar>,
    done: AtomicU64,
    /// When the last line of JSON was written.
    last: Mutex<Instant>,
}

impl Bar {
    /// A bar over `people * replicates` draws.
    pub(super) fn over_people(people: u64, replicates: u64) -> Arc<Bar> {
        Bar::new(people.saturating_mul(replicates), Unit::People, ProgressStyle::Bar)
    }

    /// A bar over `total` units.
    pub(super) fn new(total: u64, unit: Unit, style: ProgressStyle) -> Arc<Bar> {
        // A second handler is refused; the first one does the same.
        let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
        let (since, terminal) = (Instant::now(), io::stderr().is_terminal());
        let last = Mutex::new(since);
        Arc::new(Bar {
            total,
            unit,
            style,
            since,
            terminal,
            bar: OnceLock::new(),
            done: AtomicU64::new(0),
            last,
        })
    }

    /// Removes the bar, or writes a last line of JSON.
    pub(super) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
        if self.style == ProgressStyle::Json {
            self.line(self.done.load(Ordering::Relaxed));
        }
    }

    fn bar(&self) -> &ProgressBar {
        self.bar.get_or_init(|| {
            let what = match self.unit {
                Unit::People => "people",
                #[cfg(feature = "polars")]
                Unit::Points => "points",
                #[cfg(feature = "polars")]
                Unit::Bytes => "bytes",
            };
            let template =
                format!("{{bar:30}} {{percent:>3}} % of {{human_len}} {what}, {{rate}}, {{eta}} left");
            let bar = ProgressBar::new(self.total).with_elapsed(self.since.elapsed());
            match Template::with_template(&template) {
                Ok(style) => bar.with_style(style.with_key("rate", rate)),
                Err(_) => bar,
            }
        })
    }

    fn line(&self, done: u64) {
        let elapsed = self.since.elapsed().as_secs_f64();
        let rate = if elapsed > 0.0 { done as f64 / elapsed } else { 0.0 };
        let left = (rate > 0.0).then(|| self.total.saturating_sub(done) as f64 / rate);
        let line = json!({ "done": done, "total": self.total, "per_second": rate, "seconds_left": left });
        tell(&format!("{line}\n"));
    }
}

fn rate(state: &ProgressState, text: &mut dyn fmt::Write) {
    // The bar's own buffer takes everything.
    let _ = write!(text, "{} a second", grouped(state.per_sec() as u64));
}

impl Progress for Bar {
    fn advance(&self, amount: u64) {
        let done = self.done.fetch_add(amount, Ordering::Relaxed) + amount;
        match self.style {
            ProgressStyle::Bar if self.terminal && self.since.elapsed() > PATIENCE => {
                self.bar().set_position(done)
            }
            ProgressStyle::Bar => {}
            ProgressStyle::Json => {
                if let Ok(mut last) = self.last.try_lock()
                    && last.elapsed() > PATIENCE
                {
                    *last = Instant::now();
                    self.line(done);
                }
            }
        }
    }

    fn cancelled(&self) -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }
}
