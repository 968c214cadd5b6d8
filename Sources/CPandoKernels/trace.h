/// The part of `pando_sha1_traced` that is the same for every CPU.
#ifndef PANDO_TRACE_H
#define PANDO_TRACE_H

#include "filter.h"

/// Takes one block, writes its trace but for the suspects, and its words for the filter.
typedef void (*traced_block)(
    uint32_t *state, const uint8_t *block, uint32_t *trace, uint32_t *words);

static inline void put_suspects(const struct filter_batch *batch, uint32_t *traces, size_t count) {
    for (size_t lane = 0; lane < count; lane++) {
        traces[lane * PANDO_TRACE_WORDS + PANDO_TRACE_SUSPECTS] =
            filter_suspects(batch, (int)lane);
    }
}

/// Takes `count` blocks by `take`, eight at a time while there are.
///
/// SHA-1 is one long chain of dependent instructions that leaves most of the CPU idle, so the
/// filter of one batch runs in eight parts between the blocks of the next.
static inline void trace_blocks(
    uint32_t *state, const uint8_t *blocks, size_t count, uint32_t *traces, uint32_t features,
    traced_block take) {
    uint32_t words[FILTER_LANES][PANDO_FILTER_WORDS];
    const uint32_t *rows[FILTER_LANES];
    struct filter_batch batch;
    uint32_t *waiting = NULL;
    if (features & PANDO_FILTER) {
        for (int lane = 0; lane < FILTER_LANES; lane++) rows[lane] = words[lane];
        for (; count >= FILTER_LANES; count -= FILTER_LANES) {
            for (int lane = 0; lane < FILTER_LANES; lane++) {
                take(state, blocks + lane * 64, traces + lane * PANDO_TRACE_WORDS, words[lane]);
                if (waiting) pando_filter_part(&batch, lane);
            }
            if (waiting) put_suspects(&batch, waiting, FILTER_LANES);
            pando_filter_load(&batch, rows);
            waiting = traces;
            blocks += FILTER_LANES * 64;
            traces += FILTER_LANES * PANDO_TRACE_WORDS;
        }
        if (waiting) {
            pando_filter_run(&batch);
            put_suspects(&batch, waiting, FILTER_LANES);
        }
    }
    if (!(features & PANDO_FILTER) || count < 2) {
        for (; count > 0; count--) {
            take(state, blocks, traces, words[0]);
            traces[PANDO_TRACE_SUSPECTS] = pando_filter_one(words[0]);
            blocks += 64;
            traces += PANDO_TRACE_WORDS;
        }
        return;
    }
    for (size_t lane = 0; lane < FILTER_LANES; lane++) {
        if (lane < count) {
            take(state, blocks + lane * 64, traces + lane * PANDO_TRACE_WORDS, words[lane]);
        } else {
            rows[lane] = words[0];
        }
    }
    pando_filter_load(&batch, rows);
    pando_filter_run(&batch);
    put_suspects(&batch, traces, count);
}

#endif
