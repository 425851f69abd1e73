//! Functions that work, continued (接口函数): keys under a KEK, and user files.
#![expect(unsafe_code, reason = "a C interface: symbols by name, memory of the caller through `raw` only")]

use std::ffi::c_void;

use zeroize::Zeroizing;

use crate::{Sdr, device, files, raw};

type Handle = *mut c_void;

exports! {
    /// 生成会话密钥并用密钥加密密钥加密输出: SM4 in ECB, one block.
    fn SDF_GenerateKeyWithKEK(
        session: Handle, bits: u32, algorithm: u32, kek: u32, to: *mut u8, length: *mut u32, key: *mut Handle,
    ) {
        let session = device::session(session.addr())?;
        if bits != 128 {
            return Err(Sdr::INPUT);
        }
        let kek = session.device.kek(algorithm, kek)?;
        if to.is_null() {
            return raw::put_sized(to, length, &[0; 16]);
        }
        raw::put_handle(key, 0)?;
        let bytes = device::new_key()?;
        let mut block = Zeroizing::new(*bytes);
        kek.encrypt_block(&mut block);
        raw::put_sized(to, length, &*block)?;
        raw::put_handle(key, device::keep_key(&session, bytes)?)
    }

    /// 导入会话密钥并用密钥加密密钥解密.
    fn SDF_ImportKeyWithKEK(session: Handle, algorithm: u32, kek: u32, from: *const u8, length: u32, key: *mut Handle) {
        let session = device::session(session.addr())?;
        raw::put_handle(key, 0)?;
        let kek = session.device.kek(algorithm, kek)?;
        let mut block = Zeroizing::new(<[u8; 16]>::try_from(raw::bytes(from, length)?).map_err(|_| Sdr::INPUT)?);
        kek.decrypt_block(&mut block);
        raw::put_handle(key, device::keep_key(&session, block)?)
    }

    /// 创建文件.
    fn SDF_CreateFile(session: Handle, name: *const u8, name_length: u32, size: u32) {
        let session = device::session(session.addr())?;
        files::create(session.device.folder(), raw::bytes(name, name_length)?, size)
    }

    /// 读取文件: `length` is how much is wanted, and then how much was read.
    fn SDF_ReadFile(
        session: Handle, name: *const u8, name_length: u32, offset: u32, length: *mut u32, to: *mut u8,
    ) {
        let session = device::session(session.addr())?;
        if length.is_null() || to.is_null() {
            return Err(Sdr::OUTPUT);
        }
        let wanted = raw::put_length(length, 0)?;
        let read = files::read(session.device.folder(), raw::bytes(name, name_length)?, offset, wanted)?;
        raw::put_length(length, u32::try_from(read.len()).map_err(|_| Sdr::UNKNOWN)?)?;
        raw::put(to.cast(), &read)
    }

    /// 写文件.
    fn SDF_WriteFile(
        session: Handle, name: *const u8, name_length: u32, offset: u32, length: u32, from: *const u8,
    ) {
        let session = device::session(session.addr())?;
        let (name, input) = (raw::bytes(name, name_length)?, raw::bytes(from, length)?);
        files::write(session.device.folder(), name, offset, input)
    }

    /// 删除文件.
    fn SDF_DeleteFile(session: Handle, name: *const u8, name_length: u32) {
        let session = device::session(session.addr())?;
        files::delete(session.device.folder(), raw::bytes(name, name_length)?)
    }
}
