use std::{
    fmt,
    io::{self, IsTerminal},
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::output::grouped;
use crate::simulate::Progress;

/// Set by Ctrl-C.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// What takes less long says nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// A progress bar on standard error for long work at a terminal; Ctrl-C ends the work.
#[derive(Debug)]
pub(super) struct Bar {
    total: u64,
    since: Instant,
    shown: bool,
    bar: OnceLock<ProgressBar>,
    done: AtomicU64,
}

impl Bar {
    /// For work on so many people in all.
    pub(super) fn new(total: u64) -> Bar {
        // A second handler is refused; the first one does the same.
        let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
        Bar {
            total,
            since: Instant::now(),
            shown: io::stderr().is_terminal(),
            bar: OnceLock::new(),
            done: AtomicU64::new(0),
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self) -> &ProgressBar {
        self.bar.get_or_init(|| {
            let template = "{bar:30} {percent:>3} % of {human_len} prisoners, {rate}, {eta} left";
            let bar = ProgressBar::new(self.total).with_elapsed(self.since.elapsed());
            match ProgressStyle::with_template(template) {
                Ok(style) => bar.with_style(style.with_key("rate", rate)),
                Err(_) => bar,
            }
        })
    }
}

fn rate(state: &ProgressState, text: &mut dyn fmt::Write) {
    // The bar's own buffer takes everything.
    let _ = write!(text, "{} a second", grouped(state.per_sec() as u64));
}

impl Progress for Bar {
    fn advance(&self, people: u64) {
        let done = self.done.fetch_add(people, Ordering::Relaxed) + people;
        if self.shown && self.since.elapsed() > PATIENCE {
            self.bar().set_position(done);
        }
    }

    fn cancelled(&self) -> bool {
        INTERRUPTED.load(Ordering::Relaxed)
    }
}
