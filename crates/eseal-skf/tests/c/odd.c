/* A library of the SKF interface that answers strangely (GM/T 0016-2012): a fixture for loaders, no token.
   ODD chooses: 0 lists without an end, 1 lengths without measure, 2 handles of zeros, 3 names that are not UTF-8,
   4 a buffer that is always too small, 5 a certificate that is none, 6 the table's spellings only, 7 a list that grows. */
#include <string.h>

typedef unsigned int U;
typedef void *H;

static U put(void *to, U *length, const void *from, U bytes)
{
#if ODD == 4
    if (to) return 0x0A000020;
#endif
#if ODD == 1
    if (!to) { *length = 0xFFFFFFFF; return 0; }
#endif
#if ODD == 7
    static U times;
    if (to && times++ == 0) { *length = bytes + 1; return 0x0A000020; }
#endif
    if (to) memcpy(to, from, bytes);
    *length = bytes;
    return 0;
}

static U names(void *to, U *length)
{
#if ODD == 0
    return put(to, length, "token", 5);
#elif ODD == 3
    return put(to, length, "\xFF\xFE\0\0", 4);
#else
    return put(to, length, "token\0", 7);
#endif
}

static U handle(H *to)
{
#if ODD == 2
    *to = 0;
#else
    *to = (H)1;
#endif
    return 0;
}

U SKF_EnumDev(U present, void *list, U *size) { return names(list, size); }
U SKF_ConnectDev(const char *name, H *to) { return handle(to); }
U SKF_GetDevInfo(H device, void *info) { memset(info, 'x', 294); return 0; }
U SKF_LockDev(H device, U ms) { return 0x0A000003; }
U SKF_UnlockDev(H device) { return 0x0A000003; }
U SKF_EnumApplication(H device, void *list, U *size) { return names(list, size); }
U SKF_OpenApplication(H device, const char *name, H *to) { return handle(to); }
U SKF_CloseApplication(H application) { return 0; }
U SKF_GetPINInfo(H application, U type, U *max, U *left, U *initial) { return 0x0A000003; }
U SKF_VerifyPIN(H application, U type, const char *pin, U *left) { return 0; }
U SKF_EnumContainer(H application, void *list, U *size) { return names(list, size); }
U SKF_OpenContainer(H application, const char *name, H *to) { return handle(to); }
U SKF_CloseContainer(H container) { return 0; }
U SKF_ExportCertificate(H container, U sign, void *to, U *size) { return put(to, size, "no certificate", 14); }
U SKF_ExportPublicKey(H container, U sign, void *to, U *size) { return put(to, size, "no key", 6); }
U SKF_ECCSignData(H container, const void *e, U bytes, void *to) { return 0; }
U SKF_DisconnectDev(H device) { return 0; }
U SKF_ClearSecueState(H application) { return 0; }
