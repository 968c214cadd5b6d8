/// What Swift cannot emit: hashing by the CPU's own instructions, and a filter eight blocks wide.
///
/// Every function but `pando_features` and `pando_filter_one` needs the features it names, which
/// the caller checks. Nothing here allocates, keeps state, or fails.
#ifndef PANDO_KERNELS_H
#define PANDO_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// SHA-1 instructions.
#define PANDO_SHA1 1u
/// SHA-256 instructions.
#define PANDO_SHA256 2u
/// Carry-less multiplication (x86-64) or CRC-32 instructions (arm64).
#define PANDO_CRC32 4u
/// Vectors of eight words.
#define PANDO_FILTER 8u

/// The `PANDO_` bits of what this CPU and operating system offer.
uint32_t pando_features(void);

/// Takes `count` 64-byte blocks into a chaining value of five words. Needs `PANDO_SHA1`.
void pando_sha1(uint32_t *state, const uint8_t *blocks, size_t count);

/// Takes `count` 64-byte blocks into a chaining value of eight words. Needs `PANDO_SHA256`.
void pando_sha256(uint32_t *state, const uint8_t *blocks, size_t count);

/// Words that `pando_sha1_traced` writes for a block.
#define PANDO_TRACE_WORDS 16
/// Where in a block's trace: five registers each at the start, before step 56, before step 64.
#define PANDO_TRACE_START 0
#define PANDO_TRACE_56 5
#define PANDO_TRACE_64 10
/// The vectors the filter does not rule out, a bit each.
#define PANDO_TRACE_SUSPECTS 15

/// Like `pando_sha1`, and writes a trace for each block. Uses vectors if `features` has
/// `PANDO_FILTER`.
void pando_sha1_traced(
    uint32_t *state, const uint8_t *blocks, size_t count, uint32_t *traces, uint32_t features);

/// The filter reads the expanded message words 32 to 67 of a block, in order.
#define PANDO_FILTER_FIRST 32
#define PANDO_FILTER_WORDS 36

/// The vectors that the conditions on the words at `words` leave possible, a bit each.
uint32_t pando_filter_one(const uint32_t *words);

/// Filters eight blocks, whose words follow one another. Needs `PANDO_FILTER`.
void pando_filter_eight(const uint32_t *words, uint32_t *suspects);

/// A necessary condition of some disturbance vectors: bits of two message words differ, or not.
struct pando_condition {
    uint8_t first_step, first_bit, second_step, second_bit, differ;
    /// The vectors that need it, a bit each.
    uint32_t vectors;
};

/// How many conditions `pando_condition_at` knows.
size_t pando_condition_count(void);

/// The condition at `index`, which is below the count.
struct pando_condition pando_condition_at(size_t index);

/// Takes `count` bytes, at least 64 and a multiple of 16, into an inverted CRC-32. Needs
/// `PANDO_CRC32`.
uint32_t pando_crc32(uint32_t start, const uint8_t *bytes, size_t count);

#endif
