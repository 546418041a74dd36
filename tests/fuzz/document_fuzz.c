/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of target files. An accepted document is written and parsed again, and a plan is
 * marked as applied. */
#include "fuzz.h"

#include "core/saved.h"
#include "core/target_file.h"

/* Writing and parsing a document again gives the same bytes. */
static void check(const struct ens_document *document)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF first = ens_buf_new(ENS_DOCUMENT_MAX);
    ENS_AUTO_BUF second = ens_buf_new(ENS_DOCUMENT_MAX);
    struct ens_document again = {0};

    ens_document_write(&first, document, 2);
    FUZZ_REQUIRE(!ens_buf_failed(&first));
    FUZZ_REQUIRE(ens_document_read(arena, ens_buf_str(&first), "f", &again, NULL) == ENS_OK);
    ens_document_write(&second, &again, 2);
    FUZZ_REQUIRE(!ens_buf_failed(&second));
    FUZZ_REQUIRE(ens_str_eq(ens_buf_str(&first), ens_buf_str(&second)));
}

static void check_mark(ens_str text)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF marked = ens_buf_new(ENS_DOCUMENT_MAX);
    const ens_str time = ENS_STR_INIT("2026-09-01T08:09:10Z");
    struct ens_document again = {0};

    ens_document_mark_applied(&marked, text, time);
    FUZZ_REQUIRE(ens_target_file_read(arena, ens_buf_str(&marked), "f", &again, NULL) == ENS_OK);
    FUZZ_REQUIRE(ens_str_eq(again.applied_at, time));
}

/* A find or a diagnosis: one diagnostic, or none. */
static void check_saved(ens_str text)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_saved saved;

    ens_rc rc = ens_saved_read(arena, text, "f", &saved, &diags);
    FUZZ_REQUIRE(rc == ENS_OK || rc == ENS_MALFORMED);
    FUZZ_REQUIRE(diags.count == (rc == ENS_OK ? 0u : 1u));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_document document = {0};
    ens_str text = {(const char *)data, size};

    ens_rc rc = ens_target_file_read(arena, text, "f", &document, &diags);
    FUZZ_REQUIRE(rc == ENS_OK || rc == ENS_MALFORMED || rc == ENS_LIMIT);
    FUZZ_REQUIRE(diags.count == (rc == ENS_OK ? 0u : 1u));
    if (rc == ENS_OK && document.kind != ENS_DOCUMENT_FLEET) {
        check(&document);
    }
    if (rc == ENS_OK && document.kind == ENS_DOCUMENT_PLAN && document.applied_at.len == 0) {
        check_mark(text);
    }
    check_saved(text);
    return 0;
}
