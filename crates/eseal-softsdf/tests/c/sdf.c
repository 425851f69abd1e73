/* Drives a library of the SDF interface from C (GM/T 0018-2012): prototypes and sizes from the standard's tables.
   Usage: sdf LIBRARY [locked] — with keys 1 and 2 and KEK 1 in the device; "locked" in a second run: key 2 is.  Prints what went wrong, one line each; exit status 0 if nothing did. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define LEN 64
#pragma pack(1)
typedef struct { unsigned char issuer[40], name[16], serial[16]; unsigned int version, standard, asym[2], sym, hash, buffer; } Info;
typedef struct { unsigned int bits; unsigned char x[LEN], y[LEN]; } PublicKey;
typedef struct { unsigned int bits; unsigned char k[LEN]; } PrivateKey;
typedef struct { unsigned char r[LEN], s[LEN]; } Signature;
typedef struct { unsigned char x[LEN], y[LEN], m[32]; unsigned int l; unsigned char c[255]; } Cipher;
#pragma pack()

typedef void *H;
typedef unsigned int U;
typedef unsigned char B;

#define BASE 0x01000000
#define NOTSUPPORT (BASE + 0x02)
#define KEYNOTEXIST (BASE + 0x08)
#define ALGNOTSUPPORT (BASE + 0x09)
#define VERIFYERR (BASE + 0x0E)
#define STEPERR (BASE + 0x10)
#define FILESIZEERR (BASE + 0x11)
#define FILENOEXIST (BASE + 0x12)
#define FILEOFSERR (BASE + 0x13)
#define FILEEXISTS (BASE + 0x1A)
#define PRKRERR (BASE + 0x18)
#define NOBUFFER (BASE + 0x1C)
#define INARGERR (BASE + 0x1D)
#define OUTARGERR (BASE + 0x1E)
#define SM2_SIGN 0x00020200
#define SM2_ENCRYPT 0x00020800
#define SM4_ECB 0x00000401
#define SM4_CBC 0x00000402
#define SM4_MAC 0x00000410

static int faults;
#define EXPECT(code, call) do { int got = (call); if (got != (int)(code)) { faults++; \
    printf("%d: %s gave 0x%08x, not 0x%08x\n", __LINE__, #call, (unsigned)got, (unsigned)(code)); } } while (0)
#define TRUE_(condition) do { if (!(condition)) { faults++; printf("%d: not true: %s\n", __LINE__, #condition); } } while (0)
#define FN(name, ...) int (*name)(__VA_ARGS__) = (int (*)(__VA_ARGS__))dlsym(library, "SDF_" #name); \
    if (!name) { printf("no symbol SDF_%s\n", #name); return 2; }

static const char *ALL[] = {
    "OpenDevice", "CloseDevice", "OpenSession", "CloseSession", "GetDeviceInfo", "GenerateRandom",
    "GetPrivateKeyAccessRight", "ReleasePrivateKeyAccessRight", "ExportSignPublicKey_RSA", "ExportEncPublicKey_RSA",
    "GenerateKeyPair_RSA", "GenerateKeyWithIPK_RSA", "GenerateKeyWithEPK_RSA", "ImportKeyWithISK_RSA",
    "ExchangeDigitEnvelopeBaseOnRSA", "ExportSignPublicKey_ECC", "ExportEncPublicKey_ECC", "GenerateKeyPair_ECC",
    "GenerateKeyWithIPK_ECC", "GenerateKeyWithEPK_ECC", "ImportKeyWithISK_ECC", "GenerateAgreementDataWithECC",
    "GenerateKeyWithECC", "GenerateAgreementDataAndKeyWithECC", "ExchangeDigitEnvelopeBaseOnECC",
    "GenerateKeyWithKEK", "ImportKeyWithKEK", "DestroyKey", "ExternalPublicKeyOperation_RSA",
    "InternalPublicKeyOperation_RSA", "InternalPrivateKeyOperation_RSA", "ExternalVerify_ECC", "InternalSign_ECC",
    "InternalVerify_ECC", "ExternalEncrypt_ECC", "InternalEncrypt_ECC", "InternalDecrypt_ECC", "Encrypt", "Decrypt",
    "CalculateMAC", "HashInit", "HashUpdate", "HashFinal", "CreateFile", "ReadFile", "WriteFile", "DeleteFile",
};

int main(int argc, char **argv)
{
    int is_locked = argc == 3 && !strcmp(argv[2], "locked");
    void *library = argc == 2 || is_locked ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library) { printf("%s\n", argc > 1 ? dlerror() : "usage: sdf LIBRARY"); return 2; }
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        char name[80];
        snprintf(name, sizeof name, "SDF_%s", ALL[i]);
        if (!dlsym(library, name)) { faults++; printf("no symbol %s\n", name); }
    }
    FN(OpenDevice, H *) FN(CloseDevice, H) FN(OpenSession, H, H *) FN(CloseSession, H) FN(GetDeviceInfo, H, Info *)
    FN(GenerateRandom, H, U, B *) FN(GetPrivateKeyAccessRight, H, U, B *, U) FN(ReleasePrivateKeyAccessRight, H, U)
    FN(ExportSignPublicKey_ECC, H, U, PublicKey *) FN(ExportEncPublicKey_ECC, H, U, PublicKey *)
    FN(GenerateKeyPair_ECC, H, U, U, PublicKey *, PrivateKey *)
    FN(InternalSign_ECC, H, U, B *, U, Signature *) FN(InternalVerify_ECC, H, U, B *, U, Signature *)
    FN(ExternalVerify_ECC, H, U, PublicKey *, B *, U, Signature *)
    FN(InternalEncrypt_ECC, H, U, U, B *, U, Cipher *) FN(ExternalEncrypt_ECC, H, U, PublicKey *, B *, U, Cipher *)
    FN(InternalDecrypt_ECC, H, U, U, Cipher *, B *, U *)
    FN(GenerateKeyWithIPK_ECC, H, U, U, Cipher *, H *) FN(ImportKeyWithISK_ECC, H, U, Cipher *, H *)
    FN(GenerateKeyWithEPK_ECC, H, U, U, PublicKey *, Cipher *, H *) FN(DestroyKey, H, H)
    FN(Encrypt, H, H, U, B *, B *, U, B *, U *) FN(Decrypt, H, H, U, B *, B *, U, B *, U *)
    FN(CalculateMAC, H, H, U, B *, B *, U, B *, U *)
    FN(HashInit, H, U, PublicKey *, B *, U) FN(HashUpdate, H, B *, U) FN(HashFinal, H, B *, U *)
    FN(GenerateKeyWithKEK, H, U, U, U, B *, U *, H *) FN(ImportKeyWithKEK, H, U, U, B *, U, H *)
    FN(CreateFile, H, B *, U, U) FN(ReadFile, H, B *, U, U, U *, B *) FN(WriteFile, H, B *, U, U, U, B *)
    FN(DeleteFile, H, B *, U) FN(ExportSignPublicKey_RSA, H, U, void *)

    TRUE_(sizeof(Info) == 100 && sizeof(PublicKey) == 132 && sizeof(PrivateKey) == 68 && sizeof(Signature) == 128);

    /* Devices, sessions, handles. */
    H device, s, other;
    if (is_locked) {
        EXPECT(0, OpenDevice(&device));
        EXPECT(0, OpenSession(device, &s));
        EXPECT(PRKRERR, GetPrivateKeyAccessRight(s, 2, (B *)"password", 8));
        EXPECT(0, GetPrivateKeyAccessRight(s, 1, (B *)"password", 8));
        EXPECT(0, CloseDevice(device));
        return faults ? 1 : 0;
    }
    EXPECT(OUTARGERR, OpenDevice(NULL));
    EXPECT(0, OpenDevice(&device));
    EXPECT(0, OpenSession(device, &s));
    EXPECT(0, OpenSession(device, &other));
    EXPECT(INARGERR, OpenSession(s, &other));
    TRUE_(other == NULL);
    EXPECT(0, OpenSession(device, &other));
    Info info;
    EXPECT(INARGERR, GetDeviceInfo(device, &info));
    EXPECT(OUTARGERR, GetDeviceInfo(s, NULL));
    EXPECT(0, GetDeviceInfo(s, &info));
    TRUE_(!memcmp(info.issuer, "DEV ONLY", 8) && info.asym[1] == 256);
    B random[100] = {0}, zero[100] = {0};
    EXPECT(0, GenerateRandom(s, sizeof random, random));
    TRUE_(memcmp(random, zero, sizeof zero));
    EXPECT(INARGERR, GenerateRandom((H)main, 4, random));
    EXPECT(INARGERR, GenerateRandom(NULL, 4, random));

    /* Access rights and signatures. */
    B e[33] = "0123456789abcdef0123456789abcdef", password[] = "password";
    Signature signature;
    PublicKey key;
    EXPECT(KEYNOTEXIST, ExportSignPublicKey_ECC(s, 9, &key));
    EXPECT(0, ExportSignPublicKey_ECC(s, 1, &key));
    TRUE_(key.bits == 256 && !memcmp(key.x, zero, 32) && !memcmp(key.y, zero, 32));
    EXPECT(PRKRERR, InternalSign_ECC(s, 1, e, 32, &signature));
    EXPECT(KEYNOTEXIST, InternalSign_ECC(s, 9, e, 32, &signature));
    EXPECT(PRKRERR, GetPrivateKeyAccessRight(s, 1, (B *)"passwort", 8));
    EXPECT(KEYNOTEXIST, GetPrivateKeyAccessRight(s, 9, password, 8));
    EXPECT(INARGERR, GetPrivateKeyAccessRight(s, 1, NULL, 8));
    EXPECT(0, GetPrivateKeyAccessRight(s, 1, password, 8));
    EXPECT(PRKRERR, InternalSign_ECC(other, 1, e, 32, &signature));
    EXPECT(INARGERR, InternalSign_ECC(s, 1, e, 31, &signature));
    EXPECT(INARGERR, InternalSign_ECC(s, 1, NULL, 32, &signature));
    EXPECT(OUTARGERR, InternalSign_ECC(s, 1, e, 32, NULL));
    EXPECT(0, InternalSign_ECC(s, 1, e, 32, &signature));
    TRUE_(!memcmp(signature.r, zero, 32) && !memcmp(signature.s, zero, 32));
    EXPECT(0, InternalVerify_ECC(s, 1, e, 32, &signature));
    EXPECT(0, ExternalVerify_ECC(s, SM2_SIGN, &key, e, 32, &signature));
    EXPECT(ALGNOTSUPPORT, ExternalVerify_ECC(s, 1, &key, e, 32, &signature));
    signature.s[63] ^= 1;
    EXPECT(VERIFYERR, InternalVerify_ECC(s, 1, e, 32, &signature));
    EXPECT(0, ReleasePrivateKeyAccessRight(s, 1));
    EXPECT(PRKRERR, ReleasePrivateKeyAccessRight(s, 1));
    EXPECT(PRKRERR, InternalSign_ECC(s, 1, e, 32, &signature));

    /* Encryption, with the two-call convention for lengths. */
    EXPECT(0, GetPrivateKeyAccessRight(s, 1, password, 8));
    Cipher cipher;
    B text[64];
    U length = 0;
    EXPECT(0, InternalEncrypt_ECC(s, 1, SM2_ENCRYPT, e, 32, &cipher));
    TRUE_(cipher.l == 32);
    EXPECT(INARGERR, InternalEncrypt_ECC(s, 1, SM2_ENCRYPT, e, 0, &cipher));
    EXPECT(0, InternalDecrypt_ECC(s, 1, SM2_ENCRYPT, &cipher, NULL, &length));
    TRUE_(length == 32);
    length = 31;
    EXPECT(NOBUFFER, InternalDecrypt_ECC(s, 1, SM2_ENCRYPT, &cipher, text, &length));
    EXPECT(0, InternalDecrypt_ECC(s, 1, SM2_ENCRYPT, &cipher, text, &length));
    TRUE_(length == 32 && !memcmp(text, e, 32));
    EXPECT(0, ExportEncPublicKey_ECC(s, 1, &key));
    EXPECT(0, ExternalEncrypt_ECC(s, SM2_ENCRYPT, &key, e, 16, &cipher));
    EXPECT(0, InternalDecrypt_ECC(s, 1, SM2_ENCRYPT, &cipher, text, &length));
    TRUE_(length == 16);
    cipher.l = 0xFFFFFFFF;
    EXPECT(INARGERR, InternalDecrypt_ECC(s, 1, SM2_ENCRYPT, &cipher, text, &length));

    /* Session keys and SM4. */
    H first, second;
    EXPECT(0, GenerateKeyWithIPK_ECC(s, 1, 128, &cipher, &first));
    EXPECT(0, ImportKeyWithISK_ECC(s, 1, &cipher, &second));
    B iv[16] = {0}, sealed[32], opened[32];
    length = sizeof sealed;
    EXPECT(0, Encrypt(s, first, SM4_CBC, iv, e, 32, sealed, &length));
    TRUE_(!memcmp(iv, sealed + 16, 16));
    memset(iv, 0, 16);
    EXPECT(0, Decrypt(s, second, SM4_CBC, iv, sealed, 32, opened, &length));
    TRUE_(!memcmp(opened, e, 32));
    B mac[16];
    memset(iv, 0, 16);
    length = 16;
    EXPECT(0, CalculateMAC(s, first, SM4_MAC, iv, e, 32, mac, &length));
    TRUE_(!memcmp(mac, sealed + 16, 16));
    length = 32;
    EXPECT(INARGERR, Encrypt(s, first, SM4_ECB, NULL, e, 31, sealed, &length));
    EXPECT(ALGNOTSUPPORT, Encrypt(s, first, 0x101, NULL, e, 32, sealed, &length));
    EXPECT(INARGERR, Encrypt(other, first, SM4_ECB, NULL, e, 32, sealed, &length));
    EXPECT(0, DestroyKey(s, first));
    EXPECT(INARGERR, DestroyKey(s, first));
    EXPECT(0, GenerateKeyWithEPK_ECC(s, 128, SM2_ENCRYPT, &key, &cipher, &first));
    PrivateKey private;
    EXPECT(0, GenerateKeyPair_ECC(s, SM2_SIGN, 256, &key, &private));
    TRUE_(private.bits == 256 && memcmp(private.k + 32, zero, 32));

    /* Session keys under a KEK. */
    B wrapped[16];
    length = 0;
    EXPECT(0, GenerateKeyWithKEK(s, 128, SM4_ECB, 1, NULL, &length, &first));
    TRUE_(length == 16);
    EXPECT(KEYNOTEXIST, GenerateKeyWithKEK(s, 128, SM4_ECB, 9, wrapped, &length, &first));
    EXPECT(ALGNOTSUPPORT, GenerateKeyWithKEK(s, 128, SM4_CBC, 1, wrapped, &length, &first));
    EXPECT(INARGERR, GenerateKeyWithKEK(s, 256, SM4_ECB, 1, wrapped, &length, &first));
    length = 15;
    EXPECT(NOBUFFER, GenerateKeyWithKEK(s, 128, SM4_ECB, 1, wrapped, &length, &first));
    EXPECT(0, GenerateKeyWithKEK(s, 128, SM4_ECB, 1, wrapped, &length, &first));
    EXPECT(INARGERR, ImportKeyWithKEK(s, SM4_ECB, 1, wrapped, 15, &second));
    EXPECT(INARGERR, ImportKeyWithKEK(s, SM4_ECB, 1, NULL, 16, &second));
    EXPECT(0, ImportKeyWithKEK(s, SM4_ECB, 1, wrapped, 16, &second));
    length = 32;
    EXPECT(0, Encrypt(s, first, SM4_ECB, NULL, e, 32, sealed, &length));
    EXPECT(0, Decrypt(s, second, SM4_ECB, NULL, sealed, 32, opened, &length));
    TRUE_(!memcmp(opened, e, 32) && memcmp(opened, sealed, 32));
    EXPECT(0, DestroyKey(s, second));
    EXPECT(INARGERR, Encrypt(s, second, SM4_ECB, NULL, e, 32, sealed, &length));

    /* User files. */
    B name[] = "report", content[8];
    EXPECT(FILENOEXIST, WriteFile(s, name, 6, 0, 3, (B *)"abc"));
    EXPECT(0, CreateFile(s, name, 6, 8));
    EXPECT(FILEEXISTS, CreateFile(s, name, 6, 8));
    EXPECT(FILESIZEERR, CreateFile(s, (B *)"large", 5, 0xFFFFFFFF));
    EXPECT(INARGERR, CreateFile(s, name, 129, 8));
    EXPECT(INARGERR, CreateFile(s, NULL, 6, 8));
    EXPECT(0, WriteFile(s, name, 6, 2, 3, (B *)"abc"));
    EXPECT(FILESIZEERR, WriteFile(s, name, 6, 7, 3, (B *)"abc"));
    EXPECT(FILEOFSERR, WriteFile(s, name, 6, 9, 1, (B *)"abc"));
    length = 3;
    EXPECT(0, ReadFile(s, name, 6, 2, &length, content));
    TRUE_(length == 3 && !memcmp(content, "abc", 3));
    length = 8;
    EXPECT(0, ReadFile(s, name, 6, 4, &length, content));
    TRUE_(length == 4 && content[0] == 'c');
    EXPECT(OUTARGERR, ReadFile(s, name, 6, 0, NULL, content));
    EXPECT(OUTARGERR, ReadFile(s, name, 6, 0, &length, NULL));
    EXPECT(0, DeleteFile(s, name, 6));
    EXPECT(FILENOEXIST, DeleteFile(s, name, 6));

    /* Twenty wrong passwords lock a key, whoever tries in whatever session. */
    EXPECT(0, GetPrivateKeyAccessRight(s, 2, password, 8));
    for (int i = 0; i < 20; i++) EXPECT(PRKRERR, GetPrivateKeyAccessRight(i % 2 ? s : other, 2, (B *)"passwort", 8));
    EXPECT(PRKRERR, GetPrivateKeyAccessRight(s, 2, password, 8));
    EXPECT(PRKRERR, GetPrivateKeyAccessRight(other, 2, password, 8));
    EXPECT(0, GetPrivateKeyAccessRight(other, 1, password, 8));

    /* SM3: "abc" of GB/T 32905, A.1. */
    static const B ABC[4] = {0x66, 0xc7, 0xf0, 0xf4};
    B digest[32];
    length = 32;
    EXPECT(STEPERR, HashUpdate(s, e, 3));
    EXPECT(ALGNOTSUPPORT, HashInit(s, 2, NULL, NULL, 0));
    EXPECT(0, HashInit(s, 1, NULL, NULL, 0));
    EXPECT(0, HashUpdate(s, (B *)"abc", 3));
    EXPECT(STEPERR, HashFinal(other, digest, &length));
    EXPECT(0, HashFinal(s, NULL, &length));
    EXPECT(0, HashFinal(s, digest, &length));
    TRUE_(length == 32 && !memcmp(digest, ABC, 4));
    EXPECT(STEPERR, HashFinal(s, digest, &length));

    /* What is refused, and what ends. */
    EXPECT(NOTSUPPORT, ExportSignPublicKey_RSA(s, 1, &key));
    EXPECT(0, CloseSession(other));
    EXPECT(INARGERR, CloseSession(other));
    EXPECT(0, CloseDevice(device));
    EXPECT(INARGERR, CloseDevice(device));
    EXPECT(INARGERR, GenerateRandom(s, 4, random));
    printf("%d faults\n", faults);
    return faults ? 1 : 0;
}
