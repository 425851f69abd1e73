//! What a filtered thread can still do.
#![cfg(target_os = "linux")]

use std::{
    io::ErrorKind,
    net::TcpListener,
    os::unix::net::{UnixDatagram, UnixStream},
    process::Command,
};

use eseal_confine::{CONNECTING, Filter, PROGRAMS, Refusal, Sockets};

/// What of {network, local stream, local datagram, program} works on a thread with that filter.
fn works(make: fn(&mut Filter)) -> [bool; 4] {
    let tried = std::thread::spawn(move || {
        rustix::thread::set_no_new_privs(true).expect("no new privileges");
        let mut filter = Filter::new(Refusal::NotPermitted);
        make(&mut filter);
        filter.apply_to_thread().expect("filtered");
        [
            TcpListener::bind("127.0.0.1:0").is_ok(),
            UnixStream::pair().is_ok(),
            UnixDatagram::unbound().is_ok(),
            Command::new("true").status().is_ok(),
        ]
    });
    tried.join().expect("the thread ends")
}

#[test]
fn each_rule_takes_away_what_it_says_and_no_more() {
    assert_eq!(works(|_| ()), [true, true, true, true]);
    assert_eq!(works(|filter| filter.keep_sockets(Sockets::Local).expect("rules")), [false, true, true, true]);
    assert_eq!(works(|filter| filter.keep_sockets(Sockets::LocalStreams).expect("rules")), [false, true, false, true]);
    assert_eq!(works(|filter| filter.refuse(PROGRAMS)), [true, true, true, false]);
}

#[test]
fn connecting_is_refused_with_the_answer_asked_for() {
    let refused = std::thread::spawn(|| {
        rustix::thread::set_no_new_privs(true).expect("no new privileges");
        let mut filter = Filter::new(Refusal::NoAccess);
        filter.refuse(CONNECTING);
        filter.apply_to_thread().expect("filtered");
        UnixStream::connect("/nowhere").expect_err("refused").kind()
    });
    assert_eq!(refused.join().expect("the thread ends"), ErrorKind::PermissionDenied);
}
