//! 基础功能 `basic`: interfaces 1-1 and 1-2.

mod convert_file;
mod seal_image;
mod seal_list;

pub use convert_file::{ConversionWarning, ConvertFile, ConvertFileResult, ConvertOptions, Converted};
pub use seal_image::{MakeSealImage, MakeSealImageResult};
pub use seal_list::{GetSealList, GetSealListResult};
