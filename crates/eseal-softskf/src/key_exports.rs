//! Functions that work (接口函数): containers, SM2, ciphers, digests, GM/T 0016-2012, 7.5 and 7.6.
#![expect(unsafe_code, reason = "a C interface: symbols by name, memory of the caller through `raw` only")]

use std::{
    ffi::c_void,
    sync::{Arc, MutexGuard, PoisonError},
};

use eseal_gm::{
    Sm3, random,
    sm2::{VerifyingKey, encryption},
};
use zeroize::Zeroizing;

use crate::{
    Sar,
    cipher::{Object, Parameters, SessionKey, Stream, Way},
    container,
    device::{SM3, name, name_list},
    exports::{Handle, Text, exports},
    layout::{Layout, PLAINTEXT_MAX_BYTES, SIGNATURE_BYTES},
    raw,
    world::{self, Kept, keep},
};

/// `BLOCKCIPHERPARAM`, packed: by value in `EncryptInit` and `DecryptInit`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct BlockCipherParam {
    iv: [u8; 32],
    iv_length: u32,
    padding_type: u32,
    feed_bit_length: u32,
}

const _: () = assert!(size_of::<BlockCipherParam>() == 44);

impl BlockCipherParam {
    const fn parameters(&self) -> Parameters {
        Parameters { iv: self.iv, iv_bytes: self.iv_length, padding: self.padding_type }
    }
}

exports! {
    /// 创建容器.
    fn SKF_CreateContainer(application: Handle, wanted: Text, handle: *mut Handle) {
        raw::put_handle(handle, 0)?;
        raw::put_handle(handle, container::create(application.addr(), name(raw::text(wanted)?, Sar::PARAMETER)?)?)
    }

    /// 删除容器.
    fn SKF_DeleteContainer(application: Handle, wanted: Text) {
        world::application(application.addr())?.delete_container(name(raw::text(wanted)?, Sar::PARAMETER)?)
    }

    /// 打开容器.
    fn SKF_OpenContainer(application: Handle, wanted: Text, handle: *mut Handle) {
        raw::put_handle(handle, 0)?;
        raw::put_handle(handle, container::open(application.addr(), name(raw::text(wanted)?, Sar::PARAMETER)?)?)
    }

    /// 关闭容器.
    fn SKF_CloseContainer(handle: Handle) {
        container::close(handle.addr())
    }

    /// 枚举容器.
    fn SKF_EnumContainer(application: Handle, list: *mut c_void, size: *mut c_void) {
        let application = world::application(application.addr())?;
        let names = application.container_names()?;
        raw::put_sized(list, size, &name_list(names.iter().map(String::as_str)), application.device.layout)
    }

    /// 获取容器类型.
    fn SKF_GetContainerType(handle: Handle, kind: *mut c_void) {
        let container = world::container(handle.addr())?;
        raw::put_number(kind, container.kind()?, container.application.device.layout)
    }

    /// 导入数字证书.
    fn SKF_ImportCertificate(handle: Handle, signing: u32, from: *const u8, length: u32) {
        world::container(handle.addr())?.import_certificate(signing != 0, raw::bytes(from, length)?)
    }

    /// 导出数字证书.
    fn SKF_ExportCertificate(handle: Handle, signing: u32, to: *mut c_void, length: *mut c_void) {
        let container = world::container(handle.addr())?;
        raw::put_sized(to, length, &container.certificate(signing != 0)?, container.application.device.layout)
    }

    /// 导出公钥: `ECCPUBLICKEYBLOB`.
    fn SKF_ExportPublicKey(handle: Handle, signing: u32, to: *mut c_void, length: *mut c_void) {
        let container = world::container(handle.addr())?;
        let layout = container.application.device.layout;
        raw::put_sized(to, length, &layout.put_public_key(&container.public_key(signing != 0)?), layout)
    }

    /// 生成 ECC 签名密钥对.
    fn SKF_GenECCKeyPair(handle: Handle, algorithm: u32, public: *mut c_void) {
        let container = world::container(handle.addr())?;
        if public.is_null() {
            return Err(Sar::PARAMETER);
        }
        let key = container.generate(algorithm)?;
        raw::put(public, &container.application.device.layout.put_public_key(&key))
    }

    /// 导入 ECC 加密密钥对: `ENVELOPEDKEYBLOB`.
    fn SKF_ImportECCKeyPair(handle: Handle, blob: *const u8) {
        let container = world::container(handle.addr())?;
        if blob.is_null() {
            return Err(Sar::PARAMETER);
        }
        let layout = container.application.device.layout;
        let head = 3 * layout.number_bytes() + 64 + layout.public_key_bytes();
        let cipher_head = raw::bytes(blob.wrapping_add(head), layout.cipher_head_bytes() as u32)?;
        let all = head + layout.cipher_head_bytes() + layout.text_bytes(cipher_head)?;
        container.import_pair(raw::bytes(blob, all as u32)?)
    }

    /// ECC 数字签名: the data is e, 32 bytes; `ECCSIGNATUREBLOB`.
    fn SKF_ECCSignData(handle: Handle, e: *const u8, length: u32, signature: *mut c_void) {
        let container = world::container(handle.addr())?;
        if signature.is_null() {
            return Err(Sar::PARAMETER);
        }
        raw::put(signature, &container.sign(raw::bytes(e, length)?)?)
    }

    /// ECC 验签: the data is e, 32 bytes.
    fn SKF_ECCVerify(device: Handle, key: *const u8, e: *const u8, length: u32, signature: *const u8) {
        let layout = world::device(device.addr())?.layout;
        let key = public_key(layout, key)?;
        let e = raw::bytes(e, length)?.try_into().map_err(|_| Sar::INPUT_LENGTH)?;
        let signature = layout.take_signature(raw::bytes(signature, SIGNATURE_BYTES as u32)?)?;
        if key.verify_prehash(e, &signature) { Ok(()) } else { Err(Sar::HASH_NOT_EQUAL) }
    }

    /// ECC 外来公钥加密: `ECCCIPHERBLOB`.
    fn SKF_ExtECCEncrypt(device: Handle, key: *const u8, text: *const u8, length: u32, cipher: *mut c_void) {
        let layout = world::device(device.addr())?.layout;
        encrypt(layout, &public_key(layout, key)?, raw::bytes(text, length)?, cipher)
    }

    /// ECC 生成并导出会话密钥.
    fn SKF_ECCExportSessionKey(
        handle: Handle, algorithm: u32, key: *const u8, cipher: *mut c_void, session_key: *mut Handle,
    ) {
        raw::put_handle(session_key, 0)?;
        let device = Arc::clone(&world::container(handle.addr())?.application.device);
        let bytes = Zeroizing::new(random::<16>().map_err(|_| Sar::RANDOM)?);
        let made = SessionKey::new(algorithm, &*bytes)?;
        encrypt(device.layout, &public_key(device.layout, key)?, &*bytes, cipher)?;
        raw::put_handle(session_key, keep(&device, Object::Key(made))?)
    }

    /// 导入会话密钥: an `ECCCIPHERBLOB` for the pair for encryption.
    fn SKF_ImportSessionKey(handle: Handle, algorithm: u32, wrapped: *const u8, length: u32, key: *mut Handle) {
        raw::put_handle(key, 0)?;
        let container = world::container(handle.addr())?;
        let device = &container.application.device;
        let bytes = container.decrypt(&device.layout.take_cipher(raw::bytes(wrapped, length)?)?)?;
        raw::put_handle(key, keep(device, Object::Key(SessionKey::new(algorithm, &bytes)?))?)
    }

    /// 明文导入会话密钥.
    fn SKF_SetSymmKey(device: Handle, bytes: *const u8, algorithm: u32, key: *mut Handle) {
        raw::put_handle(key, 0)?;
        let device = world::device(device.addr())?;
        let made = SessionKey::new(algorithm, raw::bytes(bytes, 16)?)?;
        raw::put_handle(key, keep(&device, Object::Key(made))?)
    }

    /// 加密初始化.
    fn SKF_EncryptInit(key: Handle, parameters: BlockCipherParam) {
        begin(key, Way::Encrypt, &parameters)
    }

    /// 单组数据加密.
    fn SKF_Encrypt(key: Handle, from: *const u8, length: u32, to: *mut c_void, to_length: *mut c_void) {
        run(key, Way::Encrypt, raw::bytes(from, length)?, Step::All, to, to_length)
    }

    /// 多组数据加密.
    fn SKF_EncryptUpdate(key: Handle, from: *const u8, length: u32, to: *mut c_void, to_length: *mut c_void) {
        run(key, Way::Encrypt, raw::bytes(from, length)?, Step::Part, to, to_length)
    }

    /// 结束加密.
    fn SKF_EncryptFinal(key: Handle, to: *mut c_void, to_length: *mut c_void) {
        run(key, Way::Encrypt, &[], Step::All, to, to_length)
    }

    /// 解密初始化.
    fn SKF_DecryptInit(key: Handle, parameters: BlockCipherParam) {
        begin(key, Way::Decrypt, &parameters)
    }

    /// 单组数据解密.
    fn SKF_Decrypt(key: Handle, from: *const u8, length: u32, to: *mut c_void, to_length: *mut c_void) {
        run(key, Way::Decrypt, raw::bytes(from, length)?, Step::All, to, to_length)
    }

    /// 多组数据解密.
    fn SKF_DecryptUpdate(key: Handle, from: *const u8, length: u32, to: *mut c_void, to_length: *mut c_void) {
        run(key, Way::Decrypt, raw::bytes(from, length)?, Step::Part, to, to_length)
    }

    /// 结束解密.
    fn SKF_DecryptFinal(key: Handle, to: *mut c_void, to_length: *mut c_void) {
        run(key, Way::Decrypt, &[], Step::All, to, to_length)
    }

    /// 消息鉴别码运算初始化.
    fn SKF_MacInit(key: Handle, parameters: *const BlockCipherParam, mac: *mut Handle) {
        raw::put_handle(mac, 0)?;
        if parameters.is_null() {
            return Err(Sar::PARAMETER);
        }
        // SAFETY: not NULL; the caller answers for the rest.
        let parameters = parameters.read_unaligned();
        let kept = world::object(key.addr())?;
        let stream = match &*object(&kept) {
            Object::Key(key) => key.start(Way::Mac, &parameters.parameters())?,
            Object::Mac(_) | Object::Hash(_) => return Err(Sar::HANDLE),
        };
        raw::put_handle(mac, keep(&kept.device, Object::Mac(stream))?)
    }

    /// 单组数据消息鉴别码运算.
    fn SKF_Mac(mac: Handle, from: *const u8, length: u32, to: *mut c_void, to_length: *mut c_void) {
        finish_mac(mac, raw::bytes(from, length)?, to, to_length)
    }

    /// 多组数据消息鉴别码运算.
    fn SKF_MacUpdate(mac: Handle, from: *const u8, length: u32) {
        let bytes = raw::bytes(from, length)?;
        let kept = world::object(mac.addr())?;
        match &mut *object(&kept) {
            Object::Mac(stream) => {
                stream.update(bytes);
                Ok(())
            }
            Object::Key(_) | Object::Hash(_) => Err(Sar::HANDLE),
        }
    }

    /// 结束消息鉴别码运算.
    fn SKF_MacFinal(mac: Handle, to: *mut c_void, to_length: *mut c_void) {
        finish_mac(mac, &[], to, to_length)
    }

    /// 密码杂凑初始化: with a public key and an identifier Z comes first.
    fn SKF_DigestInit(
        device: Handle, algorithm: u32, key: *const u8, id: *const u8, id_length: u32, hash: *mut Handle,
    ) {
        raw::put_handle(hash, 0)?;
        let device = world::device(device.addr())?;
        if algorithm != SM3 {
            return Err(Sar::NOT_SUPPORTED);
        }
        let id = raw::bytes(id, id_length)?;
        let state = if id.is_empty() {
            Sm3::new()
        } else {
            public_key(device.layout, key)?.with_id(id).map_err(|_| Sar::INPUT_LENGTH)?.hasher()
        };
        raw::put_handle(hash, keep(&device, Object::Hash(state))?)
    }

    /// 单组数据密码杂凑.
    fn SKF_Digest(hash: Handle, from: *const u8, length: u32, to: *mut c_void, to_length: *mut c_void) {
        finish_hash(hash, raw::bytes(from, length)?, to, to_length)
    }

    /// 多组数据密码杂凑.
    fn SKF_DigestUpdate(hash: Handle, from: *const u8, length: u32) {
        let bytes = raw::bytes(from, length)?;
        let kept = world::object(hash.addr())?;
        match &mut *object(&kept) {
            Object::Hash(state) => {
                state.update(bytes);
                Ok(())
            }
            Object::Key(_) | Object::Mac(_) => Err(Sar::HASH_OBJECT),
        }
    }

    /// 结束密码杂凑.
    fn SKF_DigestFinal(hash: Handle, to: *mut c_void, to_length: *mut c_void) {
        finish_hash(hash, &[], to, to_length)
    }
}

fn object(kept: &Kept) -> MutexGuard<'_, Object> {
    kept.object.lock().unwrap_or_else(PoisonError::into_inner)
}

unsafe fn public_key(layout: Layout, from: *const u8) -> Result<VerifyingKey, Sar> {
    // SAFETY: our caller hands the pointer on as it came; its structure has this length.
    layout.take_public_key(unsafe { raw::bytes(from, layout.public_key_bytes() as u32) }?)
}

unsafe fn encrypt(layout: Layout, key: &VerifyingKey, text: &[u8], to: *mut c_void) -> Result<(), Sar> {
    if text.is_empty() || text.len() > PLAINTEXT_MAX_BYTES {
        return Err(Sar::INPUT_LENGTH);
    }
    let cipher = encryption::encrypt(key, text).map_err(|_| Sar::RANDOM)?;
    let bytes = layout.put_cipher(&cipher).ok_or(Sar::UNKNOWN)?;
    // SAFETY: the caller of the interface has room for the ciphertext of what it gave.
    unsafe { raw::put(to, &bytes) }
}

fn begin(key: Handle, way: Way, parameters: &BlockCipherParam) -> Result<(), Sar> {
    let kept = world::object(key.addr())?;
    match &mut *object(&kept) {
        Object::Key(key) => {
            key.stream = Some(key.start(way, &parameters.parameters())?);
            Ok(())
        }
        Object::Mac(_) | Object::Hash(_) => Err(Sar::HANDLE),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Part,
    All,
}

/// Runs a step on a copy of the state: a question for the length, or too small a buffer, changes nothing.
unsafe fn run(
    key: Handle,
    way: Way,
    input: &[u8],
    step: Step,
    to: *mut c_void,
    length: *mut c_void,
) -> Result<(), Sar> {
    let kept = world::object(key.addr())?;
    let mut found = object(&kept);
    let Object::Key(key) = &mut *found else { return Err(Sar::HANDLE) };
    let mut stream: Stream = key.stream.clone().filter(|stream| stream.way == way).ok_or(Sar::NOT_INITIALIZED)?;
    let mut output = stream.update(input);
    if step == Step::All {
        output.extend_from_slice(&stream.finish()?);
    }
    // SAFETY: our caller hands the pointers on as they came.
    unsafe { raw::put_sized(to, length, &output, kept.device.layout) }?;
    if !to.is_null() {
        key.stream = (step == Step::Part).then_some(stream);
    }
    Ok(())
}

unsafe fn finish_mac(mac: Handle, input: &[u8], to: *mut c_void, length: *mut c_void) -> Result<(), Sar> {
    let kept = world::object(mac.addr())?;
    let mut found = object(&kept);
    let Object::Mac(stream) = &mut *found else { return Err(Sar::HANDLE) };
    let mut work = stream.clone();
    work.update(input);
    let value = work.finish()?;
    // SAFETY: our caller hands the pointers on as they came.
    unsafe { raw::put_sized(to, length, &value, kept.device.layout) }?;
    if !to.is_null() {
        *stream = work;
    }
    Ok(())
}

unsafe fn finish_hash(hash: Handle, input: &[u8], to: *mut c_void, length: *mut c_void) -> Result<(), Sar> {
    let kept = world::object(hash.addr())?;
    let mut found = object(&kept);
    let Object::Hash(state) = &mut *found else { return Err(Sar::HASH_OBJECT) };
    let mut work = state.clone();
    work.update(input);
    // SAFETY: our caller hands the pointers on as they came.
    unsafe { raw::put_sized(to, length, &work.finish(), kept.device.layout) }?;
    if !to.is_null() {
        *state = Sm3::new();
    }
    Ok(())
}
