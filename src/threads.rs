//! Threads: work shared among them. A leaf: it knows nothing of what is done.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The results of `work` for 0 to `count`, in that order, done by up to `threads` threads.
pub fn map<T: Send>(threads: usize, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    map_with(threads, count, || (), |(), at| work(at))
}

/// As [`map`], where each thread keeps something of its own from one piece of work to the next.
pub fn map_with<L: Send, T: Send>(
    threads: usize,
    count: usize,
    local: impl Fn() -> L + Sync,
    work: impl Fn(&mut L, usize) -> T + Sync,
) -> Vec<T> {
    let local = || (local(), Vec::new());
    let kept = split(threads, count, local, |(local, done), at| done.push((at, work(local, at))));
    let mut done: Vec<(usize, T)> = kept.into_iter().flat_map(|(_, done)| done).collect();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Does `work` for 0 to `count` and returns what each thread kept of its own.
pub fn split<L: Send>(
    threads: usize,
    count: usize,
    local: impl Fn() -> L + Sync,
    work: impl Fn(&mut L, usize) + Sync,
) -> Vec<L> {
    let next = AtomicUsize::new(0);
    on(threads.min(count), || {
        let mut local = local();
        while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < count) {
            work(&mut local, at);
        }
        vec![local]
    })
}

/// Does `work` on every item, by its place.
pub fn each<T: Send>(threads: usize, items: &mut [T], work: impl Fn(usize, &mut T) + Sync) {
    each_with(threads, items, || (), |(), at, item| work(at, item));
}

/// As [`each`], where each thread keeps something of its own from one to the next.
pub fn each_with<L: Send, T: Send>(
    threads: usize,
    items: &mut [T],
    local: impl Fn() -> L + Sync,
    work: impl Fn(&mut L, usize, &mut T) + Sync,
) {
    let items: Vec<Mutex<&mut T>> = items.iter_mut().map(Mutex::new).collect();
    map_with(threads, items.len(), local, |local, at| {
        work(local, at, &mut items[at].lock().unwrap_or_else(PoisonError::into_inner));
    });
}

/// What `work` returns on each of some threads, put together.
fn on<T: Send>(threads: usize, work: impl Fn() -> Vec<T> + Sync) -> Vec<T> {
    if threads <= 1 {
        return work();
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = (1..threads).map(|_| scope.spawn(&work)).collect();
        let mut done = work();
        for thread in threads {
            done.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_work_however_many_threads_do_it() {
        for threads in [0, 1, 2, 7] {
            assert_eq!(map(threads, 100, |at| at * 2), (0..100).map(|at| at * 2).collect::<Vec<_>>());
            let mut items = vec![1; 50];
            each(threads, &mut items, |at, item| *item += at);
            assert_eq!(items, (1..=50).collect::<Vec<_>>());
        }
        assert_eq!(map(2, 0, |at| at), Vec::<usize>::new());
    }
}
