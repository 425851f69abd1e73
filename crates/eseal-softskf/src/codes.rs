//! Return values (错误代码), GM/T 0016-2012, Annex A.

/// An error of the interface (接口错误代码): 0x0A000000 and a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sar(u8);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        impl Sar {
            $($(#[$doc])* pub const $name: Self = Self($number);)*
        }
    };
}

codes! {
    /// 失败.
    FAIL = 0x01;
    /// 异常错误.
    UNKNOWN = 0x02;
    /// 不支持的服务.
    NOT_SUPPORTED = 0x03;
    /// 文件操作错误.
    FILE = 0x04;
    /// 无效的句柄.
    HANDLE = 0x05;
    /// 无效的参数.
    PARAMETER = 0x06;
    /// 名称长度错误.
    NAME_LENGTH = 0x09;
    /// 密钥用途错误.
    KEY_USAGE = 0x0A;
    /// 未初始化.
    NOT_INITIALIZED = 0x0C;
    /// 对象错误.
    OBJECT = 0x0D;
    /// 超时.
    TIMEOUT = 0x0F;
    /// 输入数据长度错误.
    INPUT_LENGTH = 0x10;
    /// 输入数据错误.
    INPUT = 0x11;
    /// 生成随机数错误.
    RANDOM = 0x12;
    /// 杂凑对象错误.
    HASH_OBJECT = 0x13;
    /// 杂凑值不相等: what a wrong signature is told.
    HASH_NOT_EQUAL = 0x1A;
    /// 密钥未发现.
    KEY_NOT_FOUND = 0x1B;
    /// 证书未发现.
    CERTIFICATE_NOT_FOUND = 0x1C;
    /// 解密时做了错误的填充.
    PADDING = 0x1E;
    /// 缓冲区不足.
    BUFFER = 0x20;
    /// 密钥类型错误.
    KEY_TYPE = 0x21;
    /// 无事件错误.
    NO_EVENT = 0x22;
    /// 设备已移除.
    REMOVED = 0x23;
    /// PIN 不正确.
    PIN_INCORRECT = 0x24;
    /// PIN 被锁死.
    PIN_LOCKED = 0x25;
    /// PIN 无效.
    PIN_INVALID = 0x26;
    /// PIN 长度错误.
    PIN_LENGTH = 0x27;
    /// 用户类型错误.
    USER_TYPE = 0x2A;
    /// 应用名称无效.
    APPLICATION_NAME = 0x2B;
    /// 应用已经存在.
    APPLICATION_EXISTS = 0x2C;
    /// 用户没有登录.
    NOT_LOGGED_IN = 0x2D;
    /// 应用不存在.
    NO_APPLICATION = 0x2E;
    /// 文件已经存在.
    FILE_EXISTS = 0x2F;
    /// 空间不足.
    NO_ROOM = 0x30;
    /// 文件不存在.
    NO_FILE = 0x31;
    /// 已达到最大可管理容器数.
    CONTAINER_COUNT = 0x32;
}

impl Sar {
    pub(crate) const fn other(number: u8) -> Self {
        Self(number)
    }

    /// As C programs see it.
    #[must_use]
    pub fn code(self) -> u32 {
        0x0A00_0000 | u32::from(self.0)
    }
}
