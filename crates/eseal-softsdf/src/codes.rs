//! Return values (错误代码), GM/T 0018-2012, Annex A.

use std::ffi::c_int;

/// An error of the interface (接口错误代码): `SDR_BASE` = 0x01000000 and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sdr(u8);

impl Sdr {
    /// 异常错误.
    pub const UNKNOWN: Self = Self(0x01);
    /// 不支持的接口调用.
    pub const NOT_SUPPORTED: Self = Self(0x02);
    /// 通信错误.
    pub const COMMUNICATION: Self = Self(0x03);
    /// 打开设备错误.
    pub const OPEN_DEVICE: Self = Self(0x05);
    /// 打开会话句柄错误.
    pub const OPEN_SESSION: Self = Self(0x06);
    /// 密钥不存在.
    pub const KEY_NOT_EXIST: Self = Self(0x08);
    /// 不支持的算法.
    pub const ALGORITHM: Self = Self(0x09);
    /// 公钥运算错误.
    pub const PUBLIC_KEY: Self = Self(0x0B);
    /// 私钥运算错误.
    pub const PRIVATE_KEY: Self = Self(0x0C);
    /// 验证签名错误.
    pub const VERIFY: Self = Self(0x0E);
    /// 步骤错误.
    pub const STEP: Self = Self(0x10);
    /// 文件大小错误.
    pub const FILE_SIZE: Self = Self(0x11);
    /// 指定的文件不存在.
    pub const FILE_NOT_EXIST: Self = Self(0x12);
    /// 文件起始位置错误.
    pub const FILE_OFFSET: Self = Self(0x13);
    /// 密钥错误.
    pub const KEY: Self = Self(0x15);
    /// 随机数产生错误.
    pub const RANDOM: Self = Self(0x17);
    /// 私钥使用权限获取失败.
    pub const ACCESS_RIGHT: Self = Self(0x18);
    /// 指定的文件已存在.
    pub const FILE_EXISTS: Self = Self(0x1A);
    /// 文件写失败.
    pub const FILE_WRITE: Self = Self(0x1B);
    /// 缓冲区不足.
    pub const NO_BUFFER: Self = Self(0x1C);
    /// 输入参数错误.
    pub const INPUT: Self = Self(0x1D);
    /// 输出参数错误.
    pub const OUTPUT: Self = Self(0x1E);

    /// As C programs see it.
    #[must_use]
    pub fn code(self) -> c_int {
        0x0100_0000 | c_int::from(self.0)
    }
}
