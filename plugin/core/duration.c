/* SPDX-License-Identifier: Apache-2.0 */
#include "core/duration.h"

#include <inttypes.h>

#include "core/quote.h"

#define SECOND    INT64_C(1000)
#define MINUTE    (60 * SECOND)
#define HOUR      (60 * MINUTE)

#define DIGITS    "0123456789"
#define NS_PER_MS INT64_C(1000000)
#define MAX_NS    (ENS_DURATION_MAX_MS * NS_PER_MS)

static const struct {
    const char *name;
    int64_t ns;
} units[] = {
    {"h", HOUR *NS_PER_MS},
    {"m", MINUTE *NS_PER_MS},
    {"s", SECOND *NS_PER_MS},
    {"ms", NS_PER_MS},
};

/* Removes and returns the longest prefix of characters in the set. */
static ens_str cut_run(ens_str *text, const char *set)
{
    size_t length = 0;

    while (length < text->len && ens_str_all_in((ens_str){text->ptr + length, 1}, set)) {
        length++;
    }
    ens_str run = {text->ptr, length};
    *text = (ens_str){text->ptr + length, text->len - length};
    return run;
}

/* 0: no such unit. */
static int64_t unit_ns(ens_str name)
{
    for (size_t i = 0; i < ENS_COUNT(units); i++) {
        if (ens_str_is(name, units[i].name)) {
            return units[i].ns;
        }
    }
    return 0;
}

/* Adds one number with its unit. False: malformed, or the sum exceeds MAX_NS. */
static bool add_part(ens_str *text, int64_t *total_ns)
{
    ens_str whole = cut_run(text, DIGITS);
    ens_str fraction = {NULL, 0};
    bool point = text->len > 0 && text->ptr[0] == '.';

    if (point) {
        *text = (ens_str){text->ptr + 1, text->len - 1};
        fraction = cut_run(text, DIGITS);
    }
    int64_t unit = unit_ns(cut_run(text, "hms"));
    if (whole.len == 0 || (point && fraction.len == 0) || unit == 0) {
        return false;
    }
    int64_t count = 0;
    for (size_t i = 0; i < whole.len && count <= MAX_NS / unit; i++) {
        count = count * 10 + (whole.ptr[i] - '0');
    }
    if (count > MAX_NS / unit) {
        return false;
    }
    *total_ns += count * unit;
    for (size_t i = 0; i < fraction.len; i++) {
        unit /= 10;
        *total_ns += (fraction.ptr[i] - '0') * unit;
    }
    return *total_ns <= MAX_NS;
}

ens_rc ens_duration_parse(ens_str text, const char *where, int64_t *ret_ms, struct ens_diags *diags)
{
    ens_str rest = text;
    int64_t total_ns = 0;
    bool good = true;

    while (good && rest.len > 0) {
        good = add_part(&rest, &total_ns);
    }
    if (!good || total_ns < NS_PER_MS) {
        return ens_fail(diags, ENS_INVALID, where,
                        "\"%s\" is not a duration: expected 1 ms to 24 h, such as \"90s\", "
                        "\"10m\" or \"1h30m\"",
                        ens_quoted(text).text);
    }
    *ret_ms = total_ns / NS_PER_MS;
    return ENS_OK;
}

ens_str ens_duration_text(struct ens_arena *arena, int64_t ms)
{
    if (ms < SECOND) {
        return ens_arena_printf(arena, "%" PRId64 " ms", ms);
    }
    if (ms < MINUTE) {
        return ens_arena_printf(arena, "%" PRId64 ".%" PRId64 " s", ms / SECOND, ms % SECOND / 100);
    }
    int64_t minutes = ms / MINUTE;
    if (minutes < 60) {
        return ens_arena_printf(arena, "%" PRId64 "m %02" PRId64 "s", minutes, ms / SECOND % 60);
    }
    return ens_arena_printf(arena, "%" PRId64 "h %02" PRId64 "m", minutes / 60, minutes % 60);
}
