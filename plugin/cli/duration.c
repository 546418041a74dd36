#include "cli/duration.h"

#include <inttypes.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

static const struct {
    const char *unit;
    int64_t ms;
} units[] = {{"h", HOUR}, {"m", MINUTE}, {"s", SECOND}, {"ms", 1}};

/* Cuts the longest beginning that is in the set. */
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

static int64_t unit_of(ens_str name)
{
    for (size_t i = 0; i < ENS_COUNT(units); i++) {
        if (ens_str_is(name, units[i].unit)) {
            return units[i].ms;
        }
    }
    return 0;
}

/* One number with its unit. Nine digits on either side of the point are enough for a day in
 * milliseconds, and keep every product far from overflow. */
static bool parse_part(ens_str *text, int64_t *ret_ms)
{
    ens_str whole = cut_run(text, "0123456789");
    ens_str fraction = {NULL, 0};

    if (text->len > 0 && text->ptr[0] == '.') {
        *text = (ens_str){text->ptr + 1, text->len - 1};
        fraction = cut_run(text, "0123456789");
        if (fraction.len == 0) {
            return false;
        }
    }
    int64_t unit = unit_of(cut_run(text, "hms"));
    int64_t value = 0;
    if (unit == 0 || whole.len > 9 || fraction.len > 9 || !ens_str_to_i64(whole, &value)) {
        return false;
    }
    int64_t numerator = 0;
    int64_t denominator = 1;
    for (size_t i = 0; i < fraction.len; i++) {
        numerator = numerator * 10 + (fraction.ptr[i] - '0');
        denominator *= 10;
    }
    *ret_ms = value * unit + numerator * unit / denominator;
    return true;
}

bool ens_duration_parse(ens_str text, int64_t *ret_ms)
{
    int64_t total = 0;

    while (text.len > 0) {
        int64_t part = 0;
        if (!parse_part(&text, &part)) {
            return false;
        }
        total += part;
        if (total > ENS_DURATION_MAX_MS) {
            return false;
        }
    }
    if (total == 0) {
        return false;
    }
    *ret_ms = total;
    return true;
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
