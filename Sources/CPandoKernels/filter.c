#include "filter.h"

#include "conditions.h"

/// The row of message word `step`.
#define WORD(step) words[(step) - PANDO_FILTER_FIRST]

// MARK: - One block

// All ones if the bits at the two places break the condition, else zero.
#define BROKEN(s1, b1, s2, b2, differ) \
    (0u - (((WORD(s1) >> (b1)) ^ (WORD(s2) >> (b2)) ^ (differ)) & 1u))
#define CHECK_ONE(s1, b1, s2, b2, differ, vectors) \
    excluded |= (vectors) & BROKEN(s1, b1, s2, b2, differ);

uint32_t pando_filter_one(const uint32_t *words) {
    uint32_t excluded = 0;
    PANDO_CONDITIONS_0(CHECK_ONE)
    PANDO_CONDITIONS_1(CHECK_ONE)
    PANDO_CONDITIONS_2(CHECK_ONE)
    PANDO_CONDITIONS_3(CHECK_ONE)
    PANDO_CONDITIONS_4(CHECK_ONE)
    PANDO_CONDITIONS_5(CHECK_ONE)
    PANDO_CONDITIONS_6(CHECK_ONE)
    PANDO_CONDITIONS_7(CHECK_ONE)
    return ~excluded;
}

// MARK: - Eight blocks

typedef int32_t signed_lanes __attribute__((vector_size(32)));

// Brings the two bits together, then to the sign, which an arithmetic shift spreads over the lane.
#define ALIGNED(s1, b1, s2, b2) \
    (WORD(s1) ^ ((b1) >= (b2) ? WORD(s2) << (((b1) - (b2)) & 31) : WORD(s2) >> (((b2) - (b1)) & 31)))
#define CHECK_EIGHT(s1, b1, s2, b2, differ, vectors)                                             \
    {                                                                                            \
        const signed_lanes bit = (signed_lanes)(ALIGNED(s1, b1, s2, b2) << (31 - (b1))) >> 31;   \
        excluded |= ((differ) ? ~(pando_lanes)bit : (pando_lanes)bit) & (uint32_t)(vectors);     \
    }
#define PART(number)                                                                             \
    PANDO_WIDE static void part_##number(struct filter_batch *batch) {                           \
        const pando_lanes *words = batch->words;                                                 \
        pando_lanes excluded = batch->excluded;                                                  \
        PANDO_CONDITIONS_##number(CHECK_EIGHT) batch->excluded = excluded;                       \
    }

PART(0)
PART(1)
PART(2)
PART(3)
PART(4)
PART(5)
PART(6)
PART(7)

void pando_filter_part(struct filter_batch *batch, int part) {
    static void (*const parts[FILTER_PARTS])(struct filter_batch *) = {
        part_0, part_1, part_2, part_3, part_4, part_5, part_6, part_7};
    parts[part](batch);
}

void pando_filter_run(struct filter_batch *batch) {
    for (int part = 0; part < FILTER_PARTS; part++) pando_filter_part(batch, part);
}

/// Swaps rows and columns of eight rows of eight words.
PANDO_WIDE static void transpose(pando_lanes *to, const uint32_t *const *rows, size_t column) {
    pando_lanes in[8], pairs[8], quads[8];
    for (int row = 0; row < 8; row++) __builtin_memcpy(&in[row], rows[row] + column, 32);
#define PAIRS(n)                                                                                 \
    pairs[n] = __builtin_shufflevector(in[n], in[n + 1], 0, 8, 1, 9, 4, 12, 5, 13);              \
    pairs[n + 1] = __builtin_shufflevector(in[n], in[n + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    PAIRS(0) PAIRS(2) PAIRS(4) PAIRS(6)
#define QUADS(n)                                                                                 \
    quads[n] = __builtin_shufflevector(pairs[n], pairs[n + 2], 0, 1, 8, 9, 4, 5, 12, 13);        \
    quads[n + 1] = __builtin_shufflevector(pairs[n], pairs[n + 2], 2, 3, 10, 11, 6, 7, 14, 15);  \
    quads[n + 2] = __builtin_shufflevector(pairs[n + 1], pairs[n + 3], 0, 1, 8, 9, 4, 5, 12, 13); \
    quads[n + 3] =                                                                               \
        __builtin_shufflevector(pairs[n + 1], pairs[n + 3], 2, 3, 10, 11, 6, 7, 14, 15);
    QUADS(0) QUADS(4)
#define HALVES(n)                                                                                \
    to[n] = __builtin_shufflevector(quads[n], quads[n + 4], 0, 1, 2, 3, 8, 9, 10, 11);           \
    to[n + 4] = __builtin_shufflevector(quads[n], quads[n + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    HALVES(0) HALVES(1) HALVES(2) HALVES(3)
}

PANDO_WIDE void pando_filter_load(struct filter_batch *batch, const uint32_t *const *rows) {
    for (size_t column = 0; column < 32; column += 8) {
        transpose(batch->words + column, rows, column);
    }
    // The conditions end with step 64, the first word of the last four.
    const pando_lanes last = {rows[0][32], rows[1][32], rows[2][32], rows[3][32],
                              rows[4][32], rows[5][32], rows[6][32], rows[7][32]};
    batch->words[32] = last;
    batch->excluded = (pando_lanes){0};
}

void pando_filter_eight(const uint32_t *words, uint32_t *suspects) {
    const uint32_t *rows[FILTER_LANES];
    for (int lane = 0; lane < FILTER_LANES; lane++) rows[lane] = words + lane * PANDO_FILTER_WORDS;
    struct filter_batch batch;
    pando_filter_load(&batch, rows);
    pando_filter_run(&batch);
    for (int lane = 0; lane < FILTER_LANES; lane++) suspects[lane] = filter_suspects(&batch, lane);
}

// MARK: - The table

#define ROW(s1, b1, s2, b2, differ, vectors) {s1, b1, s2, b2, differ, vectors},

static const struct pando_condition conditions[] = {
    PANDO_CONDITIONS_0(ROW) PANDO_CONDITIONS_1(ROW) PANDO_CONDITIONS_2(ROW)
    PANDO_CONDITIONS_3(ROW) PANDO_CONDITIONS_4(ROW) PANDO_CONDITIONS_5(ROW)
    PANDO_CONDITIONS_6(ROW) PANDO_CONDITIONS_7(ROW)};

size_t pando_condition_count(void) { return sizeof conditions / sizeof conditions[0]; }

struct pando_condition pando_condition_at(size_t index) { return conditions[index]; }
