//! Functions that are exported and answer `SAR_NOTSUPPORTYETERR` (不支持的接口函数), so that strict loaders find every name.
#![expect(unsafe_code, reason = "a C interface: symbols by name")]

use crate::Sar;

macro_rules! refused {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            ///
            /// Not supported; takes the standard's parameters and looks at none of them.
            #[unsafe(no_mangle)]
            pub extern "C" fn $name() -> u32 {
                Sar::NOT_SUPPORTED.code()
            }
        )*
    };
}

refused! {
    /// 设备命令传输.
    SKF_Transmit
    /// 生成 RSA 签名密钥对.
    SKF_GenRSAKeyPair
    /// 导入 RSA 加密密钥对.
    SKF_ImportRSAKeyPair
    /// RSA 签名.
    SKF_RSASignData
    /// RSA 验签.
    SKF_RSAVerify
    /// RSA 生成并导出会话密钥.
    SKF_RSAExportSessionKey
    /// ECC 生成密钥协商参数并输出.
    SKF_GenerateAgreementDataWithECC
    /// ECC 产生协商数据并计算会话密钥.
    SKF_GenerateAgreementDataAndKeyWithECC
    /// ECC 计算会话密钥.
    SKF_GenerateKeyWithECC
    /// 生成外部 RSA 密钥对.
    SKF_GenExtRSAKey
    /// RSA 外来公钥运算.
    SKF_ExtRSAPubKeyOperation
    /// RSA 外来私钥运算.
    SKF_ExtRSAPriKeyOperation
    /// ECC 解密.
    SKF_ECCDecrypt
    /// ECC 外来私钥解密.
    SKF_ExtECCDecrypt
    /// ECC 外来私钥签名.
    SKF_ExtECCSign
    /// ECC 外来公钥验签.
    SKF_ExtECCVerify
}
