#if !defined(__x86_64__) && !defined(__aarch64__)
#include "pando_kernels.h"

// Never called: `pando_features` offers nothing here.

void pando_sha1(uint32_t *state, const uint8_t *blocks, size_t count) {
    (void)state, (void)blocks, (void)count;
    __builtin_trap();
}

void pando_sha256(uint32_t *state, const uint8_t *blocks, size_t count) {
    (void)state, (void)blocks, (void)count;
    __builtin_trap();
}

void pando_sha1_traced(
    uint32_t *state, const uint8_t *blocks, size_t count, uint32_t *traces, uint32_t features) {
    (void)state, (void)blocks, (void)count, (void)traces, (void)features;
    __builtin_trap();
}

uint32_t pando_crc32(uint32_t start, const uint8_t *bytes, size_t count) {
    (void)start, (void)bytes, (void)count;
    __builtin_trap();
}

#endif
