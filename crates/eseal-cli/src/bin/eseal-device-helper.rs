//! The process in which vendors' libraries run (密码设备辅助进程): speaks frames with the server, and nobody else.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The demo's agent lets its USBKey's library run here too; a separate agent is its own helper.
    if std::env::args().nth(1).is_some_and(|argument| argument == eseal_agent::LIBRARY_PROCESS) {
        return eseal_skf::helper::main();
    }
    eseal_device::helper::main()
}
