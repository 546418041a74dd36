/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_ASSERT_DIAG_H
#define EMU_ASSERT_DIAG_H

#include "base/buf.h"
#include "base/diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Asserts that there is one diagnostic and that "where: summary" begins with `sentence`. */
static inline void assert_diag(const struct ens_diags *diags, const char *sentence)
{
    assert_int_equal(diags->count, 1);
    ENS_AUTO_BUF found = ens_buf_new(65536);
    const char *where = diags->items[0].where;
    ens_buf_addf(&found, "%s%s%s", where, where[0] == '\0' ? "" : ": ", diags->items[0].summary);
    if (!ens_str_starts(ens_buf_str(&found), ens_str_of(sentence))) {
        fail_msg("expected \"%s...\", got \"%s\"", sentence, ens_buf_text(&found));
    }
}

#endif
