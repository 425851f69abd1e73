//! Asking the user (确认与 PIN 输入): shows what the platform's ticket says, and takes the PIN where no page can see it.

mod fixed;
mod page;
mod question;
mod terminal;
mod wire;

pub use fixed::FixedPin;
pub use page::PageDialog;
pub use question::{Purpose, Question, Shown};
pub use terminal::Terminal;

use eseal_skf::Pin;

/// What the user said.
pub enum Answer {
    /// Agreed, with the PIN.
    Pin(Pin),
    /// No, or nothing in time.
    Refused,
}

/// A way to ask the user.  Blocking.
pub trait Dialog: Send + Sync {
    /// Asks once; one question covers a whole batch.
    fn ask(&self, question: &Question) -> Answer;

    /// True if the PIN does not come from a person: for development only.
    fn is_automatic(&self) -> bool {
        false
    }
}
