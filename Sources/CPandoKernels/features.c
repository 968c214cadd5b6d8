#include "pando_kernels.h"

#if defined(__x86_64__)
#include <cpuid.h>

/// Whether the operating system saves the upper halves of the vector registers.
static int saves_wide_registers(uint32_t leaf1_ecx) {
    if (!(leaf1_ecx & bit_OSXSAVE)) return 0;
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 6) == 6;
}

uint32_t pando_features(void) {
    uint32_t a, b, c, d, found = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    const uint32_t leaf1 = c;
    const int has_sse41 = (leaf1 & bit_SSE4_1) && (leaf1 & bit_SSSE3);
    if (has_sse41 && (leaf1 & bit_PCLMUL)) found |= PANDO_CRC32;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return found;
    if (has_sse41 && (b & bit_SHA)) found |= PANDO_SHA1 | PANDO_SHA256;
    if ((b & bit_AVX2) && saves_wide_registers(leaf1)) found |= PANDO_FILTER;
    return found;
}

#elif defined(__aarch64__) && defined(__APPLE__)

uint32_t pando_features(void) {
    return PANDO_SHA1 | PANDO_SHA256 | PANDO_CRC32 | PANDO_FILTER;
}

#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

// The kernel's numbers for AT_HWCAP.
enum { HAS_SHA1 = 1 << 5, HAS_SHA2 = 1 << 6, HAS_CRC32 = 1 << 7 };

uint32_t pando_features(void) {
    const unsigned long has = getauxval(AT_HWCAP);
    return PANDO_FILTER | (has & HAS_SHA1 ? PANDO_SHA1 : 0) | (has & HAS_SHA2 ? PANDO_SHA256 : 0) |
           (has & HAS_CRC32 ? PANDO_CRC32 : 0);
}

#else

uint32_t pando_features(void) { return 0; }

#endif
