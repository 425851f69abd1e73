/* Drives a library of the SKF interface from C (GM/T 0016-2012): prototypes and sizes from the standard's tables.
   Usage: skf LIBRARY all|wrong|locked|unblock — prints what went wrong, one line each; exit status 0 if nothing did. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef unsigned int U;
typedef unsigned char B;
typedef char *S;
typedef void *H;

#pragma pack(1)
typedef struct { B major, minor; } Version;
typedef struct {
    Version version;
    char manufacturer[64], issuer[64], label[32], serial[32];
    Version hardware, firmware;
    U sym, asym, hash, auth, total, left, max_ecc, max_buffer;
    B reserved[64];
} Info;
typedef struct { U bits; B x[64], y[64]; } PublicKey;
typedef struct { B r[64], s[64]; } Signature;
typedef struct { B x[64], y[64], hash[32]; U length; B cipher[256]; } Cipher;
typedef struct { B iv[32]; U iv_length, padding, feed; } Param;
typedef struct { char name[32]; U size, read, write; } FileInfo;
#pragma pack()

#define SAR 0x0A000000
#define NOTSUPPORTYET (SAR + 0x03)
#define INVALIDHANDLE (SAR + 0x05)
#define INVALIDPARAM (SAR + 0x06)
#define NOTINITIALIZE (SAR + 0x0C)
#define INDATALEN (SAR + 0x10)
#define INDATA (SAR + 0x11)
#define HASHNOTEQUAL (SAR + 0x1A)
#define CERTNOTFOUND (SAR + 0x1C)
#define BUFFER_TOO_SMALL (SAR + 0x20)
#define DEVICE_REMOVED (SAR + 0x23)
#define PIN_INCORRECT (SAR + 0x24)
#define PIN_LOCKED (SAR + 0x25)
#define PIN_LEN_RANGE (SAR + 0x27)
#define USER_TYPE_INVALID (SAR + 0x2A)
#define APPLICATION_EXISTS (SAR + 0x2C)
#define USER_NOT_LOGGED_IN (SAR + 0x2D)
#define APPLICATION_NOT_EXISTS (SAR + 0x2E)
#define FILE_NOT_EXIST (SAR + 0x31)
#define SM3 0x1
#define SM2_1 0x00020200
#define SM4_ECB 0x401
#define SM4_CBC 0x402
#define SM4_MAC 0x410

/* The key pair of GB/T 32918.5's example; its private key, right-aligned in 64 bytes, under SM4-ECB with the key 00…0F,
   as another program encrypted it. */
static const B EXAMPLE_X[32] = {
    0x09, 0xf9, 0xdf, 0x31, 0x1e, 0x54, 0x21, 0xa1, 0x50, 0xdd, 0x7d, 0x16, 0x1e, 0x4b, 0xc5, 0xc6,
    0x72, 0x17, 0x9f, 0xad, 0x18, 0x33, 0xfc, 0x07, 0x6b, 0xb0, 0x8f, 0xf3, 0x56, 0xf3, 0x50, 0x20 };
static const B EXAMPLE_Y[32] = {
    0xcc, 0xea, 0x49, 0x0c, 0xe2, 0x67, 0x75, 0xa5, 0x2d, 0xc6, 0xea, 0x71, 0x8c, 0xc1, 0xaa, 0x60,
    0x0a, 0xed, 0x05, 0xfb, 0xf3, 0x5e, 0x08, 0x4a, 0x66, 0x32, 0xf6, 0x07, 0x2d, 0xa9, 0xad, 0x13 };
static const B EXAMPLE_SEALED[64] = {
    0x1e, 0x96, 0x34, 0xb7, 0x70, 0xf9, 0xae, 0xba, 0xa9, 0x34, 0x4f, 0x5a, 0xff, 0x9f, 0x82, 0xa3,
    0x1e, 0x96, 0x34, 0xb7, 0x70, 0xf9, 0xae, 0xba, 0xa9, 0x34, 0x4f, 0x5a, 0xff, 0x9f, 0x82, 0xa3,
    0x30, 0xca, 0x10, 0x78, 0xd6, 0xe8, 0x2c, 0x40, 0xd7, 0x35, 0x56, 0x75, 0xbb, 0x49, 0x24, 0x8f,
    0xf2, 0x1f, 0xf1, 0x68, 0x2f, 0x1d, 0xd7, 0x2e, 0x4e, 0x4e, 0x45, 0x8b, 0x38, 0x09, 0xa8, 0x32 };

#pragma pack(1)
typedef struct { U version, algorithm, bits; B sealed[64]; PublicKey key; Cipher cipher; } Enveloped;
#pragma pack()

static int faults;
static void *library;
#define EXPECT(code, call) do { U got = (call); if (got != (U)(code)) { faults++; \
    printf("%d: %s gave 0x%08x, not 0x%08x\n", __LINE__, #call, got, (U)(code)); } } while (0)
#define TRUE_(condition) do { if (!(condition)) { faults++; printf("%d: not true: %s\n", __LINE__, #condition); } } while (0)
#define LOAD(name, ...) U (*name)(__VA_ARGS__) = (U (*)(__VA_ARGS__))dlsym(library, "SKF_" #name); \
    if (!name) { printf("no symbol SKF_%s\n", #name); return 2; }

static const char *ALL[] = {
    "WaitForDevEvent", "CancelWaitForDevEvent", "EnumDev", "ConnectDev", "DisConnectDev", "DisconnectDev", "GetDevState",
    "SetLabel", "GetDevInfo", "LockDev", "UnlockDev", "Transmit", "ChangeDevAuthKey", "DevAuth", "ChangePIN",
    "GetPINInfo", "VerifyPIN", "UnblockPIN", "ClearSecureState", "ClearSecueState", "CreateApplication",
    "EnumApplication", "DeleteApplication", "OpenApplication", "CloseApplication", "CreateFile", "DeleteFile",
    "EnumFiles", "GetFileInfo", "ReadFile", "WriteFile", "CreateContainer", "DeleteContainer", "OpenContainer",
    "CloseContainer", "EnumContainer", "GetContainerType", "ImportCertificate", "ExportCertificate", "GenRandom",
    "GenExtRSAKey", "GenRSAKeyPair", "ImportRSAKeyPair", "RSASignData", "RSAVerify", "RSAExportSessionKey",
    "ExtRSAPubKeyOperation", "ExtRSAPriKeyOperation", "GenECCKeyPair", "ImportECCKeyPair", "ECCSignData", "ECCVerify",
    "ECCExportSessionKey", "ExtECCEncrypt", "ExtECCDecrypt", "ExtECCSign", "ExtECCVerify", "ECCDecrypt",
    "GenerateAgreementDataWithECC", "GenerateAgreementDataAndKeyWithECC", "GenerateKeyWithECC", "ExportPublicKey",
    "ImportSessionKey", "SetSymmKey", "EncryptInit", "Encrypt", "EncryptUpdate", "EncryptFinal", "DecryptInit",
    "Decrypt", "DecryptUpdate", "DecryptFinal", "DigestInit", "Digest", "DigestUpdate", "DigestFinal", "MacInit", "Mac",
    "MacUpdate", "MacFinal", "CloseHandle",
};

static int pins(const char *part)
{
    LOAD(ConnectDev, S, H *) LOAD(OpenApplication, H, S, H *) LOAD(VerifyPIN, H, U, S, U *)
    LOAD(UnblockPIN, H, S, S, U *) LOAD(GetPINInfo, H, U, U *, U *, U *)
    H device, app;
    U retry = 99, max, left, initial;
    EXPECT(0, ConnectDev("token", &device));
    EXPECT(0, OpenApplication(device, "ESEAL", &app));
    if (!strcmp(part, "wrong")) {
        for (U i = 19; i > 0; i--) {
            EXPECT(PIN_INCORRECT, VerifyPIN(app, 1, "654321", &retry));
            TRUE_(retry == i);
        }
        EXPECT(PIN_LOCKED, VerifyPIN(app, 1, "654321", &retry));
        TRUE_(retry == 0);
    }
    if (strcmp(part, "unblock")) {
        EXPECT(PIN_LOCKED, VerifyPIN(app, 1, "123456", &retry));
        EXPECT(0, GetPINInfo(app, 1, &max, &left, &initial));
        TRUE_(max == 20 && left == 0);
    } else {
        EXPECT(PIN_INCORRECT, UnblockPIN(app, "87654322", "222222", &retry));
        TRUE_(retry == 19);
        EXPECT(0, UnblockPIN(app, "87654321", "222222", &retry));
        EXPECT(PIN_INCORRECT, VerifyPIN(app, 1, "123456", &retry));
        EXPECT(0, VerifyPIN(app, 1, "222222", &retry));
        EXPECT(0, GetPINInfo(app, 1, &max, &left, &initial));
        TRUE_(max == 20 && left == 20 && initial == 0);
    }
    return faults != 0;
}

static int all(void)
{
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        char name[80];
        snprintf(name, sizeof name, "SKF_%s", ALL[i]);
        if (!dlsym(library, name)) { faults++; printf("no symbol %s\n", name); }
    }
    LOAD(EnumDev, U, S, U *) LOAD(ConnectDev, S, H *) LOAD(DisConnectDev, H) LOAD(GetDevState, S, U *)
    LOAD(SetLabel, H, S) LOAD(GetDevInfo, H, Info *) LOAD(LockDev, H, U) LOAD(UnlockDev, H)
    LOAD(Transmit, H, B *, U, B *, U *) LOAD(DevAuth, H, B *, U) LOAD(ChangePIN, H, U, S, S, U *)
    LOAD(GetPINInfo, H, U, U *, U *, U *) LOAD(VerifyPIN, H, U, S, U *) LOAD(ClearSecureState, H)
    LOAD(CreateApplication, H, S, S, U, S, U, U, H *) LOAD(EnumApplication, H, S, U *)
    LOAD(DeleteApplication, H, S) LOAD(OpenApplication, H, S, H *) LOAD(CloseApplication, H)
    LOAD(CreateFile, H, S, U, U, U) LOAD(DeleteFile, H, S) LOAD(EnumFiles, H, S, U *)
    LOAD(GetFileInfo, H, S, FileInfo *) LOAD(ReadFile, H, S, U, U, B *, U *) LOAD(WriteFile, H, S, U, B *, U)
    LOAD(CreateContainer, H, S, H *) LOAD(DeleteContainer, H, S) LOAD(OpenContainer, H, S, H *)
    LOAD(CloseContainer, H) LOAD(EnumContainer, H, S, U *) LOAD(GetContainerType, H, U *)
    LOAD(ImportCertificate, H, U, B *, U) LOAD(ExportCertificate, H, U, B *, U *) LOAD(GenRandom, H, B *, U)
    LOAD(GenECCKeyPair, H, U, PublicKey *) LOAD(ECCSignData, H, B *, U, Signature *)
    LOAD(ECCVerify, H, PublicKey *, B *, U, Signature *) LOAD(ExtECCEncrypt, H, PublicKey *, B *, U, Cipher *)
    LOAD(ExportPublicKey, H, U, B *, U *) LOAD(ImportECCKeyPair, H, B *) LOAD(ImportSessionKey, H, U, B *, U, H *)
    LOAD(SetSymmKey, H, B *, U, H *) LOAD(EncryptInit, H, Param) LOAD(Encrypt, H, B *, U, B *, U *)
    LOAD(EncryptUpdate, H, B *, U, B *, U *) LOAD(EncryptFinal, H, B *, U *) LOAD(DecryptInit, H, Param)
    LOAD(Decrypt, H, B *, U, B *, U *) LOAD(DigestInit, H, U, PublicKey *, B *, U, H *)
    LOAD(Digest, H, B *, U, B *, U *) LOAD(DigestUpdate, H, B *, U) LOAD(DigestFinal, H, B *, U *)
    LOAD(MacInit, H, Param *, H *) LOAD(Mac, H, B *, U, B *, U *) LOAD(MacUpdate, H, B *, U) LOAD(MacFinal, H, B *, U *)
    LOAD(CloseHandle, H) LOAD(RSASignData, H, B *, U, B *, U *)

    TRUE_(sizeof(Info) == 294 && sizeof(PublicKey) == 132 && sizeof(Signature) == 128 && sizeof(Param) == 44);

    /* Devices: lists in two calls, handles, information. */
    char list[64];
    U size = 0, state = 9;
    H device, other, app, box;
    EXPECT(INVALIDPARAM, EnumDev(1, NULL, NULL));
    EXPECT(0, EnumDev(1, NULL, &size));
    TRUE_(size == 7);
    size = 6;
    EXPECT(BUFFER_TOO_SMALL, EnumDev(1, list, &size));
    TRUE_(size == 7);
    EXPECT(0, EnumDev(1, list, &size));
    TRUE_(!memcmp(list, "token\0", 7));
    EXPECT(0, GetDevState("token", &state));
    TRUE_(state == 1);
    EXPECT(0, GetDevState("absent", &state));
    TRUE_(state == 0);
    EXPECT(INVALIDPARAM, ConnectDev("token", NULL));
    EXPECT(INVALIDPARAM, ConnectDev(NULL, &device));
    EXPECT(DEVICE_REMOVED, ConnectDev("absent", &device));
    TRUE_(device == NULL);
    EXPECT(0, ConnectDev("token", &device));
    EXPECT(0, ConnectDev("token", &other));
    Info info;
    EXPECT(INVALIDPARAM, GetDevInfo(device, NULL));
    EXPECT(INVALIDHANDLE, GetDevInfo((H)pins, &info));
    EXPECT(0, SetLabel(device, "my token"));
    EXPECT(0, GetDevInfo(device, &info));
    TRUE_(!memcmp(info.manufacturer, "DEV ONLY", 8) && !strcmp(info.label, "my token") && info.auth == SM4_ECB);
    EXPECT(0, LockDev(device, 100));
    EXPECT(SAR + 0x0F, LockDev(other, 100));
    EXPECT(0, UnlockDev(device));
    EXPECT(0, LockDev(other, 100));
    EXPECT(0, UnlockDev(other));
    EXPECT(0, DisConnectDev(other));
    EXPECT(INVALIDHANDLE, DisConnectDev(other));
    EXPECT(NOTSUPPORTYET, Transmit(device, NULL, 0, NULL, NULL));

    /* Signing: PIN, e only, rights end with ClearSecureState and not with the device. */
    U retry = 99, max, left, initial;
    B e[33] = "0123456789abcdef0123456789abcdef", zero[64] = {0};
    Signature signature;
    PublicKey key;
    EXPECT(APPLICATION_NOT_EXISTS, OpenApplication(device, "absent", &app));
    EXPECT(0, EnumApplication(device, NULL, &size));
    TRUE_(size == 7);
    EXPECT(0, OpenApplication(device, "ESEAL", &app));
    size = sizeof list;
    EXPECT(0, EnumContainer(app, list, &size));
    TRUE_(size == 6 && !memcmp(list, "seal\0", 6));
    EXPECT(INVALIDPARAM, OpenContainer(app, "absent", &box));
    EXPECT(0, OpenContainer(app, "seal", &box));
    EXPECT(INVALIDHANDLE, CloseContainer(app));
    EXPECT(0, GetContainerType(box, &state));
    TRUE_(state == 2);
    B der[64];
    size = 0;
    EXPECT(0, ExportCertificate(box, 1, NULL, &size));
    TRUE_(size == 40);
    size = sizeof der;
    EXPECT(0, ExportCertificate(box, 1, der, &size));
    TRUE_(size == 40 && !memcmp(der, "a certificate", 13));
    EXPECT(CERTNOTFOUND, ExportCertificate(box, 0, der, &size));
    size = 0;
    EXPECT(0, ExportPublicKey(box, 1, NULL, &size));
    TRUE_(size == 132);
    EXPECT(0, ExportPublicKey(box, 1, (B *)&key, &size));
    TRUE_(key.bits == 256 && !memcmp(key.x, zero, 32) && !memcmp(key.y, zero, 32));
    EXPECT(USER_NOT_LOGGED_IN, ECCSignData(box, e, 32, &signature));
    EXPECT(PIN_INCORRECT, VerifyPIN(app, 1, "654321", &retry));
    TRUE_(retry == 19);
    EXPECT(PIN_LEN_RANGE, VerifyPIN(app, 1, "12345", &retry));
    EXPECT(USER_TYPE_INVALID, VerifyPIN(app, 2, "123456", &retry));
    EXPECT(INVALIDPARAM, VerifyPIN(app, 1, NULL, &retry));
    EXPECT(0, GetPINInfo(app, 1, &max, &left, &initial));
    TRUE_(max == 20 && left == 19 && initial == 1);
    EXPECT(0, VerifyPIN(app, 1, "123456", &retry));
    EXPECT(0, GetPINInfo(app, 1, &max, &left, &initial));
    TRUE_(left == 20);
    EXPECT(INDATALEN, ECCSignData(box, e, 31, &signature));
    EXPECT(INVALIDPARAM, ECCSignData(box, NULL, 32, &signature));
    EXPECT(INVALIDPARAM, ECCSignData(box, e, 32, NULL));
    EXPECT(0, ECCSignData(box, e, 32, &signature));
    TRUE_(!memcmp(signature.r, zero, 32) && !memcmp(signature.s, zero, 32));
    EXPECT(0, ECCVerify(device, &key, e, 32, &signature));
    signature.s[63] ^= 1;
    EXPECT(HASHNOTEQUAL, ECCVerify(device, &key, e, 32, &signature));
    EXPECT(0, CloseApplication(app));
    EXPECT(INVALIDHANDLE, ECCSignData(box, e, 32, &signature));
    EXPECT(0, DisConnectDev(device));
    EXPECT(0, ConnectDev("token", &device));
    EXPECT(0, OpenApplication(device, "ESEAL", &app));
    EXPECT(0, OpenContainer(app, "seal", &box));
    EXPECT(0, ECCSignData(box, e, 32, &signature));
    EXPECT(0, ClearSecureState(app));
    EXPECT(USER_NOT_LOGGED_IN, ECCSignData(box, e, 32, &signature));
    EXPECT(0, ChangePIN(app, 1, "123456", "123457", &retry));
    EXPECT(PIN_INCORRECT, VerifyPIN(app, 1, "123456", &retry));
    EXPECT(0, VerifyPIN(app, 1, "123457", &retry));

    /* Containers are made and filled under the PIN. */
    H made;
    PublicKey second;
    EXPECT(0, CreateContainer(app, "second", &made));
    EXPECT(0, GetContainerType(made, &state));
    TRUE_(state == 0);
    EXPECT(SAR + 0x1B, ECCSignData(made, e, 32, &signature));
    EXPECT(NOTSUPPORTYET, GenECCKeyPair(made, 1, &second));
    EXPECT(0, GenECCKeyPair(made, SM2_1, &second));
    EXPECT(0, ImportCertificate(made, 1, (B *)"cert", 4));
    EXPECT(0, ECCSignData(made, e, 32, &signature));
    EXPECT(0, ECCVerify(device, &second, e, 32, &signature));
    EXPECT(0, CloseContainer(made));
    EXPECT(INVALIDHANDLE, GetContainerType(made, &state));
    EXPECT(0, DeleteContainer(app, "second"));
    EXPECT(NOTSUPPORTYET, RSASignData(box, NULL, 0, NULL, NULL));

    /* Applications are made and deleted with the device key. */
    B challenge[16] = {0}, answer[16];
    H app2, auth;
    EXPECT(USER_NOT_LOGGED_IN, CreateApplication(device, "second", "11111111", 5, "222222", 5, 0x10, &app2));
    EXPECT(NOTINITIALIZE, DevAuth(device, answer, 16));
    EXPECT(0, GenRandom(device, challenge, 8));
    EXPECT(0, SetSymmKey(device, (B *)"1234567812345678", SM4_ECB, &auth));
    Param param = {{0}, 0, 0, 0};
    EXPECT(0, EncryptInit(auth, param));
    size = 16;
    EXPECT(0, Encrypt(auth, challenge, 16, answer, &size));
    EXPECT(0, DevAuth(device, answer, 16));
    EXPECT(0, CreateApplication(device, "second", "11111111", 5, "222222", 5, 0x10, &app2));
    EXPECT(APPLICATION_EXISTS, CreateApplication(device, "second", "11111111", 5, "222222", 5, 0x10, &other));
    EXPECT(USER_NOT_LOGGED_IN, CreateFile(app2, "note", 16, 0xFF, 0x10));
    EXPECT(0, VerifyPIN(app2, 1, "222222", &retry));
    EXPECT(0, CreateFile(app2, "note", 16, 0xFF, 0x10));
    EXPECT(0, WriteFile(app2, "note", 4, (B *)"text", 4));
    B text[16];
    size = sizeof text;
    EXPECT(0, ReadFile(app2, "note", 4, 4, text, &size));
    TRUE_(size == 4 && !memcmp(text, "text", 4));
    FileInfo file;
    EXPECT(0, GetFileInfo(app2, "note", &file));
    TRUE_(file.size == 16 && file.read == 0xFF && file.write == 0x10);
    EXPECT(0, DeleteFile(app2, "note"));
    EXPECT(FILE_NOT_EXIST, GetFileInfo(app2, "note", &file));
    size = sizeof list;
    EXPECT(0, EnumFiles(app2, list, &size));
    TRUE_(size == 2);
    EXPECT(0, DeleteApplication(device, "second"));

    /* Ciphers, MACs, digests, with the convention of two calls. */
    H cipher, mac, hash;
    B plain[20] = "twenty bytes of text", sealed[64], back[64];
    param = (Param){"0123456789abcdef", 16, 1, 0};
    EXPECT(0, SetSymmKey(device, (B *)"0123456789abcdef", SM4_CBC, &cipher));
    EXPECT(NOTINITIALIZE, Encrypt(cipher, plain, 20, sealed, &size));
    EXPECT(0, EncryptInit(cipher, param));
    EXPECT(0, Encrypt(cipher, plain, 20, NULL, &size));
    TRUE_(size == 32);
    size = 31;
    EXPECT(BUFFER_TOO_SMALL, Encrypt(cipher, plain, 20, sealed, &size));
    EXPECT(0, Encrypt(cipher, plain, 20, sealed, &size));
    EXPECT(0, DecryptInit(cipher, param));
    U back_size = sizeof back;
    EXPECT(0, Decrypt(cipher, sealed, size, back, &back_size));
    TRUE_(back_size == 20 && !memcmp(back, plain, 20));
    EXPECT(0, EncryptInit(cipher, param));
    B parts[64];
    U first = sizeof parts, last;
    EXPECT(0, EncryptUpdate(cipher, plain, 20, parts, &first));
    last = sizeof parts - first;
    EXPECT(0, EncryptFinal(cipher, parts + first, &last));
    TRUE_(first + last == 32 && !memcmp(parts, sealed, 32));
    EXPECT(0, CloseHandle(cipher));
    EXPECT(INVALIDHANDLE, CloseHandle(cipher));
    param.padding = 0;
    EXPECT(0, SetSymmKey(device, (B *)"0123456789abcdef", SM4_MAC, &cipher));
    EXPECT(0, MacInit(cipher, &param, &mac));
    B tag[16], tag2[16];
    size = 16;
    EXPECT(0, Mac(mac, e, 32, tag, &size));
    EXPECT(0, MacInit(cipher, &param, &mac));
    EXPECT(0, MacUpdate(mac, e, 20));
    EXPECT(0, MacUpdate(mac, e + 20, 12));
    EXPECT(0, MacFinal(mac, tag2, &size));
    TRUE_(!memcmp(tag, tag2, 16));
    EXPECT(0, DigestInit(device, SM3, NULL, NULL, 0, &hash));
    B digest[32], digest2[32], known[4] = {0x66, 0xc7, 0xf0, 0xf4};
    size = 32;
    EXPECT(0, Digest(hash, (B *)"abc", 3, digest, &size));
    TRUE_(size == 32 && !memcmp(digest, known, 4));
    EXPECT(0, DigestInit(device, SM3, &key, (B *)"1234567812345678", 16, &hash));
    EXPECT(0, DigestUpdate(hash, (B *)"abc", 3));
    EXPECT(0, DigestFinal(hash, digest2, &size));
    TRUE_(memcmp(digest, digest2, 32));
    EXPECT(NOTSUPPORTYET, DigestInit(device, 2, NULL, NULL, 0, &hash));

    Cipher blob;
    EXPECT(0, ExtECCEncrypt(device, &key, (B *)"0123456789abcdef", 16, &blob));
    TRUE_(blob.length == 16);
    EXPECT(SAR + 0x1B, ImportSessionKey(box, SM4_ECB, (B *)&blob, 164 + 16, &cipher));
    EXPECT(INVALIDPARAM, ImportECCKeyPair(box, NULL));

    /* A pair for encryption comes in sealed for the pair for signatures, and what is no such pair does not. */
    PublicKey own, example, imported;
    U own_length = sizeof own, imported_length = sizeof imported;
    Enveloped good, bad;
    B sealing[16];
    for (int i = 0; i < 16; i++) sealing[i] = (B)i;
    memset(&example, 0, sizeof example);
    example.bits = 256;
    memcpy(example.x + 32, EXAMPLE_X, 32);
    memcpy(example.y + 32, EXAMPLE_Y, 32);
    EXPECT(0, ExportPublicKey(box, 1, (B *)&own, &own_length));
    memset(&good, 0, sizeof good);
    good.version = 1, good.algorithm = SM4_ECB, good.bits = 256, good.key = example;
    memcpy(good.sealed, EXAMPLE_SEALED, 64);
    EXPECT(0, ExtECCEncrypt(device, &own, sealing, 16, &good.cipher));
    bad = good, bad.version = 2;
    EXPECT(INDATA, ImportECCKeyPair(box, (B *)&bad));
    bad = good, bad.bits = 255;
    EXPECT(INDATA, ImportECCKeyPair(box, (B *)&bad));
    bad = good, bad.algorithm = 0x101; /* SM1 */
    EXPECT(NOTSUPPORTYET, ImportECCKeyPair(box, (B *)&bad));
    bad = good, bad.sealed[63] ^= 1;
    EXPECT(INDATA, ImportECCKeyPair(box, (B *)&bad));
    bad = good, bad.key = own; /* not the private key's */
    EXPECT(INDATA, ImportECCKeyPair(box, (B *)&bad));
    bad = good, bad.cipher.hash[0] ^= 1;
    EXPECT(INDATA, ImportECCKeyPair(box, (B *)&bad));
    bad = good, bad.cipher.length = 0xFFFFFFFF;
    EXPECT(INDATA, ImportECCKeyPair(box, (B *)&bad));
    bad = good;
    EXPECT(0, ExtECCEncrypt(device, &example, sealing, 16, &bad.cipher)); /* for somebody else */
    EXPECT(INDATA, ImportECCKeyPair(box, (B *)&bad));
    EXPECT(SAR + 0x1B, ExportPublicKey(box, 0, (B *)&imported, &imported_length));
    EXPECT(0, ImportECCKeyPair(box, (B *)&good));
    imported_length = sizeof imported;
    EXPECT(0, ExportPublicKey(box, 0, (B *)&imported, &imported_length));
    TRUE_(!memcmp(&imported, &example, sizeof example));
    /* It opens what was encrypted for it. */
    EXPECT(0, ExtECCEncrypt(device, &imported, (B *)"0123456789abcdef", 16, &blob));
    EXPECT(0, ImportSessionKey(box, SM4_ECB, (B *)&blob, 164 + 16, &cipher));
    EXPECT(0, CloseHandle(cipher));

    EXPECT(0, ChangePIN(app, 1, "123457", "123456", &retry));
    EXPECT(0, ClearSecureState(app));
    EXPECT(0, DisConnectDev(device));
    return faults != 0;
}

int main(int argc, char **argv)
{
    library = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library) { printf("%s\n", argc == 3 ? dlerror() : "usage: skf LIBRARY PART"); return 2; }
    return strcmp(argv[2], "all") ? pins(argv[2]) : all();
}
