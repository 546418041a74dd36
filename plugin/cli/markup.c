/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/markup.h"

#include "cli/text.h"

static ens_str entity(char c)
{
    switch (c) {
    case '<':
        return ENS_STR("&lt;");
    case '>':
        return ENS_STR("&gt;");
    case '&':
        return ENS_STR("&amp;");
    case '"':
        return ENS_STR("&quot;");
    case '\'':
        return ENS_STR("&#39;");
    default:
        return (ens_str){NULL, 0};
    }
}

void ens_markup_text(struct ens_buf *out, ens_str text)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str clean = ens_text_clean(arena, text);
    size_t begin = 0;

    for (size_t i = 0; i < clean.len; i++) {
        const ens_str escaped = entity(clean.ptr[i]);
        if (escaped.len > 0) {
            ens_buf_add(out, (ens_str){clean.ptr + begin, i - begin});
            ens_buf_add(out, escaped);
            begin = i + 1;
        }
    }
    if (clean.len > begin) {
        ens_buf_add(out, (ens_str){clean.ptr + begin, clean.len - begin});
    }
}
