//! Interface 1-1, 获取可用印章列表.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{SealInfo, SealType, envelope::overall, field::request};

request! {
    /// Content of 1-1 `getSealList`.
    struct GetSealList, common {
        /// 印章类型.
        seal_type: Option<SealType> = "sealType",
        /// 页号, from 1.
        page: Option<u32> = "page",
        /// 每页条数.
        page_size: Option<u32> = "pageSize",
    }
}

/// Answer of 1-1.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetSealListResult {
    /// 总数, on all pages.
    pub total: u32,
    /// 印章 of this page.
    pub seal_list: Vec<SealInfo>,
}

overall! { GetSealListResult; }
