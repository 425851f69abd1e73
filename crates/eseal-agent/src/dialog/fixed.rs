//! A PIN from the configuration (配置中的 PIN): for development only.

use eseal_skf::Pin;

use super::{Answer, Dialog, Question};

/// Agrees to everything with one PIN, and never tries a wrong one twice.
pub struct FixedPin(Pin);

impl FixedPin {
    /// Uses this PIN.
    #[must_use]
    pub fn new(pin: &str) -> Self {
        Self(Pin::new(pin.as_bytes().to_vec()))
    }
}

impl Dialog for FixedPin {
    fn ask(&self, question: &Question) -> Answer {
        if question.attempts_left.is_some() { Answer::Refused } else { Answer::Pin(self.0.clone()) }
    }

    fn is_automatic(&self) -> bool {
        true
    }
}
