//! A step is polled exactly when it was woken, and once for all wake-ups before that poll.

mod support;

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use support::{Task, pipeline, step};
use typed_pipeliner::{HList, Inputs, Outputs, Return, Step, Store, StoreOf, hlist, resource, run};

/// A step waits here, and the test wakes it.
#[derive(Default)]
struct Seat {
    polls: AtomicUsize,
    called: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

impl Seat {
    /// Waits until the test calls.
    async fn sit(&self) {
        poll_fn(|cx| {
            self.polls.fetch_add(1, Ordering::SeqCst);
            *self.waker.lock().unwrap() = Some(cx.waker().clone());
            if self.called.load(Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await
    }

    /// Wakes the waiting step, which has to wait on.
    fn disturb(&self) {
        let waker = self.waker.lock().unwrap().clone();
        waker.expect("a step waits here").wake();
    }

    /// Wakes the waiting step, which can continue.
    fn call(&self) {
        self.called.store(true, Ordering::SeqCst);
        self.disturb();
    }
}

/// A seat for each step.
#[derive(Clone)]
struct Hall(Arc<[Seat]>);

impl Hall {
    fn new(seats: usize) -> Self {
        Hall((0..seats).map(|_| Seat::default()).collect())
    }

    /// Takes the number of polls of each step since the last call.
    fn take_polls(&self) -> Vec<usize> {
        self.0.iter().map(|seat| seat.polls.swap(0, Ordering::SeqCst)).collect()
    }
}

/// The polls of all seats if each of these had one.
fn one_each<const N: usize>(seats: [usize; N], of: usize) -> Vec<usize> {
    (0..of).map(|seat| usize::from(seats.contains(&seat))).collect()
}

resource! {
    TheHall: Hall;
    Full: ();
}

/// Declares steps that each wait in a seat, and one that needs them all.
macro_rules! fan {
    ($($number:literal $step:ident $resource:ident),* $(,)?) => {
        resource! { $($resource: ();)* }
        $(step!($step(hall: TheHall) -> [$resource] {
            hall.0[$number].sit().await;
            Ok(hlist![()])
        });)*

        struct Fill;
        impl Step for Fill {
            type Inputs = HList![$($resource),*];
            type Outputs = HList![Full];
            type Error = &'static str;
            async fn run(_: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
                Ok(hlist![()])
            }
        }

        pipeline! { Fan: [Fill, $($step),*]; }

        const SEATS: usize = [$($number),*].len();
    };
}
fan! {
    0 Sit00 Seat00, 1 Sit01 Seat01, 2 Sit02 Seat02, 3 Sit03 Seat03, 4 Sit04 Seat04,
    5 Sit05 Seat05, 6 Sit06 Seat06, 7 Sit07 Seat07, 8 Sit08 Seat08, 9 Sit09 Seat09,
    10 Sit10 Seat10, 11 Sit11 Seat11, 12 Sit12 Seat12, 13 Sit13 Seat13, 14 Sit14 Seat14,
    15 Sit15 Seat15, 16 Sit16 Seat16, 17 Sit17 Seat17, 18 Sit18 Seat18, 19 Sit19 Seat19,
    20 Sit20 Seat20, 21 Sit21 Seat21, 22 Sit22 Seat22, 23 Sit23 Seat23, 24 Sit24 Seat24,
    25 Sit25 Seat25, 26 Sit26 Seat26, 27 Sit27 Seat27, 28 Sit28 Seat28, 29 Sit29 Seat29,
    30 Sit30 Seat30, 31 Sit31 Seat31, 32 Sit32 Seat32, 33 Sit33 Seat33, 34 Sit34 Seat34,
    35 Sit35 Seat35, 36 Sit36 Seat36, 37 Sit37 Seat37, 38 Sit38 Seat38, 39 Sit39 Seat39,
    40 Sit40 Seat40, 41 Sit41 Seat41, 42 Sit42 Seat42, 43 Sit43 Seat43, 44 Sit44 Seat44,
    45 Sit45 Seat45, 46 Sit46 Seat46, 47 Sit47 Seat47, 48 Sit48 Seat48, 49 Sit49 Seat49,
    50 Sit50 Seat50, 51 Sit51 Seat51, 52 Sit52 Seat52, 53 Sit53 Seat53, 54 Sit54 Seat54,
    55 Sit55 Seat55, 56 Sit56 Seat56, 57 Sit57 Seat57, 58 Sit58 Seat58, 59 Sit59 Seat59,
    60 Sit60 Seat60, 61 Sit61 Seat61, 62 Sit62 Seat62, 63 Sit63 Seat63, 64 Sit64 Seat64,
    65 Sit65 Seat65, 66 Sit66 Seat66, 67 Sit67 Seat67, 68 Sit68 Seat68, 69 Sit69 Seat69,
}

fn fan(hall: &Hall) -> StoreOf<Fan, HList![TheHall]> {
    Store::<Fan>::new().with(TheHall, hall.clone())
}

#[test]
fn step_is_polled_when_woken_and_never_for_a_sibling() {
    let (task, hall) = (Task::new(), Hall::new(SEATS));
    let store = fan(&hall);
    let mut run = run::<Fill>(&store);

    assert!(task.poll(&mut run).is_pending());
    assert_eq!(hall.take_polls(), [1; SEATS]);
    assert_eq!(task.take_wakes(), 0);

    hall.0[17].disturb();
    assert_eq!(task.take_wakes(), 1);
    assert!(task.poll(&mut run).is_pending());
    assert_eq!(hall.take_polls(), one_each([17], SEATS));

    hall.0[3].call();
    hall.0[66].disturb();
    hall.0[63].call();
    assert!(task.poll(&mut run).is_pending());
    assert_eq!(hall.take_polls(), one_each([3, 63, 66], SEATS));

    for seat in (0..SEATS).filter(|seat| ![3, 63].contains(seat)) {
        assert!(task.poll(&mut run).is_pending());
        hall.0[seat].call();
    }
    assert!(task.poll(&mut run).is_ready());
    let mut polls = [1; SEATS];
    (polls[3], polls[63]) = (0, 0);
    assert_eq!(hall.take_polls(), polls);
}

#[test]
fn several_wakes_before_a_poll_cause_one_poll() {
    let (task, hall) = (Task::new(), Hall::new(SEATS));
    let store = fan(&hall);
    let mut run = run::<Fill>(&store);
    assert!(task.poll(&mut run).is_pending());
    hall.take_polls();

    for _ in 0..3 {
        hall.0[5].disturb();
        hall.0[69].disturb();
    }
    assert_eq!(task.take_wakes(), 1);
    assert!(task.poll(&mut run).is_pending());
    assert_eq!(hall.take_polls(), one_each([5, 69], SEATS));
    assert_eq!(task.take_wakes(), 0);
}

#[test]
fn spurious_poll_polls_no_step() {
    let (task, hall) = (Task::new(), Hall::new(SEATS));
    let store = fan(&hall);
    let mut run = run::<Fill>(&store);
    assert!(task.poll(&mut run).is_pending());
    hall.take_polls();

    for _ in 0..3 {
        assert!(task.poll(&mut run).is_pending());
    }
    assert_eq!(hall.take_polls(), [0; SEATS]);
    assert_eq!(task.take_wakes(), 0);
}

#[test]
fn task_that_polled_last_is_woken() {
    let (first, second, hall) = (Task::new(), Task::new(), Hall::new(SEATS));
    let store = fan(&hall);
    let mut run = run::<Fill>(&store);
    assert!(first.poll(&mut run).is_pending());
    assert!(second.poll(&mut run).is_pending());

    hall.0[40].disturb();
    assert_eq!((first.take_wakes(), second.take_wakes()), (0, 1));
}

#[test]
fn wake_from_another_thread_causes_a_poll() {
    let hall = Hall::new(SEATS);
    let store = fan(&hall);
    std::thread::scope(|scope| {
        let done = scope.spawn(|| smol::block_on(run::<Fill>(&store)).is_ok());
        for seat in hall.0.iter().rev() {
            while seat.waker.lock().unwrap().is_none() {
                std::thread::yield_now();
            }
            seat.call();
        }
        assert!(done.join().unwrap());
    });
    // A step needs one poll if it was called before that poll checked, and two otherwise.
    let polls = hall.take_polls();
    assert!(polls.iter().all(|polls| (1..=2).contains(polls)), "{polls:?}");
}

#[test]
fn waker_that_outlives_its_step_or_run_is_harmless() {
    let (task, hall) = (Task::new(), Hall::new(SEATS));
    let store = fan(&hall);
    let mut run = run::<Fill>(&store);
    assert!(task.poll(&mut run).is_pending());
    hall.0[8].call();
    assert!(task.poll(&mut run).is_pending());
    hall.take_polls();

    hall.0[8].disturb();
    assert!(task.poll(&mut run).is_pending());
    assert_eq!(hall.take_polls(), [0; SEATS]);

    drop(run);
    hall.0[8].disturb();
    hall.0[9].disturb();
    assert_eq!(hall.take_polls(), [0; SEATS]);
}

resource! {
    Chairs: Hall;
    Before: ();
    After: ();
}

step!(EndAtOnce(chairs: Chairs) -> [Before] {
    // The seat keeps its waker.
    chairs.0[0].sit().await;
    Ok(hlist![()])
});
step!(SitAfter(chairs: Chairs, _before: Before) -> [After] {
    chairs.0[1].sit().await;
    Ok(hlist![()])
});

pipeline! { Two: [EndAtOnce, SitAfter]; }

#[test]
fn waker_of_an_ended_step_does_not_wake_the_next_step() {
    let (task, chairs) = (Task::new(), Hall::new(2));
    chairs.0[0].called.store(true, Ordering::SeqCst);
    let store = Store::<Two>::new().with(Chairs, chairs.clone());
    let mut run = run::<SitAfter>(&store);
    assert!(task.poll(&mut run).is_pending());
    assert_eq!(chairs.take_polls(), [1, 1]);

    chairs.0[0].disturb();
    assert!(task.poll(&mut run).is_pending());
    assert_eq!(chairs.take_polls(), [0, 0]);

    chairs.0[1].call();
    assert!(task.poll(&mut run).is_ready());
    assert_eq!(chairs.take_polls(), [0, 1]);
}

resource! {
    /// How often each of the steps yields.
    Times: (usize, usize);
    /// How often each was polled.
    Polls: Arc<(AtomicUsize, AtomicUsize)>;
    Polite: ();
    VeryPolite: ();
    Through: ();
}

/// Yields this often by waking itself in each poll, and counts its polls.
async fn give_way(times: usize, polls: &AtomicUsize) {
    poll_fn(|cx| {
        if polls.fetch_add(1, Ordering::SeqCst) == times {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

step!(BePolite(times: Times, polls: Polls) -> [Polite] {
    give_way(times.0, &polls.0).await;
    Ok(hlist![()])
});
step!(BeVeryPolite(times: Times, polls: Polls) -> [VeryPolite] {
    give_way(times.1, &polls.1).await;
    Ok(hlist![()])
});
step!(GoThrough(_polite: Polite, _very: VeryPolite) -> [Through] { Ok(hlist![()]) });

pipeline! { Door: [BePolite, BeVeryPolite, GoThrough]; }

#[test]
fn self_waking_step_has_one_turn_per_poll_of_the_run() {
    let (task, polls) = (Task::new(), Arc::<(AtomicUsize, AtomicUsize)>::default());
    let store = Store::<Door>::new().with(Times, (3, 10)).with(Polls, polls.clone());
    let mut run = run::<GoThrough>(&store);

    // The poll of the run returns after one turn of each step, so other tasks get theirs.
    for turn in 1..=10 {
        assert!(task.poll(&mut run).is_pending());
        assert_eq!(polls.0.load(Ordering::SeqCst), turn.min(4));
        assert_eq!(polls.1.load(Ordering::SeqCst), turn);
        assert_eq!(task.take_wakes(), 1);
    }
    assert!(task.poll(&mut run).is_ready());
    assert_eq!(polls.1.load(Ordering::SeqCst), 11);
    assert_eq!(task.take_wakes(), 0);
}

#[test]
fn other_tasks_run_between_polls_of_a_self_waking_step() {
    let polls = Arc::<(AtomicUsize, AtomicUsize)>::default();
    let store = Store::<Door>::new().with(Times, (0, 100)).with(Polls, polls.clone());
    let executor = smol::LocalExecutor::new();
    smol::block_on(executor.run(async {
        let run = executor.spawn(run::<GoThrough>(&store));
        let other = executor.spawn(async {
            let mut turns = 0;
            while polls.1.load(Ordering::SeqCst) <= 100 {
                turns += 1;
                smol::future::yield_now().await;
            }
            turns
        });
        run.await.unwrap();
        let turns = other.await;
        assert!(turns > 10, "{turns} turns");
    }));
}

resource! {
    Lobby: Hall;
}

step!(Welcome(lobby: Lobby) -> [Return<()>] {
    lobby.0[0].sit().await;
    Ok(hlist![Return(())])
});

pipeline! { Hotel: []; }

#[test]
fn returning_target_is_not_polled_for_a_wake_of_its_caller() {
    let (hall, task) = (Hall::new(1), Task::new());
    let store = Store::<Hotel>::new().with(Lobby, hall.clone());
    let mut run = run::<Welcome>(&store);
    assert!(task.poll(&mut run).is_pending());
    assert_eq!(hall.take_polls(), [1]);

    // `join!` and `select!` do this when another of their futures was woken.
    assert!(task.poll(&mut run).is_pending());
    assert_eq!(hall.take_polls(), [0]);

    hall.0[0].call();
    assert_eq!(task.take_wakes(), 1);
    assert!(task.poll(&mut run).is_ready());
    assert_eq!(hall.take_polls(), [1]);
}
