//! Functions that work (接口函数), GM/T 0018-2012, 6.
#![expect(unsafe_code, reason = "a C interface: symbols by name, memory of the caller through `raw` only")]

use std::ffi::c_void;

use eseal_gm::{
    random,
    sm2::{SigningKey, VerifyingKey, encryption},
};
use zeroize::Zeroizing;

use crate::{
    Sdr,
    device::{self, Cipher, Session},
    layout::{Layout, PLAINTEXT_MAX_BYTES},
    raw,
};

type Handle = *mut c_void;

exports! {
    /// 打开设备.
    fn SDF_OpenDevice(device: *mut Handle) {
        raw::put_handle(device, 0)?;
        raw::put_handle(device, device::open_device()?)
    }

    /// 关闭设备.
    fn SDF_CloseDevice(device: Handle) {
        device::close_device(device.addr())
    }

    /// 创建会话.
    fn SDF_OpenSession(device: Handle, session: *mut Handle) {
        raw::put_handle(session, 0)?;
        raw::put_handle(session, device::open_session(device.addr())?)
    }

    /// 关闭会话.
    fn SDF_CloseSession(session: Handle) {
        device::close_session(session.addr())
    }

    /// 获取设备信息.
    fn SDF_GetDeviceInfo(session: Handle, info: *mut c_void) {
        device::session(session.addr())?;
        raw::put(info, &device::info())
    }

    /// 产生随机数.
    fn SDF_GenerateRandom(session: Handle, length: u32, to: *mut u8) {
        device::session(session.addr())?;
        if length == 0 || length > raw::INPUT_MAX_BYTES {
            return Err(Sdr::INPUT);
        }
        let mut bytes = Vec::new();
        while bytes.len() < length as usize {
            bytes.extend(random::<64>().map_err(|_| Sdr::RANDOM)?);
        }
        bytes.truncate(length as usize);
        raw::put(to.cast(), &bytes)
    }

    /// 获取私钥使用权限.
    fn SDF_GetPrivateKeyAccessRight(session: Handle, index: u32, password: *const u8, length: u32) {
        let session = device::session(session.addr())?;
        session.take_right(index, raw::bytes(password, length)?)
    }

    /// 释放私钥使用权限.
    fn SDF_ReleasePrivateKeyAccessRight(session: Handle, index: u32) {
        device::session(session.addr())?.release_right(index)
    }

    /// 导出 ECC 签名公钥.
    fn SDF_ExportSignPublicKey_ECC(session: Handle, index: u32, key: *mut c_void) {
        let session = device::session(session.addr())?;
        raw::put(key, &session.device.layout.put_public_key(&session.public(index)?.signing))
    }

    /// 导出 ECC 加密公钥.
    fn SDF_ExportEncPublicKey_ECC(session: Handle, index: u32, key: *mut c_void) {
        let session = device::session(session.addr())?;
        raw::put(key, &session.device.layout.put_public_key(&session.public(index)?.encryption))
    }

    /// 产生 ECC 非对称密钥对并输出.
    fn SDF_GenerateKeyPair_ECC(session: Handle, algorithm: u32, bits: u32, public: *mut c_void, private: *mut c_void) {
        let session = device::session(session.addr())?;
        device::check_sm2(algorithm)?;
        if bits != 256 {
            return Err(Sdr::INPUT);
        }
        if public.is_null() || private.is_null() {
            return Err(Sdr::OUTPUT);
        }
        let key = SigningKey::generate().map_err(|_| Sdr::RANDOM)?;
        let layout = session.device.layout;
        raw::put(public, &layout.put_public_key(key.verifying_key()))?;
        raw::put(private, &Zeroizing::new(layout.put_private_key(&key.to_bytes())))
    }

    /// 生成会话密钥并用内部 ECC 公钥加密输出.
    fn SDF_GenerateKeyWithIPK_ECC(session: Handle, index: u32, bits: u32, cipher: *mut c_void, key: *mut Handle) {
        let session = device::session(session.addr())?;
        let public = session.public(index)?.encryption;
        send_key(&session, &public, bits, cipher, key)
    }

    /// 生成会话密钥并用外部 ECC 公钥加密输出.
    fn SDF_GenerateKeyWithEPK_ECC(
        session: Handle, bits: u32, algorithm: u32, public: *const u8, cipher: *mut c_void, key: *mut Handle,
    ) {
        let session = device::session(session.addr())?;
        device::check_sm2(algorithm)?;
        let public = public_key(session.device.layout, public)?;
        send_key(&session, &public, bits, cipher, key)
    }

    /// 导入会话密钥并用内部 ECC 私钥解密.
    fn SDF_ImportKeyWithISK_ECC(session: Handle, index: u32, cipher: *const u8, key: *mut Handle) {
        let session = device::session(session.addr())?;
        raw::put_handle(key, 0)?;
        let text = session.decrypt(index, &ciphertext(session.device.layout, cipher)?)?;
        let bytes = text.as_slice().try_into().map_err(|_| Sdr::KEY)?;
        raw::put_handle(key, device::keep_key(&session, Zeroizing::new(bytes))?)
    }

    /// 销毁会话密钥.
    fn SDF_DestroyKey(session: Handle, key: Handle) {
        device::destroy_key(&device::session(session.addr())?, key.addr())
    }

    /// 外部密钥 ECC 验证.
    fn SDF_ExternalVerify_ECC(
        session: Handle, algorithm: u32, key: *const u8, e: *const u8, length: u32, signature: *const u8,
    ) {
        let session = device::session(session.addr())?;
        device::check_sm2(algorithm)?;
        let key = public_key(session.device.layout, key)?;
        verify(session.device.layout, &key, raw::bytes(e, length)?, signature)
    }

    /// 内部密钥 ECC 签名: the data is e, 32 bytes.
    fn SDF_InternalSign_ECC(session: Handle, index: u32, e: *const u8, length: u32, signature: *mut c_void) {
        let session = device::session(session.addr())?;
        if signature.is_null() {
            return Err(Sdr::OUTPUT);
        }
        raw::put(signature, &session.sign(index, raw::bytes(e, length)?)?)
    }

    /// 内部密钥 ECC 验证.
    fn SDF_InternalVerify_ECC(session: Handle, index: u32, e: *const u8, length: u32, signature: *const u8) {
        let session = device::session(session.addr())?;
        let key = session.public(index)?.signing;
        verify(session.device.layout, &key, raw::bytes(e, length)?, signature)
    }

    /// 外部密钥 ECC 加密.
    fn SDF_ExternalEncrypt_ECC(
        session: Handle, algorithm: u32, key: *const u8, text: *const u8, length: u32, cipher: *mut c_void,
    ) {
        let session = device::session(session.addr())?;
        device::check_sm2(algorithm)?;
        let key = public_key(session.device.layout, key)?;
        encrypt(session.device.layout, &key, raw::bytes(text, length)?, cipher)
    }

    /// 内部密钥 ECC 加密.
    fn SDF_InternalEncrypt_ECC(
        session: Handle, index: u32, algorithm: u32, text: *const u8, length: u32, cipher: *mut c_void,
    ) {
        let session = device::session(session.addr())?;
        device::check_sm2(algorithm)?;
        let key = session.public(index)?.encryption;
        encrypt(session.device.layout, &key, raw::bytes(text, length)?, cipher)
    }

    /// 内部密钥 ECC 解密.
    fn SDF_InternalDecrypt_ECC(
        session: Handle, index: u32, algorithm: u32, cipher: *const u8, text: *mut u8, length: *mut u32,
    ) {
        let session = device::session(session.addr())?;
        device::check_sm2(algorithm)?;
        let opened = session.decrypt(index, &ciphertext(session.device.layout, cipher)?)?;
        raw::put_sized(text, length, &opened)
    }

    /// 对称加密.
    fn SDF_Encrypt(
        session: Handle, key: Handle, algorithm: u32, iv: *mut u8, from: *const u8, length: u32, to: *mut u8,
        to_length: *mut u32,
    ) {
        symmetric(Cipher::Encrypt, [session, key], algorithm, iv, raw::bytes(from, length)?, to, to_length)
    }

    /// 对称解密.
    fn SDF_Decrypt(
        session: Handle, key: Handle, algorithm: u32, iv: *mut u8, from: *const u8, length: u32, to: *mut u8,
        to_length: *mut u32,
    ) {
        symmetric(Cipher::Decrypt, [session, key], algorithm, iv, raw::bytes(from, length)?, to, to_length)
    }

    /// 计算 MAC.
    fn SDF_CalculateMAC(
        session: Handle, key: Handle, algorithm: u32, iv: *mut u8, from: *const u8, length: u32, to: *mut u8,
        to_length: *mut u32,
    ) {
        symmetric(Cipher::Mac, [session, key], algorithm, iv, raw::bytes(from, length)?, to, to_length)
    }

    /// 杂凑运算初始化: with a public key Z comes first.
    fn SDF_HashInit(session: Handle, algorithm: u32, key: *const u8, id: *const u8, length: u32) {
        let session = device::session(session.addr())?;
        let key = if key.is_null() { None } else { Some(public_key(session.device.layout, key)?) };
        session.hash_init(algorithm, key, raw::bytes(id, length)?)
    }

    /// 多包杂凑运算.
    fn SDF_HashUpdate(session: Handle, from: *const u8, length: u32) {
        device::session(session.addr())?.hash_update(raw::bytes(from, length)?)
    }

    /// 杂凑运算结束.
    fn SDF_HashFinal(session: Handle, to: *mut u8, length: *mut u32) {
        let session = device::session(session.addr())?;
        raw::put_sized(to, length, &session.hash_final(false)?)?;
        if !to.is_null() {
            session.hash_final(true)?;
        }
        Ok(())
    }
}

unsafe fn public_key(layout: Layout, from: *const u8) -> Result<VerifyingKey, Sdr> {
    // SAFETY: our caller hands the pointer on as it came; its structure has this length.
    layout.take_public_key(unsafe { raw::bytes(from, layout.public_key_bytes() as u32) }?)
}

unsafe fn verify(layout: Layout, key: &VerifyingKey, e: &[u8], from: *const u8) -> Result<(), Sdr> {
    let e = e.try_into().map_err(|_| Sdr::INPUT)?;
    // SAFETY: our caller hands the pointer on as it came; its structure has this length.
    let signature = layout.take_signature(unsafe { raw::bytes(from, layout.signature_bytes() as u32) }?)?;
    if key.verify_prehash(e, &signature) { Ok(()) } else { Err(Sdr::VERIFY) }
}

unsafe fn encrypt(layout: Layout, key: &VerifyingKey, text: &[u8], to: *mut c_void) -> Result<(), Sdr> {
    if text.is_empty() || text.len() > PLAINTEXT_MAX_BYTES {
        return Err(Sdr::INPUT);
    }
    let cipher = encryption::encrypt(key, text).map_err(|_| Sdr::PUBLIC_KEY)?;
    let bytes = layout.put_cipher(&cipher).ok_or(Sdr::PUBLIC_KEY)?;
    // SAFETY: the caller of the interface has room for the ciphertext of what it gave.
    unsafe { raw::put(to, &bytes) }
}

unsafe fn ciphertext(layout: Layout, from: *const u8) -> Result<encryption::Ciphertext, Sdr> {
    let head_bytes = layout.cipher_head_bytes();
    // SAFETY: the structure has a head of this length, and in it the length of what follows.
    unsafe {
        let head = raw::bytes(from, head_bytes as u32)?;
        let text = raw::bytes(from.wrapping_add(head_bytes), layout.text_bytes(head)? as u32)?;
        layout.take_cipher(head, text)
    }
}

unsafe fn send_key(
    session: &std::sync::Arc<Session>,
    public: &VerifyingKey,
    bits: u32,
    cipher: *mut c_void,
    handle: *mut Handle,
) -> Result<(), Sdr> {
    if bits != 128 {
        return Err(Sdr::INPUT);
    }
    let key = device::new_key()?;
    // SAFETY: our caller hands the pointers on as they came.
    unsafe {
        raw::put_handle(handle, 0)?;
        encrypt(session.device.layout, public, &*key, cipher)?;
        raw::put_handle(handle, device::keep_key(session, key)?)
    }
}

unsafe fn symmetric(
    what: Cipher,
    [session, key]: [Handle; 2],
    algorithm: u32,
    iv: *mut u8,
    input: &[u8],
    to: *mut u8,
    length: *mut u32,
) -> Result<(), Sdr> {
    let session = device::session(session.addr())?;
    let key = device::key(&session, key.addr())?;
    let mut state = [0; 16];
    // SAFETY: our caller hands the pointers on as they came; an initial value has 16 bytes.
    unsafe {
        if !iv.is_null() {
            state.copy_from_slice(raw::bytes(iv, 16)?);
        }
        let output = Zeroizing::new(key.run(what, algorithm, &mut state, input)?);
        raw::put_sized(to, length, &output)?;
        if !to.is_null() && !iv.is_null() {
            raw::put(iv.cast(), &state)?;
        }
    }
    Ok(())
}
