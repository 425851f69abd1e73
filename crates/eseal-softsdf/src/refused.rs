//! Functions that are exported and answer `SDR_NOTSUPPORT` (不支持的接口函数), so that strict loaders find every name.
#![expect(unsafe_code, reason = "a C interface: symbols by name")]

use std::ffi::c_int;

use crate::Sdr;

macro_rules! refused {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $(
            $(#[$doc])*
            ///
            /// Not supported; takes the standard's parameters and looks at none of them.
            #[unsafe(no_mangle)]
            pub extern "C" fn $name() -> c_int {
                Sdr::NOT_SUPPORTED.code()
            }
        )*
    };
}

refused! {
    /// 导出 RSA 签名公钥.
    SDF_ExportSignPublicKey_RSA
    /// 导出 RSA 加密公钥.
    SDF_ExportEncPublicKey_RSA
    /// 产生 RSA 非对称密钥对并输出.
    SDF_GenerateKeyPair_RSA
    /// 生成会话密钥并用内部 RSA 公钥加密输出.
    SDF_GenerateKeyWithIPK_RSA
    /// 生成会话密钥并用外部 RSA 公钥加密输出.
    SDF_GenerateKeyWithEPK_RSA
    /// 导入会话密钥并用内部 RSA 私钥解密.
    SDF_ImportKeyWithISK_RSA
    /// 基于 RSA 算法的数字信封转换.
    SDF_ExchangeDigitEnvelopeBaseOnRSA
    /// 生成密钥协商参数并输出.
    SDF_GenerateAgreementDataWithECC
    /// 计算会话密钥.
    SDF_GenerateKeyWithECC
    /// 产生协商数据并计算会话密钥.
    SDF_GenerateAgreementDataAndKeyWithECC
    /// 基于 ECC 算法的数字信封转换.
    SDF_ExchangeDigitEnvelopeBaseOnECC
    /// 外部公钥 RSA 运算.
    SDF_ExternalPublicKeyOperation_RSA
    /// 内部公钥 RSA 运算.
    SDF_InternalPublicKeyOperation_RSA
    /// 内部私钥 RSA 运算.
    SDF_InternalPrivateKeyOperation_RSA
}
