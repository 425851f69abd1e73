//! Open rounds of phones (签名轮次): what a user has approved, and at most one open round a key.
//!
//! Only in memory: after a restart nothing is approved and nothing is open, so that the phone begins its round again and
//! shows the PIN again.  Several servers need a lock they share instead.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use crate::{Error, Result};

/// How long a round stays open for the phone's second message: a phone in a lift.
pub(super) const ROUND: Duration = Duration::from_secs(30);

/// What phones are doing, by device.
#[derive(Debug, Default)]
pub(crate) struct Rounds(Mutex<HashMap<String, Approval>>);

/// A user has approved a signing code with match code and PIN.
#[derive(Debug)]
struct Approval {
    code_id: String,
    until: Timestamp,
    open: Option<Open>,
}

/// The server has given its part and waits for the finished signature.
#[derive(Debug)]
struct Open {
    file_unique_id: String,
    until: Timestamp,
    /// The signature is being stored.
    finishing: bool,
}

impl Rounds {
    fn approvals(&self) -> MutexGuard<'_, HashMap<String, Approval>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if the user of this phone has approved this code.
    pub(super) fn is_approved(&self, device_id: &str, code_id: &str, now: Timestamp) -> bool {
        self.approvals().get(device_id).is_some_and(|found| found.code_id == code_id && found.until >= now)
    }

    /// Notes the approval, instead of an earlier one for another code; not while a round of that one is open.
    pub(super) fn approve(&self, device_id: &str, code_id: &str, until: Timestamp, now: Timestamp) -> Result<()> {
        let mut approvals = self.approvals();
        approvals.retain(|_, approval| approval.until >= now);
        if approvals.get(device_id).is_some_and(|approval| approval.is_busy(now)) {
            return Err(Error::SameRequestRunning);
        }
        approvals.insert(device_id.to_owned(), Approval { code_id: code_id.to_owned(), until, open: None });
        Ok(())
    }

    /// Nothing may be done with the key's share while a round is open.
    pub(super) fn check_idle(&self, device_id: &str, now: Timestamp) -> Result<()> {
        let busy = self.approvals().get(device_id).is_some_and(|approval| approval.is_busy(now));
        if busy { Err(Error::SameRequestRunning) } else { Ok(()) }
    }

    /// Opens the one round that the key may have.
    pub(super) fn open(&self, device_id: &str, code_id: &str, file_unique_id: &str, now: Timestamp) -> Result<()> {
        let mut approvals = self.approvals();
        let approval = approvals.get_mut(device_id).filter(|approval| approval.code_id == code_id);
        let approval = approval.ok_or(Error::ChallengeMismatch)?;
        if approval.is_busy(now) {
            return Err(Error::SameRequestRunning);
        }
        let file_unique_id = file_unique_id.to_owned();
        approval.open = Some(Open { file_unique_id, until: now + ROUND, finishing: false });
        Ok(())
    }

    /// Takes the finished signature of the open round; once.
    pub(super) fn finish(&self, device_id: &str, code_id: &str, file_unique_id: &str, now: Timestamp) -> Result<()> {
        let mut approvals = self.approvals();
        let approval = approvals.get_mut(device_id).filter(|approval| approval.code_id == code_id);
        let open = approval.and_then(|approval| approval.open.as_mut());
        match open.filter(|open| open.file_unique_id == file_unique_id && open.until >= now && !open.finishing) {
            Some(open) => {
                open.finishing = true;
                Ok(())
            }
            None => Err(Error::ChallengeMismatch),
        }
    }

    /// Closes the open round, whatever came of it.
    pub(super) fn close(&self, device_id: &str) {
        if let Some(approval) = self.approvals().get_mut(device_id) {
            approval.open = None;
        }
    }

    /// Closes the open round because the phone gave it up; not while its signature is being stored.
    pub(super) fn give_up(&self, device_id: &str) {
        if let Some(approval) = self.approvals().get_mut(device_id) {
            approval.open.take_if(|open| !open.finishing);
        }
    }

    /// Ends the approval: everything is signed, or nothing more will be.
    pub(super) fn end(&self, device_id: &str) {
        self.approvals().remove(device_id);
    }
}

impl Approval {
    fn is_busy(&self, now: Timestamp) -> bool {
        self.open.as_ref().is_some_and(|open| open.until >= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn a_key_has_one_open_round() {
        let rounds = Rounds::default();
        let later = NOW + Duration::from_secs(300);
        assert!(rounds.open("phone", "code", "a", NOW).is_err(), "nothing was approved");
        rounds.approve("phone", "code", later, NOW).unwrap();
        rounds.open("phone", "code", "a", NOW).unwrap();
        assert!(matches!(rounds.open("phone", "code", "b", NOW), Err(Error::SameRequestRunning)));
        assert!(matches!(rounds.open("phone", "code", "a", NOW), Err(Error::SameRequestRunning)));
        assert!(matches!(rounds.approve("phone", "other", later, NOW), Err(Error::SameRequestRunning)));
        rounds.finish("phone", "code", "a", NOW).unwrap();
        rounds.give_up("phone");
        assert!(rounds.open("phone", "code", "b", NOW).is_err(), "the value is being stored");
        assert!(rounds.finish("phone", "code", "a", NOW).is_err(), "a value is taken once");
        rounds.close("phone");
        rounds.open("phone", "code", "b", NOW).unwrap();
        assert!(rounds.finish("phone", "code", "a", NOW).is_err(), "that round is over");
    }

    #[test]
    fn a_round_that_the_phone_forgot_times_out() {
        let rounds = Rounds::default();
        rounds.approve("phone", "code", NOW + Duration::from_secs(300), NOW).unwrap();
        rounds.open("phone", "code", "a", NOW).unwrap();
        let later = NOW + ROUND + Duration::from_secs(1);
        assert!(rounds.finish("phone", "code", "a", later).is_err());
        rounds.open("phone", "code", "a", later).unwrap();
    }

    #[test]
    fn an_approval_ends() {
        let rounds = Rounds::default();
        rounds.approve("phone", "code", NOW + Duration::from_secs(1), NOW).unwrap();
        assert!(rounds.is_approved("phone", "code", NOW));
        assert!(!rounds.is_approved("phone", "other", NOW));
        assert!(!rounds.is_approved("phone", "code", NOW + Duration::from_secs(2)));
        rounds.end("phone");
        assert!(!rounds.is_approved("phone", "code", NOW));
    }
}
