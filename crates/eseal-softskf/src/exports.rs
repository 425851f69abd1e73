//! Functions that work (接口函数): devices, access, applications, files, GM/T 0016-2012, 7.1 to 7.4.
#![expect(unsafe_code, reason = "a C interface: symbols by name, memory of the caller through `raw` only")]

use std::{
    ffi::{c_char, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
};

use zeroize::Zeroize as _;

use crate::{
    Sar,
    application::{self, New},
    device::{self, layout_of_device, name, name_list},
    layout::Layout,
    pin::Who,
    place::Place,
    raw,
    world::{application, device as find_device, world},
};

/// How deep keys are used: more than signing needs, without optimisation too.
const STACK_BYTES: usize = 48 << 10;

/// Runs the body of a function; a panic is an error like others, and never crosses into C.
pub(crate) fn guard(body: impl FnOnce() -> Result<(), Sar>) -> u32 {
    let code = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => 0,
        Ok(Err(error)) => error.code(),
        Err(_) => Sar::UNKNOWN.code(),
    };
    wipe_stack();
    code
}

/// Overwrites what the functions that have returned left below: copies of keys in frames that nobody owns any more.
#[inline(never)]
fn wipe_stack() {
    let mut below = [0xA5_u8; STACK_BYTES];
    below.zeroize();
    std::hint::black_box(&below);
}

/// Exports functions; ULONG and BOOL come as 32 bits, pointers to them as `void *`, because their length is a setting.
macro_rules! exports {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $body:block)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Safety
            /// Each pointer is NULL or points to what the standard's prototype says, with the length given beside it.
            #[unsafe(no_mangle)]
            pub unsafe extern "system" fn $name($($argument: $kind),*) -> u32 {
                // SAFETY: the body hands pointers to `raw` as they came; our caller answers for them.
                #[allow(unused_unsafe, reason = "not every body follows pointers")]
                $crate::exports::guard(|| unsafe { $body })
            }
        )*
    };
}
pub(crate) use exports;

pub(crate) type Handle = *mut c_void;
pub(crate) type Text = *const c_char;

exports! {
    /// 等待设备插拔事件: blocks until a token appears or vanishes.
    fn SKF_WaitForDevEvent(found: *mut c_void, length: *mut c_void, event: *mut c_void) {
        let layout = Place::of_environment()?.layout;
        if found.is_null() || length.is_null() || event.is_null() {
            return Err(Sar::PARAMETER);
        }
        let (name, what) = device::wait_for_event()?;
        raw::put_number(event, what, layout)?;
        raw::put_sized(found, length, &[name.as_bytes(), &[0]].concat(), layout)
    }

    /// 取消等待设备插拔事件.
    fn SKF_CancelWaitForDevEvent() {
        device::cancel_wait();
        Ok(())
    }

    /// 枚举设备: the same whether all or those present are asked for, because no driver is installed.
    fn SKF_EnumDev(_present: u32, list: *mut c_void, size: *mut c_void) {
        let place = Place::of_environment()?;
        let names = place.names();
        raw::put_sized(list, size, &name_list(names.iter().map(String::as_str)), place.layout)
    }

    /// 连接设备.
    fn SKF_ConnectDev(wanted: Text, device: *mut Handle) {
        raw::put_handle(device, 0)?;
        let wanted = name(raw::text(wanted)?, Sar::PARAMETER)?;
        raw::put_handle(device, device::connect(wanted)?)
    }

    /// 断开连接: rights stay as they are.
    fn SKF_DisConnectDev(device: Handle) {
        device::disconnect(device.addr())
    }

    /// 断开连接, as the table spells it.
    fn SKF_DisconnectDev(device: Handle) {
        device::disconnect(device.addr())
    }

    /// 获取设备存在状态.
    fn SKF_GetDevState(wanted: Text, state: *mut c_void) {
        let layout = Place::of_environment()?.layout;
        let presence = device::presence(name(raw::text(wanted)?, Sar::PARAMETER)?)?;
        raw::put_number(state, presence, layout)
    }

    /// 设置设备标签.
    fn SKF_SetLabel(device: Handle, label: Text) {
        find_device(device.addr())?.set_label(raw::text(label)?)
    }

    /// 获取设备信息.
    fn SKF_GetDevInfo(device: Handle, info: *mut c_void) {
        raw::put(info, &find_device(device.addr())?.info()?)
    }

    /// 锁定设备.
    fn SKF_LockDev(device: Handle, timeout_ms: u32) {
        find_device(device.addr())?.lock(timeout_ms)
    }

    /// 解锁设备.
    fn SKF_UnlockDev(device: Handle) {
        find_device(device.addr())?.unlock()
    }

    /// 修改设备认证密钥.
    fn SKF_ChangeDevAuthKey(device: Handle, key: *const u8, length: u32) {
        find_device(device.addr())?.change_device_key(raw::bytes(key, length)?)
    }

    /// 设备认证.
    fn SKF_DevAuth(device: Handle, answer: *const u8, length: u32) {
        find_device(device.addr())?.authenticate(raw::bytes(answer, length)?)
    }

    /// 修改 PIN.
    fn SKF_ChangePIN(handle: Handle, user_type: u32, old: Text, new: Text, retry: *mut c_void) {
        let application = application(handle.addr())?;
        let who = Who::of(user_type)?;
        tries(application.change_pin(who, raw::text(old)?, raw::text(new)?), retry, application.device.layout)
    }

    /// 获取 PIN 信息.
    fn SKF_GetPINInfo(handle: Handle, user_type: u32, max: *mut c_void, left: *mut c_void, initial: *mut c_void) {
        let application = application(handle.addr())?;
        let (layout, (tries_max, tries_left, is_initial)) =
            (application.device.layout, application.pin_info(Who::of(user_type)?)?);
        raw::put_number(max, tries_max, layout)?;
        raw::put_number(left, tries_left, layout)?;
        raw::put_number(initial, u32::from(is_initial), layout)
    }

    /// 校验 PIN.
    fn SKF_VerifyPIN(handle: Handle, user_type: u32, pin: Text, retry: *mut c_void) {
        let application = application(handle.addr())?;
        tries(application.verify_pin(Who::of(user_type)?, raw::text(pin)?), retry, application.device.layout)
    }

    /// 解锁 PIN.
    fn SKF_UnblockPIN(handle: Handle, admin: Text, new: Text, retry: *mut c_void) {
        let application = application(handle.addr())?;
        tries(application.unblock(raw::text(admin)?, raw::text(new)?), retry, application.device.layout)
    }

    /// 清除应用安全状态.
    fn SKF_ClearSecureState(handle: Handle) {
        application(handle.addr())?.clear_secure_state();
        Ok(())
    }

    /// 清除应用安全状态, as the table spells it.
    fn SKF_ClearSecueState(handle: Handle) {
        application(handle.addr())?.clear_secure_state();
        Ok(())
    }

    /// 创建应用.
    fn SKF_CreateApplication(
        device: Handle, name: Text, admin_pin: Text, admin_tries: u32, user_pin: Text, user_tries: u32,
        file_rights: u32, handle: *mut Handle,
    ) {
        raw::put_handle(handle, 0)?;
        let new = New {
            name: raw::text(name)?,
            admin_pin: raw::text(admin_pin)?,
            admin_tries,
            user_pin: raw::text(user_pin)?,
            user_tries,
            file_rights,
        };
        raw::put_handle(handle, application::create(&find_device(device.addr())?, &new)?)
    }

    /// 枚举应用.
    fn SKF_EnumApplication(device: Handle, list: *mut c_void, size: *mut c_void) {
        let device = find_device(device.addr())?;
        let names = application::names(&device)?;
        raw::put_sized(list, size, &name_list(names.iter().map(String::as_str)), device.layout)
    }

    /// 删除应用.
    fn SKF_DeleteApplication(device: Handle, wanted: Text) {
        application::delete(&*find_device(device.addr())?, name(raw::text(wanted)?, Sar::APPLICATION_NAME)?)
    }

    /// 打开应用.
    fn SKF_OpenApplication(device: Handle, wanted: Text, handle: *mut Handle) {
        raw::put_handle(handle, 0)?;
        let wanted = name(raw::text(wanted)?, Sar::APPLICATION_NAME)?;
        raw::put_handle(handle, application::open(&find_device(device.addr())?, wanted)?)
    }

    /// 关闭应用: rights stay as they are.
    fn SKF_CloseApplication(handle: Handle) {
        application::close(handle.addr())
    }

    /// 创建文件.
    fn SKF_CreateFile(handle: Handle, file: Text, size: u32, read_rights: u32, write_rights: u32) {
        let file = file_name(raw::text(file)?)?;
        application(handle.addr())?.create_file(file, size, [read_rights, write_rights])
    }

    /// 删除文件.
    fn SKF_DeleteFile(handle: Handle, file: Text) {
        application(handle.addr())?.delete_file(file_name(raw::text(file)?)?)
    }

    /// 枚举文件.
    fn SKF_EnumFiles(handle: Handle, list: *mut c_void, size: *mut c_void) {
        let application = application(handle.addr())?;
        let names = application.file_names()?;
        raw::put_sized(list, size, &name_list(names.iter().map(String::as_str)), application.device.layout)
    }

    /// 获取文件信息: `FILEATTRIBUTE`.
    fn SKF_GetFileInfo(handle: Handle, file: Text, info: *mut c_void) {
        let application = application(handle.addr())?;
        let file = application.file(file_name(raw::text(file)?)?)?;
        let mut bytes = file.name.into_bytes();
        bytes.resize(32, 0);
        for number in [file.content.0.len() as u32, file.read_rights, file.write_rights] {
            bytes.extend(application.device.layout.number(number));
        }
        raw::put(info, &bytes)
    }

    /// 读文件.
    fn SKF_ReadFile(handle: Handle, file: Text, offset: u32, size: u32, to: *mut c_void, length: *mut c_void) {
        let application = application(handle.addr())?;
        let bytes = application.read_file(file_name(raw::text(file)?)?, offset, size)?;
        raw::put_sized(to, length, &bytes, application.device.layout)
    }

    /// 写文件.
    fn SKF_WriteFile(handle: Handle, file: Text, offset: u32, from: *const u8, size: u32) {
        let bytes = raw::bytes(from, size)?;
        application(handle.addr())?.write_file(file_name(raw::text(file)?)?, offset, bytes)
    }

    /// 关闭密码对象句柄: a session key, a digest or a MAC.
    fn SKF_CloseHandle(handle: Handle) {
        world().objects.remove(handle.addr()).map(drop).ok_or(Sar::HANDLE)
    }

    /// 生成随机数.
    fn SKF_GenRandom(device: Handle, to: *mut c_void, length: u32) {
        layout_of_device(device.addr())?;
        if to.is_null() {
            return Err(Sar::PARAMETER);
        }
        raw::put(to, &find_device(device.addr())?.random(length)?)
    }
}

/// Answers how often the PIN may still be tried, whatever came of it.
unsafe fn tries(result: Result<(), (Sar, u32)>, to: *mut c_void, layout: Layout) -> Result<(), Sar> {
    if let Err((error, left)) = result {
        if !to.is_null() {
            // SAFETY: our caller hands the pointer on as it came.
            unsafe { raw::put_number(to, left, layout) }?;
        }
        return Err(error);
    }
    Ok(())
}

/// Names of files have at most 31 bytes, because `FILEATTRIBUTE` has 32.
fn file_name(bytes: &[u8]) -> Result<&str, Sar> {
    if bytes.len() > 31 {
        return Err(Sar::NAME_LENGTH);
    }
    name(bytes, Sar::PARAMETER)
}
