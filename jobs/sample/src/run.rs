//! Writing a whole lake: tasks that share nothing but sums of integers, worked off by a few threads.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use arrow::datatypes::SchemaRef;
use chrono::NaiveDate;
use mirrorlake_lake::contract::Table;
use mirrorlake_lake::schema::canonical_schema;

use crate::error::io_at;
use crate::lagged::Lags;
use crate::random::Family;
use crate::sales::Market;
use crate::world::World;
use crate::write::{PartitionWriter, Written};
use crate::{Progress, SampleError, SampleSpec, SampleSummary, TableSummary, events, state, truth};

/// Longest lag of a comment after its sale, in days.
const COMMENT_LAG_DAYS: usize = 30;
/// Longest lag of a refund after its sale, in days.
const REFUND_LAG_DAYS: usize = 42;
/// Comments asked for per comment written: not every buyer who is asked answers.
const ASKED_PER_COMMENT: f64 = 1.2;
/// How often the caller hears of progress and is asked whether to go on.
const TICK: Duration = Duration::from_millis(100);

/// What tasks share.
pub(crate) struct Job<'a> {
    root: PathBuf,
    pub(crate) world: &'a World,
    pub(crate) market: Market,
    pub(crate) refund_lags: Lags,
    pub(crate) comment_lags: Lags,
    pub(crate) refund_family: Family,
    pub(crate) comment_family: Family,
    /// Units sold per listing.
    pub(crate) units: Vec<AtomicU64>,
    /// GMV per listing.
    pub(crate) gmv: Vec<AtomicU64>,
    stop: AtomicBool,
    sold: AtomicU64,
}

impl Job<'_> {
    /// Stops the task when the run is cancelled or another task failed.
    pub(crate) fn check(&self) -> Result<(), SampleError> {
        if self.stop.load(Ordering::Relaxed) { Err(SampleError::Cancelled) } else { Ok(()) }
    }

    pub(crate) fn sold(&self, sales: u64) {
        self.sold.fetch_add(sales, Ordering::Relaxed);
    }

    /// Opens a partition of a table of the contract.
    pub(crate) fn partition(&self, table: &str, day: NaiveDate) -> Result<PartitionWriter, SampleError> {
        let contract =
            Table::find(table).ok_or_else(|| SampleError::Spec(format!("the contract knows no table {table}")))?;
        PartitionWriter::new(&self.root, table, Some(day), canonical_schema(contract))
    }

    /// Opens a partition of the truth.
    pub(crate) fn truth_partition(
        &self,
        table: &str,
        day: Option<NaiveDate>,
        schema: SchemaRef,
    ) -> Result<PartitionWriter, SampleError> {
        PartitionWriter::new(&self.root.join(truth::FOLDER), table, day, schema)
    }
}

#[derive(Clone, Copy)]
enum Task {
    Sales(usize),
    Refunds(usize),
    Comments(usize),
    State(&'static str),
}

impl Task {
    fn run(self, job: &Job<'_>) -> Result<Vec<(&'static str, Written)>, SampleError> {
        Ok(match self {
            Self::Sales(day) => vec![("sales", events::sales(job, day)?)],
            Self::Refunds(day) => vec![("refunds", events::refunds(job, day)?)],
            Self::Comments(day) => {
                let (comments, labels) = events::comments(job, day)?;
                vec![("comments", comments), (truth::FOLDER, labels)]
            }
            Self::State(table) => vec![(table, state::write(job, table)?)],
        })
    }
}

/// Writes every file of the lake below `root`.
pub(crate) fn write_all(
    root: &Path,
    spec: &SampleSpec,
    progress: &mut dyn FnMut(Progress),
    cancelled: &dyn Fn() -> bool,
) -> Result<SampleSummary, SampleError> {
    progress(Progress { sales_done: 0, sales_total: spec.sales, tasks_done: 0, tasks_total: 0 });
    let world = World::new(spec)?;
    let market = Market::new(spec.seed, &world.calendar, &world.merchants, &world.listings, world.sizes.buyers);
    let zeros = || world.listings.iter().map(|_| AtomicU64::new(0)).collect();
    let asked = (spec.comment_share * ASKED_PER_COMMENT * 1e6) as u64;
    let job = Job {
        root: root.to_owned(),
        market,
        refund_lags: Lags::new(spec.seed, "refund-lags", events::REFUND_CANDIDATES, REFUND_LAG_DAYS, 91),
        comment_lags: Lags::new(spec.seed, "comment-lags", asked, COMMENT_LAG_DAYS, 87),
        refund_family: Family::new(spec.seed, "refunds"),
        comment_family: Family::new(spec.seed, "comments"),
        units: zeros(),
        gmv: zeros(),
        stop: AtomicBool::new(false),
        sold: AtomicU64::new(0),
        world: &world,
    };
    let mut tasks: Vec<Task> = state::TABLES.into_iter().map(Task::State).collect();
    tasks.extend(world.calendar.lake_days().flat_map(|d| [Task::Sales(d), Task::Comments(d), Task::Refunds(d)]));
    let mut written = work(&job, &tasks, progress, cancelled)?;
    if cancelled() {
        return Err(SampleError::Cancelled);
    }
    written.push((truth::FOLDER, truth::write(&job)?));
    let recipe = root.join(truth::FOLDER).join("spec.json");
    fs::write(&recipe, format!("{:#}\n", spec.to_json())).map_err(io_at(&recipe))?;
    Ok(summary(&world, &written))
}

/// Works the tasks off, and keeps the caller informed from its own thread.
fn work(
    job: &Job<'_>,
    tasks: &[Task],
    progress: &mut dyn FnMut(Progress),
    cancelled: &dyn Fn() -> bool,
) -> Result<Vec<(&'static str, Written)>, SampleError> {
    let machine = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = job.world.spec.threads.unwrap_or(machine).clamp(1, tasks.len().max(1));
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let failure = Mutex::new(None);
    let worker = || {
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            match task.run(job) {
                Ok(written) => results.lock().map_err(|_| SampleError::Worker)?.extend(written),
                Err(error) => {
                    job.stop.store(true, Ordering::Relaxed);
                    // The first failure is the cause; the others only obeyed it.
                    failure.lock().map_err(|_| SampleError::Worker)?.get_or_insert(error);
                    break;
                }
            }
            done.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let mut ticks = 0_u32;
        loop {
            let over = workers.iter().all(std::thread::ScopedJoinHandle::is_finished);
            progress(Progress {
                sales_done: job.sold.load(Ordering::Relaxed),
                sales_total: job.world.spec.sales,
                tasks_done: done.load(Ordering::Relaxed),
                tasks_total: tasks.len(),
            });
            if over {
                break;
            }
            if cancelled() {
                job.stop.store(true, Ordering::Relaxed);
            }
            // Small lakes are done before the first full tick.
            std::thread::sleep(if ticks < 20 { TICK / 20 } else { TICK });
            ticks += 1;
        }
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Err(SampleError::Worker)))
    })?;
    if let Some(error) = failure.into_inner().map_err(|_| SampleError::Worker)? {
        return Err(error);
    }
    results.into_inner().map_err(|_| SampleError::Worker)
}

fn summary(world: &World, written: &[(&'static str, Written)]) -> SampleSummary {
    let names = ["sales", "refunds", "comments"].into_iter().chain(state::TABLES).chain([truth::FOLDER]);
    let tables = names.map(|name| {
        let mut table = TableSummary { name, files: 0, rows: 0, bytes: 0 };
        for (_, part) in written.iter().filter(|(of, _)| *of == name) {
            table.files += part.files;
            table.rows += part.rows;
            table.bytes += part.bytes;
        }
        table
    });
    SampleSummary {
        tables: tables.collect(),
        reappearances_within_reach: world.pairs.iter().filter(|p| p.tier.is_some()).count() as u64,
        reappearances_out_of_reach: world.pairs.iter().filter(|p| p.tier.is_none()).count() as u64,
    }
}
