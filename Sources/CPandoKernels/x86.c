#if defined(__x86_64__)
#include <immintrin.h>

#include "sha256.h"
#include "trace.h"

#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))
#define INLINED static inline __attribute__((always_inline))

// MARK: - SHA-1

/// Five registers as the instructions want them: `a` is the highest lane, `e` the highest of its own.
struct sha1_registers {
    __m128i abcd, e;
};

/// Writes the registers before step 4n: `before` holds those of four steps earlier.
WITH_SHA INLINED void put_registers(uint32_t *to, __m128i abcd, __m128i before) {
    _mm_storeu_si128((__m128i *)to, _mm_shuffle_epi32(abcd, 0x1B));
    const uint32_t a = (uint32_t)_mm_extract_epi32(before, 3);
    to[4] = a << 30 | a >> 2;
}

/// One block. `trace` and `words` may be null.
WITH_SHA INLINED struct sha1_registers sha1_block(
    struct sha1_registers in, const uint8_t *block, uint32_t *trace, uint32_t *words) {
    const __m128i swap = _mm_set_epi64x(0x0001020304050607, 0x08090A0B0C0D0E0F);
    __m128i w[4], abcd = in.abcd, before = in.abcd;
    for (int n = 0; n < 4; n++) {
        w[n] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + n * 16)), swap);
    }
// The words of steps 4n to 4n+3 replace those of sixteen steps before.
#define EXPAND(n)                                                                                \
    w[(n) & 3] = _mm_sha1msg2_epu32(                                                             \
        _mm_xor_si128(_mm_sha1msg1_epu32(w[(n) & 3], w[((n) + 1) & 3]), w[((n) + 2) & 3]),       \
        w[((n) + 3) & 3]);
#define FOUR_STEPS(n, input, function)                                                           \
    {                                                                                            \
        const __m128i e = (input);                                                               \
        before = abcd;                                                                           \
        abcd = _mm_sha1rnds4_epu32(abcd, e, function);                                           \
    }
#define PLAIN(n, function) FOUR_STEPS(n, _mm_sha1nexte_epu32(before, w[(n) & 3]), function)
#define EXPANDED(n, function) EXPAND(n) PLAIN(n, function)
#define KEPT(n, function)                                                                        \
    EXPAND(n)                                                                                    \
    if (words) {                                                                                 \
        _mm_storeu_si128(                                                                        \
            (__m128i *)(words + ((n) * 4 - PANDO_FILTER_FIRST)),                                 \
            _mm_shuffle_epi32(w[(n) & 3], 0x1B));                                                \
    }                                                                                            \
    PLAIN(n, function)
    FOUR_STEPS(0, _mm_add_epi32(in.e, w[0]), 0)
    PLAIN(1, 0) PLAIN(2, 0) PLAIN(3, 0) EXPANDED(4, 0)
    EXPANDED(5, 1) EXPANDED(6, 1) EXPANDED(7, 1) KEPT(8, 1) KEPT(9, 1)
    KEPT(10, 2) KEPT(11, 2) KEPT(12, 2) KEPT(13, 2)
    if (trace) put_registers(trace + PANDO_TRACE_56, abcd, before);
    KEPT(14, 2)
    KEPT(15, 3)
    if (trace) put_registers(trace + PANDO_TRACE_64, abcd, before);
    KEPT(16, 3) EXPANDED(17, 3) EXPANDED(18, 3) EXPANDED(19, 3)
    return (struct sha1_registers){
        _mm_add_epi32(abcd, in.abcd), _mm_sha1nexte_epu32(before, in.e)};
}

WITH_SHA INLINED struct sha1_registers sha1_load(const uint32_t *state) {
    return (struct sha1_registers){
        _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1B),
        _mm_set_epi32((int)state[4], 0, 0, 0)};
}

WITH_SHA INLINED void sha1_store(uint32_t *state, struct sha1_registers registers) {
    _mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(registers.abcd, 0x1B));
    state[4] = (uint32_t)_mm_extract_epi32(registers.e, 3);
}

WITH_SHA void pando_sha1(uint32_t *state, const uint8_t *blocks, size_t count) {
    struct sha1_registers registers = sha1_load(state);
    for (size_t n = 0; n < count; n++) {
        registers = sha1_block(registers, blocks + n * 64, NULL, NULL);
    }
    sha1_store(state, registers);
}

WITH_SHA static void sha1_traced_block(
    uint32_t *state, const uint8_t *block, uint32_t *trace, uint32_t *words) {
    for (int n = 0; n < 5; n++) trace[PANDO_TRACE_START + n] = state[n];
    sha1_store(state, sha1_block(sha1_load(state), block, trace, words));
}

void pando_sha1_traced(
    uint32_t *state, const uint8_t *blocks, size_t count, uint32_t *traces, uint32_t features) {
    trace_blocks(state, blocks, count, traces, features, sha1_traced_block);
}

// MARK: - SHA-256

WITH_SHA void pando_sha256(uint32_t *state, const uint8_t *blocks, size_t count) {
    const __m128i swap = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
    // From abcd and efgh to the two orders the instructions want, highest lane first.
    const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
    const __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
    __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
    __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);
    for (; count > 0; count--, blocks += 64) {
        const __m128i old_abef = abef, old_cdgh = cdgh;
        __m128i w[4];
        for (int n = 0; n < 4; n++) {
            w[n] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(blocks + n * 16)), swap);
        }
#pragma clang loop unroll(full)
        for (int n = 0; n < 16; n++) {
            if (n >= 4) {
                const __m128i ninth = _mm_alignr_epi8(w[(n + 3) & 3], w[(n + 2) & 3], 4);
                w[n & 3] = _mm_sha256msg2_epu32(
                    _mm_add_epi32(_mm_sha256msg1_epu32(w[n & 3], w[(n + 1) & 3]), ninth),
                    w[(n + 3) & 3]);
            }
            __m128i input = _mm_add_epi32(
                w[n & 3], _mm_loadu_si128((const __m128i *)(sha256_constants + n * 4)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, input);
            input = _mm_shuffle_epi32(input, 0x0E);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, input);
        }
        abef = _mm_add_epi32(abef, old_abef);
        cdgh = _mm_add_epi32(cdgh, old_cdgh);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

// MARK: - CRC-32

#define WITH_CLMUL __attribute__((target("pclmul,sse4.1,ssse3")))

/// Multiplies both halves of `value` by x to the powers that move it over a distance.
WITH_CLMUL INLINED __m128i crc_moved(__m128i value, __m128i powers) {
    return _mm_xor_si128(
        _mm_clmulepi64_si128(value, powers, 0x00), _mm_clmulepi64_si128(value, powers, 0x11));
}

WITH_CLMUL uint32_t pando_crc32(uint32_t start, const uint8_t *bytes, size_t count) {
    // Powers of x modulo the polynomial, reflected, that move 64 bits over 64 bytes, 16 bytes, and
    // 32 bits; then the polynomial and its inverse. Method and figures: Gopal et al., "Fast CRC
    // Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009).
    const __m128i over64 = _mm_set_epi64x(0x1C6E41596, 0x154442BD4);
    const __m128i over16 = _mm_set_epi64x(0x0CCAA009E, 0x1751997D0);
    const __m128i over4 = _mm_set_epi64x(0, 0x163CD6124);
    const __m128i reduce = _mm_set_epi64x(0x1F7011641, 0x1DB710641);
    const __m128i low = _mm_set_epi32(0, -1, 0, -1);
    const __m128i *at = (const __m128i *)bytes;
    const __m128i *const end = (const __m128i *)(bytes + count);
    __m128i lanes[4];
    for (int n = 0; n < 4; n++) lanes[n] = _mm_loadu_si128(at + n);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)start));
    for (at += 4; end - at >= 4; at += 4) {
        for (int n = 0; n < 4; n++) {
            lanes[n] = _mm_xor_si128(crc_moved(lanes[n], over64), _mm_loadu_si128(at + n));
        }
    }
    __m128i sum = lanes[0];
    for (int n = 1; n < 4; n++) sum = _mm_xor_si128(crc_moved(sum, over16), lanes[n]);
    for (; at < end; at++) sum = _mm_xor_si128(crc_moved(sum, over16), _mm_loadu_si128(at));
    // From 128 bits to 96, to 64, to the remainder.
    sum = _mm_xor_si128(_mm_srli_si128(sum, 8), _mm_clmulepi64_si128(sum, over16, 0x10));
    sum = _mm_xor_si128(
        _mm_srli_si128(sum, 4), _mm_clmulepi64_si128(_mm_and_si128(sum, low), over4, 0x00));
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(sum, low), reduce, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low), reduce, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(sum, quotient), 1);
}

#endif
