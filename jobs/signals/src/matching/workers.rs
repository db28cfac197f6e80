//! A fixed number of threads for pieces of work that do not depend on each other.

use std::sync::Mutex;

/// How many threads may work at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Workers(usize);

impl Workers {
    /// At least one.
    pub(super) fn new(threads: usize) -> Self {
        Self(threads.max(1))
    }

    pub(super) fn count(self) -> usize {
        self.0
    }

    /// Does each piece of work once, on whichever thread is free.
    pub(super) fn each<T: Send>(self, work: Vec<T>, job: impl Fn(T) + Sync) {
        if self.0 == 1 || work.len() < 2 {
            return work.into_iter().for_each(job);
        }
        let threads = self.0.min(work.len());
        let queue = Mutex::new(work.into_iter());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        // Nobody fails with the lock in hand, so it is never poisoned.
                        let next = queue.lock().ok().and_then(|mut queue| queue.next());
                        let Some(piece) = next else { break };
                        job(piece);
                    }
                });
            }
        });
    }
}

/// Cuts a list into pieces of so many entries (the last may have fewer), each with the number of its first.
pub(super) fn shares<T>(list: &mut [T], each: usize) -> Vec<(usize, &mut [T])> {
    let each = each.max(1);
    list.chunks_mut(each).enumerate().map(|(at, piece)| (at * each, piece)).collect()
}
