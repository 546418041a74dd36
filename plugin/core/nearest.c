/* SPDX-License-Identifier: Apache-2.0 */
#include "core/nearest.h"

#include "base/rc.h"

struct ens_nearest ens_nearest_begin(ens_str word)
{
    return (struct ens_nearest){.word = word, .distance = SIZE_MAX};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment, with the last three rows of the matrix. */
static size_t distance(ens_str a, ens_str b)
{
    size_t rows[3][ENS_NEAREST_WORD_MAX + 1];

    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            const size_t cost = a.ptr[i - 1] == b.ptr[j - 1] ? 0 : 1;
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1]) {
                row[j] = least(row[j], rows[(i + 1) % 3][j - 2] + 1);
            }
        }
    }
    return rows[a.len % 3][b.len];
}

void ens_nearest_try(struct ens_nearest *nearest, ens_str candidate)
{
    const ens_str word = nearest->word;

    if (word.len > ENS_NEAREST_WORD_MAX || candidate.len > ENS_NEAREST_WORD_MAX) {
        return;
    }
    const size_t differs = distance(word, candidate);
    if (differs < nearest->distance && differs <= (candidate.len < 6 ? 2 : candidate.len / 3) &&
        differs < candidate.len) {
        nearest->best = candidate;
        nearest->distance = differs;
    }
}
