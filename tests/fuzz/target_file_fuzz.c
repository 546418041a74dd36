/* SPDX-License-Identifier: Apache-2.0 */
/* Files that name targets: plans, fleets, Terraform's outputs, lines. */
#include "fuzz.h"

#include "core/target_file.h"

/* Each target of a fleet is one that can be written and read again, and stands there once; each
 * selector is one that may be asked for. */
static void check_fleet(struct ens_arena *arena, const struct ens_document *fleet)
{
    ENS_AUTO_BUF lines = ens_buf_new(ENS_DOCUMENT_MAX);
    struct ens_document again = {0};

    for (size_t i = 0; i < fleet->count; i++) {
        const struct ens_target target = ens_target_list_at(&fleet->targets, i);
        ens_buf_add(&lines, ens_target_text(arena, &target));
        ens_buf_add_char(&lines, '\n');
    }
    FUZZ_REQUIRE(!ens_buf_failed(&lines));
    if (fleet->count > 0) {
        FUZZ_REQUIRE(ens_target_file_read(arena, ens_buf_str(&lines), "f", &again, NULL) == ENS_OK);
        FUZZ_REQUIRE(again.kind == ENS_DOCUMENT_FLEET && again.count == fleet->count);
    }
    FUZZ_REQUIRE(fleet->select_count <= ENS_SELECTORS_MAX);
    for (size_t i = 0; i < fleet->select_count; i++) {
        FUZZ_REQUIRE(ens_selector_check(&fleet->select[i], "f", NULL) == ENS_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_DIAGS diags = {0};
    struct ens_document document = {0};

    ens_rc rc =
        ens_target_file_read(arena, (ens_str){(const char *)data, size}, "f", &document, &diags);
    FUZZ_REQUIRE(rc == ENS_OK || rc == ENS_MALFORMED || rc == ENS_LIMIT);
    FUZZ_REQUIRE(diags.count == (rc == ENS_OK ? 0u : 1u));
    if (rc == ENS_OK && document.kind == ENS_DOCUMENT_FLEET) {
        check_fleet(arena, &document);
    }
    return 0;
}
