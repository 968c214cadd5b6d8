#ifndef PANDO_FILTER_H
#define PANDO_FILTER_H

#include "pando_kernels.h"

#if defined(__x86_64__)
#define PANDO_WIDE __attribute__((target("avx2")))
#else
#define PANDO_WIDE
#endif

typedef uint32_t pando_lanes __attribute__((vector_size(32)));

enum { FILTER_PARTS = 8, FILTER_LANES = 8 };

/// Eight blocks' words, one lane a block, and what part of the filter has found so far.
struct filter_batch {
    pando_lanes words[PANDO_FILTER_WORDS];
    pando_lanes excluded;
};

/// Takes eight blocks' words, `rows[n]` pointing at those of block n. Needs `PANDO_FILTER`.
void pando_filter_load(struct filter_batch *batch, const uint32_t *const *rows);

/// Checks the conditions of one of eight parts. Needs `PANDO_FILTER`.
void pando_filter_part(struct filter_batch *batch, int part);

/// Runs all parts. Needs `PANDO_FILTER`.
void pando_filter_run(struct filter_batch *batch);

/// The vectors left possible for the block in `lane`.
static inline uint32_t filter_suspects(const struct filter_batch *batch, int lane) {
    return ~((const uint32_t *)&batch->excluded)[lane];
}

#endif
