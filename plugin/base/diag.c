/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/buf.h"

#define TEXT_MAX ((size_t)64 * 1024)

static void diag_done(struct ens_diag *diag)
{
    ens_free(diag->summary);
    ens_free(diag->detail);
    ens_free(diag->where);
}

void ens_diags_done(struct ens_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        diag_done(&diags->items[i]);
    }
    ens_free(diags->items);
    *diags = (struct ens_diags){0};
}

static char *format_text(const char *format, va_list args)
{
    char *text = NULL;
    va_list again;

    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    ENS_ASSERT(length >= 0);
    size_t size = ((size_t)length < TEXT_MAX ? (size_t)length : TEXT_MAX) + 1;
    text = ens_alloc(size);
    (void)vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

static void add(struct ens_diags *diags, struct ens_diag diag)
{
    if (diags->count == ENS_DIAGS_MAX) {
        diags->dropped++;
        diag_done(&diag);
        return;
    }
    diags->items = ens_realloc_array(diags->items, diags->count, diags->count + 1, sizeof(diag));
    diags->items[diags->count++] = diag;
}

void ens_diags_add(struct ens_diags *diags, enum ens_severity severity, const char *where,
                   const char *detail, const char *format, ...)
{
    va_list args;

    if (diags == NULL) {
        return;
    }
    va_start(args, format);
    add(diags, (struct ens_diag){.severity = severity,
                                 .summary = format_text(format, args),
                                 .detail = ens_strdup(detail == NULL ? "" : detail),
                                 .where = ens_strdup(where == NULL ? "" : where)});
    va_end(args);
}

ens_rc ens_fail(struct ens_diags *diags, ens_rc rc, const char *where, const char *format, ...)
{
    va_list args;

    if (diags != NULL) {
        va_start(args, format);
        add(diags, (struct ens_diag){.severity = ENS_ERROR,
                                     .summary = format_text(format, args),
                                     .detail = ens_strdup(""),
                                     .where = ens_strdup(where == NULL ? "" : where)});
        va_end(args);
    }
    return rc;
}

void ens_diags_prefix(struct ens_diags *diags, const char *context)
{
    if (diags == NULL || diags->count == 0) {
        return;
    }
    struct ens_diag *last = &diags->items[diags->count - 1];
    ENS_AUTO_BUF text = ens_buf_new(2 * TEXT_MAX);
    ens_buf_addf(&text, "%s: %s", context, last->summary);
    ens_free(last->summary);
    last->summary = ens_buf_take(&text);
}

void ens_diags_append(struct ens_diags *to, const struct ens_diags *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct ens_diag *item = &from->items[i];
        add(to, (struct ens_diag){.severity = item->severity,
                                  .summary = ens_strdup(item->summary),
                                  .detail = ens_strdup(item->detail),
                                  .where = ens_strdup(item->where)});
    }
    to->dropped += from->dropped;
}

ens_str ens_diag_line(struct ens_arena *arena, const struct ens_diag *diag)
{
    return ens_arena_printf(arena, "%s%s%s", diag->where, diag->where[0] == '\0' ? "" : ": ",
                            diag->summary);
}

bool ens_diags_has(const struct ens_diags *diags, ens_str summary)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (ens_str_is(summary, diags->items[i].summary)) {
            return true;
        }
    }
    return false;
}

bool ens_diags_has_error(const struct ens_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity == ENS_ERROR) {
            return true;
        }
    }
    return false;
}
