//! 签章规则 (Rule, appendix C): where a seal goes.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{At, EdgeSide, Field, FieldError, Fields, Pages, RuleType, field::request, table::table};

/// 签章规则.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "ruleType")]
pub enum Rule {
    /// 坐标.
    #[serde(rename = "RECTANGLE")]
    Rectangle {
        /// The rectangle.
        #[serde(rename = "rectangleRule")]
        rule: RectangleRule,
    },
    /// 关键字.
    #[serde(rename = "KEYWORD")]
    Keyword {
        /// The keyword.
        #[serde(rename = "keywordRule")]
        rule: KeywordRule,
    },
    /// 骑缝.
    #[serde(rename = "ACROSS")]
    Across {
        /// The edge.
        #[serde(rename = "acrossRule")]
        rule: AcrossRule,
    },
}

impl Field for Rule {
    fn parse(value: &Value, at: &At<'_>) -> Result<Self, FieldError> {
        let fields = Fields::of(value, at)?;
        Ok(match fields.take::<RuleType>(&["ruleType"])? {
            RuleType::Rectangle => Self::Rectangle { rule: fields.take(&["rectangleRule"])? },
            RuleType::Keyword => Self::Keyword { rule: fields.take(&["keywordRule"])? },
            RuleType::Across => Self::Across { rule: fields.take(&["acrossRule"])? },
        })
    }
}

request! {
    /// 坐标规则: mm from the lower left of the displayed page.
    #[derive(PartialEq)]
    struct RectangleRule {
        /// 页码: `1`, `1-3,5`, `0` for all, `-1` for the last.
        page: Pages = "page",
        /// 左.
        left: f64 = "left",
        /// 下; may come swapped with `top`.
        bottom: f64 = "bottom",
        /// 右; without it the seal's own width is used.
        right: Option<f64> = "right",
        /// 上; without it the seal's own height is used.
        top: Option<f64> = "top",
    }
}

request! {
    /// 关键字规则.
    #[derive(PartialEq)]
    struct KeywordRule {
        /// 关键字.
        keyword: String = "keyword",
        /// 页码, 0 for all, -1 for the last; ranges such as `1-3,5` too.
        page_no: Option<Pages> = "pageNo",
        /// 第几个, 0 for every one.
        keyword_num: Option<u32> = "keywordNum",
        /// 查找顺序: 1 forward, 2 backward.
        search_order: Option<SearchOrder> = "searchOrder",
        /// 偏移方式: 1 over, 2 below, 3 right of it.
        move_type: Option<MoveType> = "moveType",
        /// 横向偏移, mm to the right.
        move_size: Option<f64> = "moveSize",
        /// 纵向偏移, mm up.
        height_move_size: Option<f64> = "heightMoveSize",
    }
}

request! {
    /// 骑缝规则.
    #[derive(PartialEq)]
    struct AcrossRule {
        /// 起始页, from 1.
        start_page: Option<i32> = "startPage",
        /// 结束页, -1 for the last.
        end_page: Option<i32> = "endPage",
        /// 边.
        side: Option<EdgeSide> = "side",
        /// 位置 along the edge, mm from the bottom or the left.
        position: f64 = "position",
        /// 每章页数.
        pages_per_seal: Option<u32> = "pagesPerSeal",
        /// 最小切片宽, mm.
        min_slice_mm: Option<f64> = "minSliceMm",
    }
}

table! {
    /// 查找顺序.
    SearchOrder {
        Forward = "1", "正序", "from the beginning";
        Backward = "2", "倒序", "from the end";
    }
}

table! {
    /// 偏移方式.
    MoveType {
        Over = "1", "重叠", "over the keyword";
        Below = "2", "下方", "below it";
        Right = "3", "右侧", "right of it";
    }
}
