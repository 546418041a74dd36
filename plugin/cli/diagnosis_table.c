/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/diagnosis_table.h"

#include <string.h>

#include "cli/text.h"

#define INDENT    2
#define VALUES    12 /* column of the values */
#define FIELD_MAX ((size_t)64 * 1024)
#define MS_PER_S  1000

/* A label, and the value beside it, wrapped. Without a value there is no line. */
static void put_field(struct ens_buf *out, const struct ens_style *style, const char *label,
                      ens_str value)
{
    ENS_AUTO_BUF lines = ens_buf_new(FIELD_MAX);
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (value.len == 0) {
        return;
    }
    ens_text_wrap(&lines, ens_text_clean(arena, value), VALUES, style->width);
    ens_text_pad(out, ENS_STR(""), INDENT);
    ens_style_on(out, style, ENS_TONE_DIM);
    ens_text_pad(out, ens_str_of(label), VALUES - INDENT);
    ens_style_off(out, style, ENS_TONE_DIM);
    const ens_str text = ens_buf_str(&lines);
    ens_buf_add(out, (ens_str){text.ptr + VALUES, text.len - VALUES});
}

static const char *verdict_of(const struct ens_diagnosis *diagnosis)
{
    switch (diagnosis->may_read) {
    case ENS_MAY_READ_YES:
        return "may read";
    case ENS_MAY_READ_NO:
        return "may not read";
    case ENS_MAY_READ_UNKNOWN:
        break;
    }
    return ens_diagnosis_has_keys(diagnosis) ? "not known whether it may read" : "no keys";
}

static enum ens_standing standing_of(const struct ens_diagnosis *diagnosis)
{
    if (diagnosis->may_read == ENS_MAY_READ_YES) {
        return ENS_STANDING_RUNNING;
    }
    return ens_diagnosis_has_keys(diagnosis) || diagnosis->source.len > 0 ? ENS_STANDING_BAD
                                                                          : ENS_STANDING_STOPPED;
}

static void put_head(struct ens_buf *out, const struct ens_style *style,
                     const struct ens_diagnosis *diagnosis)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const enum ens_standing standing = standing_of(diagnosis);
    const bool placed = diagnosis->region.len > 0;

    if (style->symbols) {
        ens_style_put(out, style, ens_style_tone(standing),
                      ens_str_of(ens_style_symbol(style, standing)));
        ens_buf_add_char(out, ' ');
    }
    ens_style_put(
        out, style, ENS_TONE_TITLE,
        ens_text_clean(arena, ens_arena_printf(arena, "%.*s%s%.*s", ENS_STR_ARG(diagnosis->cloud),
                                               placed ? "/" : "", ENS_STR_ARG(diagnosis->region))));
    ens_buf_add(out, ENS_STR(": "));
    ens_style_put(out, style, ens_style_tone(standing), ens_str_of(verdict_of(diagnosis)));
    ens_buf_add_char(out, '\n');
}

static ens_str clock_words(struct ens_arena *arena, int64_t skew_ms)
{
    const int64_t apart_ms = skew_ms < 0 ? -skew_ms : skew_ms;

    return skew_ms == 0 ? ENS_STR("")
                        : ens_arena_printf(arena, "%lld.%lld s %s the server's",
                                           (long long)(apart_ms / MS_PER_S),
                                           (long long)(apart_ms % MS_PER_S / 100),
                                           skew_ms > 0 ? "behind" : "ahead of");
}

/* The message without the list of sources, which has lines of its own. */
static ens_str without_list(struct ens_arena *arena, const struct ens_diagnosis *diagnosis)
{
    static const char list[] = ENS_LOOKED_AT;
    const ens_str message = diagnosis->message;
    const char *at = message.len > 0 && diagnosis->looked_at_count > 0
                         ? memmem(message.ptr, message.len, list, sizeof(list) - 1)
                         : NULL;

    return at == NULL ? message
                      : ens_arena_printf(arena, "%.*s.", (int)(at - message.ptr), message.ptr);
}

static void put_diagnosis(struct ens_buf *out, const struct ens_style *style,
                          const struct ens_diagnosis *diagnosis)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    const ens_str tail = diagnosis->key_id_tail;

    put_head(out, style, diagnosis);
    put_field(out, style, "keys from", diagnosis->source);
    put_field(out, style, "key id",
              tail.len > 0 ? ens_arena_printf(arena, "...%.*s", ENS_STR_ARG(tail)) : tail);
    put_field(out, style, "expires", diagnosis->expires_at);
    put_field(out, style, "caller", diagnosis->identity);
    put_field(out, style, "endpoint", diagnosis->endpoint);
    put_field(out, style, "clock", clock_words(arena, diagnosis->clock_skew_ms));
    for (size_t i = 0; i < diagnosis->looked_at_count; i++) {
        put_field(out, style, i == 0 ? "looked at" : "", diagnosis->looked_at[i]);
    }
    put_field(out, style, "found", without_list(arena, diagnosis));
    put_field(out, style, "advice", diagnosis->advice);
}

static void put_policy(struct ens_buf *out, const struct ens_style *style,
                       const struct ens_policy *policy)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (policy->count > 0) {
        ens_buf_add(out, ENS_STR("\nguards\n"));
    }
    for (size_t i = 0; i < policy->count; i++) {
        put_field(out, style, "", ens_guard_text(arena, &policy->guards[i]));
    }
}

void ens_diagnosis_table(struct ens_buf *out, const struct ens_diagnoses *diagnoses,
                         const struct ens_style *style)
{
    for (size_t i = 0; i < diagnoses->count; i++) {
        if (i > 0) {
            ens_buf_add_char(out, '\n');
        }
        put_diagnosis(out, style, &diagnoses->items[i]);
    }
    put_policy(out, style, &diagnoses->policy);
}
