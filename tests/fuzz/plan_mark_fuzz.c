/* SPDX-License-Identifier: Apache-2.0 */
/* The mark of a saved plan that was applied: of every plan that can be read, the marked text can be
 * read too, says when, and is the same plan otherwise. */
#include "fuzz.h"

#include <string.h>

#include "core/document.h"

#define TIME "2026-01-02T03:04:05Z"

static ens_str written(struct ens_buf *out, struct ens_document document)
{
    document.applied_at = ENS_STR("");
    ens_document_write(out, &document, 0);
    FUZZ_REQUIRE(!ens_buf_failed(out));
    return ens_buf_str(out);
}

static void check(struct ens_arena *arena, ens_str text, const struct ens_document *plan)
{
    ENS_AUTO_BUF marked = ens_buf_new(ENS_DOCUMENT_MAX);
    ENS_AUTO_BUF before = ens_buf_new(ENS_DOCUMENT_MAX);
    ENS_AUTO_BUF after = ens_buf_new(ENS_DOCUMENT_MAX);
    struct ens_document again = {0};

    ens_document_mark_applied(&marked, text, ENS_STR(TIME));
    FUZZ_REQUIRE(!ens_buf_failed(&marked));
    FUZZ_REQUIRE(ens_document_read(arena, ens_buf_str(&marked), "f", &again, NULL) == ENS_OK);
    FUZZ_REQUIRE(again.kind == ENS_DOCUMENT_PLAN && ens_str_is(again.applied_at, TIME));
    FUZZ_REQUIRE(ens_str_eq(written(&before, *plan), written(&after, again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str text = {(const char *)data, size};
    struct ens_document plan = {0};

    /* A plan that has its mark is never marked again. */
    if (ens_document_read(arena, text, "f", &plan, NULL) == ENS_OK &&
        plan.kind == ENS_DOCUMENT_PLAN && plan.applied_at.len == 0) {
        check(arena, text, &plan);
    }
    return 0;
}
