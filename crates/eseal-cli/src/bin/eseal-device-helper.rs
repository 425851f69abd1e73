//! The process in which vendors' libraries run (密码设备辅助进程): speaks frames with the server, and nobody else.

use std::process::ExitCode;

fn main() -> ExitCode {
    eseal_device::helper::main()
}
