//! 基础功能 `basic`: interfaces 1-1 and 1-2, pictures of seals.

mod convert_file;
mod seal_image;
mod seal_list;

pub(crate) use convert_file::run_task;
pub use convert_file::{Conversion, Converted, convert_file};
pub use seal_image::seal_image;
pub use seal_list::seal_list;
