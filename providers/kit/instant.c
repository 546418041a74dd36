/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/instant.h"

#include "kit/text.h"

#define YEAR_10000 INT64_C(253402300800)
#define DAY_S      INT64_C(86400)

struct date {
    int64_t year, month, day;
};

/* The date of a day from 1970-01-01 on, in the proleptic Gregorian calendar; the inverse of
 * days_of(). Eras of 400 years and years from March, so that the leap day comes last. */
static struct date date_of(int64_t days)
{
    const int64_t since = days + 719468; /* 0000-03-01 */
    const int64_t era = since / 146097;
    const int64_t of_era = since % 146097;
    const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const int64_t month = (5 * of_year + 2) / 153; /* 0: March */

    return (struct date){
        .year = year + era * 400 + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = of_year - (153 * month + 2) / 5 + 1,
    };
}

/* YYYYMMDDThhmmssZ, with the separators of a date and of a time of day. */
static ens_str write(const struct ens_memory *memory, int64_t unix_s, ens_str dash, ens_str colon)
{
    const int64_t s = unix_s < 0 ? 0 : unix_s >= YEAR_10000 ? YEAR_10000 - 1 : unix_s;
    const struct date date = date_of(s / DAY_S);
    const struct {
        int64_t value;
        size_t width;
        ens_str after;
    } parts[] = {
        {date.year, 4, dash},         {date.month, 2, dash},     {date.day, 2, KIT_STR("T")},
        {s % DAY_S / 3600, 2, colon}, {s % 3600 / 60, 2, colon}, {s % 60, 2, KIT_STR("Z")},
    };
    struct kit_text text = kit_text_new(memory);

    kit_text_reserve(&text, sizeof("YYYY-MM-DDThh:mm:ssZ"));
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        kit_text_add_number(&text, (size_t)parts[i].value, parts[i].width);
        kit_text_add(&text, parts[i].after);
    }
    return kit_text_done(&text);
}

ens_str kit_instant_basic(const struct ens_memory *memory, int64_t unix_s)
{
    return write(memory, unix_s, KIT_STR(""), KIT_STR(""));
}

ens_str kit_instant_extended(const struct ens_memory *memory, int64_t unix_s)
{
    return write(memory, unix_s, KIT_STR("-"), KIT_STR(":"));
}

/* Parser state. ok becomes false at the first unexpected character. */
struct cursor {
    ens_str rest;
    bool ok;
};

static char peek(const struct cursor *at)
{
    if (at->rest.len == 0) {
        return '\0';
    }
    return at->rest.ptr[0];
}

static void skip(struct cursor *at)
{
    at->rest = (ens_str){at->rest.ptr + 1, at->rest.len - 1};
}

static int64_t digits(struct cursor *at, size_t count, int64_t min, int64_t max)
{
    int64_t value = at->rest.len < count ? -1 : kit_number((ens_str){at->rest.ptr, count});

    if (value < min || value > max) {
        at->ok = false;
        return 0;
    }
    at->rest = (ens_str){at->rest.ptr + count, at->rest.len - count};
    return value;
}

static void separator(struct cursor *at, char c)
{
    if (at->ok && peek(at) == c) {
        skip(at);
    } else {
        at->ok = false;
    }
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar, counted from March so that the leap day
 * comes last. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t m = month <= 2 ? month + 9 : month - 3;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* Parses the zone; returns its offset in seconds east of UTC. */
static int64_t zone(struct cursor *at)
{
    char sign = peek(at);

    if (sign == 'Z' || sign == 'z') {
        skip(at);
        return 0;
    }
    separator(at, sign == '-' ? '-' : '+');
    int64_t hours = digits(at, 2, 0, 23);
    separator(at, ':');
    int64_t minutes = digits(at, 2, 0, 59);
    int64_t offset = hours * 3600 + minutes * 60;
    return sign == '-' ? -offset : offset;
}

int64_t kit_instant_parse(ens_str text)
{
    struct cursor at = {text, true};

    int64_t year = digits(&at, 4, 1970, 9999);
    separator(&at, '-');
    int64_t month = digits(&at, 2, 1, 12);
    separator(&at, '-');
    int64_t day = digits(&at, 2, 1, 31);
    separator(&at, 'T');
    int64_t second = digits(&at, 2, 0, 23) * 3600;
    separator(&at, ':');
    second += digits(&at, 2, 0, 59) * 60;
    if (peek(&at) == ':') {
        skip(&at);
        second += digits(&at, 2, 0, 60);
        if (peek(&at) == '.') {
            skip(&at);
            (void)digits(&at, 1, 0, 9);
            while (peek(&at) >= '0' && peek(&at) <= '9') {
                skip(&at);
            }
        }
    }
    second -= zone(&at);
    return at.ok && at.rest.len == 0 ? days_of(year, month, day) * DAY_S + second : 0;
}
