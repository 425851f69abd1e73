/* Stands for a vendor's library in tests: forwards the SDF interface to the library REAL, and says to be another device,
   because production mode refuses the development device.  Built by the tests only. */
#include <dlfcn.h>
#include <string.h>

typedef void *H;
typedef unsigned int U;

static void *real(const char *name)
{
    static void *library;
    if (!library) library = dlopen(REAL, RTLD_NOW | RTLD_LOCAL);
    return library ? dlsym(library, name) : NULL;
}

#define FORWARD(name, parameters, ...) \
    int name parameters { int (*call) parameters = (int (*) parameters)real(#name); return call ? call(__VA_ARGS__) : 0x01000002; }

FORWARD(SDF_OpenDevice, (H *d), d)
FORWARD(SDF_CloseDevice, (H d), d)
FORWARD(SDF_OpenSession, (H d, H *s), d, s)
FORWARD(SDF_CloseSession, (H s), s)
FORWARD(SDF_GetPrivateKeyAccessRight, (H s, U i, const char *p, U n), s, i, p, n)
FORWARD(SDF_ExportSignPublicKey_ECC, (H s, U i, void *k), s, i, k)
FORWARD(SDF_ExportEncPublicKey_ECC, (H s, U i, void *k), s, i, k)
FORWARD(SDF_InternalEncrypt_ECC, (H s, U i, U a, const void *p, U n, void *c), s, i, a, p, n, c)
FORWARD(SDF_InternalDecrypt_ECC, (H s, U i, U a, const void *c, void *p, U *n), s, i, a, c, p, n)
FORWARD(SDF_InternalSign_ECC, (H s, U i, const void *e, U n, void *v), s, i, e, n, v)

int SDF_GetDeviceInfo(H s, unsigned char *info)
{
    int (*call)(H, unsigned char *) = (int (*)(H, unsigned char *))real("SDF_GetDeviceInfo");
    int code = call ? call(s, info) : 0x01000002;
    if (!code) memcpy(info, "Stands for a vendor\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 40);
    return code;
}
