#if defined(__aarch64__)
#include <arm_acle.h>
#include <arm_neon.h>

#include "sha256.h"
#include "trace.h"

#define WITH_SHA __attribute__((target("sha2")))
#define INLINED static inline __attribute__((always_inline))

/// The sixteen words at `block`.
INLINED void load_words(uint32x4_t *w, const uint8_t *block) {
    for (int n = 0; n < 4; n++) w[n] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(block + n * 16)));
}

// MARK: - SHA-1

struct sha1_registers {
    uint32x4_t abcd;
    uint32_t e;
};

INLINED void put_registers(uint32_t *to, uint32x4_t abcd, uint32_t e) {
    vst1q_u32(to, abcd);
    to[4] = e;
}

/// One block. `trace` and `words` may be null.
WITH_SHA INLINED struct sha1_registers sha1_block(
    struct sha1_registers in, const uint8_t *block, uint32_t *trace, uint32_t *words) {
    uint32x4_t w[4], abcd = in.abcd;
    uint32_t e = in.e;
    load_words(w, block);
// The words of steps 4n to 4n+3 replace those of sixteen steps before.
#define EXPAND(n)                                                                                \
    w[(n) & 3] = vsha1su1q_u32(                                                                  \
        vsha1su0q_u32(w[(n) & 3], w[((n) + 1) & 3], w[((n) + 2) & 3]), w[((n) + 3) & 3]);
#define PLAIN(n, function, constant)                                                             \
    {                                                                                            \
        const uint32_t next = vsha1h_u32(vgetq_lane_u32(abcd, 0));                               \
        abcd = vsha1##function##q_u32(abcd, e, vaddq_u32(w[(n) & 3], vdupq_n_u32(constant)));    \
        e = next;                                                                                \
    }
#define EXPANDED(n, function, constant) EXPAND(n) PLAIN(n, function, constant)
#define KEPT(n, function, constant)                                                              \
    EXPAND(n)                                                                                    \
    if (words) vst1q_u32(words + ((n) * 4 - PANDO_FILTER_FIRST), w[(n) & 3]);                    \
    PLAIN(n, function, constant)
    PLAIN(0, c, 0x5A827999) PLAIN(1, c, 0x5A827999) PLAIN(2, c, 0x5A827999)
    PLAIN(3, c, 0x5A827999) EXPANDED(4, c, 0x5A827999)
    EXPANDED(5, p, 0x6ED9EBA1) EXPANDED(6, p, 0x6ED9EBA1) EXPANDED(7, p, 0x6ED9EBA1)
    KEPT(8, p, 0x6ED9EBA1) KEPT(9, p, 0x6ED9EBA1)
    KEPT(10, m, 0x8F1BBCDC) KEPT(11, m, 0x8F1BBCDC) KEPT(12, m, 0x8F1BBCDC)
    KEPT(13, m, 0x8F1BBCDC)
    if (trace) put_registers(trace + PANDO_TRACE_56, abcd, e);
    KEPT(14, m, 0x8F1BBCDC)
    KEPT(15, p, 0xCA62C1D6)
    if (trace) put_registers(trace + PANDO_TRACE_64, abcd, e);
    KEPT(16, p, 0xCA62C1D6) EXPANDED(17, p, 0xCA62C1D6) EXPANDED(18, p, 0xCA62C1D6)
    EXPANDED(19, p, 0xCA62C1D6)
    return (struct sha1_registers){vaddq_u32(abcd, in.abcd), e + in.e};
}

WITH_SHA void pando_sha1(uint32_t *state, const uint8_t *blocks, size_t count) {
    struct sha1_registers registers = {vld1q_u32(state), state[4]};
    for (size_t n = 0; n < count; n++) {
        registers = sha1_block(registers, blocks + n * 64, NULL, NULL);
    }
    put_registers(state, registers.abcd, registers.e);
}

WITH_SHA static void sha1_traced_block(
    uint32_t *state, const uint8_t *block, uint32_t *trace, uint32_t *words) {
    const struct sha1_registers in = {vld1q_u32(state), state[4]};
    put_registers(trace + PANDO_TRACE_START, in.abcd, in.e);
    const struct sha1_registers out = sha1_block(in, block, trace, words);
    put_registers(state, out.abcd, out.e);
}

void pando_sha1_traced(
    uint32_t *state, const uint8_t *blocks, size_t count, uint32_t *traces, uint32_t features) {
    trace_blocks(state, blocks, count, traces, features, sha1_traced_block);
}

// MARK: - SHA-256

WITH_SHA void pando_sha256(uint32_t *state, const uint8_t *blocks, size_t count) {
    uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
    for (; count > 0; count--, blocks += 64) {
        const uint32x4_t old_abcd = abcd, old_efgh = efgh;
        uint32x4_t w[4];
        load_words(w, blocks);
#pragma clang loop unroll(full)
        for (int n = 0; n < 16; n++) {
            if (n >= 4) {
                w[n & 3] = vsha256su1q_u32(
                    vsha256su0q_u32(w[n & 3], w[(n + 1) & 3]), w[(n + 2) & 3], w[(n + 3) & 3]);
            }
            const uint32x4_t input = vaddq_u32(w[n & 3], vld1q_u32(sha256_constants + n * 4));
            const uint32x4_t before = abcd;
            abcd = vsha256hq_u32(abcd, efgh, input);
            efgh = vsha256h2q_u32(efgh, before, input);
        }
        abcd = vaddq_u32(abcd, old_abcd);
        efgh = vaddq_u32(efgh, old_efgh);
    }
    vst1q_u32(state, abcd);
    vst1q_u32(state + 4, efgh);
}

// MARK: - CRC-32

__attribute__((target("crc"))) uint32_t pando_crc32(
    uint32_t start, const uint8_t *bytes, size_t count) {
    for (size_t offset = 0; offset < count; offset += 8) {
        uint64_t word;
        __builtin_memcpy(&word, bytes + offset, 8);
        start = __crc32d(start, word);
    }
    return start;
}

#endif
