//! Work on several threads whose outcome does not depend on their number.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::error::LakeError;

/// Does pieces 0…`pieces`−1 and returns their results in that order; `None` for pieces left out after `stop` was set.
///
/// # Errors
///
/// That of the first piece, by number, that failed. Pieces are claimed in order, so every piece before one that failed
/// has been done, and the error is the same at any number of threads.
pub fn in_order<T: Send>(
    pieces: usize,
    threads: usize,
    stop: &AtomicBool,
    piece: impl Fn(usize) -> Result<T, LakeError> + Sync,
) -> Result<Vec<Option<T>>, LakeError> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<T, LakeError>>>> = Mutex::new((0..pieces).map(|_| None).collect());
    let worker = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= pieces || stop.load(Ordering::Relaxed) {
                return;
            }
            let result = piece(number);
            if result.is_err() {
                stop.store(true, Ordering::Relaxed);
            }
            if let Ok(mut results) = results.lock() {
                results[number] = Some(result);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.clamp(1, pieces.max(1)) {
            scope.spawn(worker);
        }
        worker();
    });
    let results = results.into_inner().map_err(|_| LakeError::Internal("a check thread died".to_owned()))?;
    results.into_iter().map(Option::transpose).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_the_first_error_wins() {
        for threads in [1, 2, 7] {
            let squares = in_order(100, threads, &AtomicBool::new(false), |n| Ok(n * n)).expect("no piece fails");
            assert_eq!(squares, (0..100).map(|n| Some(n * n)).collect::<Vec<_>>());
            let failed = in_order(100, threads, &AtomicBool::new(false), |n| {
                if n % 30 == 29 { Err(LakeError::Internal(n.to_string())) } else { Ok(n) }
            });
            assert_eq!(failed.expect_err("three pieces fail").to_string(), "internal: 29");
        }
    }
}
