/* SPDX-License-Identifier: Apache-2.0 */
#include "base/http_date.h"

/*
 *   Sun, 06 Nov 1994 08:49:37 GMT      IMF-fixdate, the preferred form
 *   Sunday, 06-Nov-94 08:49:37 GMT     RFC 850, with two digits of the year
 *   Sun Nov  6 08:49:37 1994           asctime()
 *
 * One parser reads all three, because the kind of each part is recognisable: the month is a word,
 * the time contains colons, and the day precedes the year.
 */
struct date {
    int64_t year;
    int64_t month; /* from 1 */
    int64_t day;
    int64_t second; /* of the day */
    bool timed;
};

static int64_t month_of(ens_str word)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (int64_t month = 0; month < 12; month++) {
        if (ens_str_eq_nocase(word, (ens_str){names + 3 * month, 3})) {
            return month + 1;
        }
    }
    return 0;
}

static bool read_number(ens_str text, int64_t max, int64_t *ret)
{
    return text.len > 0 && text.len <= 4 && ens_str_to_i64(text, ret) && *ret >= 0 && *ret <= max;
}

static bool read_time(ens_str word, struct date *date)
{
    ens_str rest = {0};
    ens_str last = {0};
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    const ens_str first = ens_str_cut(word, ':', &rest);
    const ens_str middle = ens_str_cut(rest, ':', &last);

    if (date->timed || !read_number(first, 23, &hour) || !read_number(middle, 59, &minute) ||
        !read_number(last, 60, &second)) { /* 60: a leap second */
        return false;
    }
    date->second = hour * 3600 + minute * 60 + second;
    date->timed = true;
    return true;
}

static bool read_word(ens_str word, bool first, struct date *date)
{
    int64_t number = 0;

    if (word.len > 0 && word.ptr[0] >= '0' && word.ptr[0] <= '9') {
        if (word.len > 4) {
            return read_time(word, date);
        }
        if (date->day == 0) {
            return read_number(word, 31, &date->day) && date->day > 0;
        }
        if (date->year != 0 || !read_number(word, 9999, &number)) {
            return false;
        }
        date->year = word.len > 2 ? number : number + (number < 70 ? 2000 : 1900);
        return true;
    }
    if (date->month == 0 && month_of(word) != 0) {
        date->month = month_of(word);
        return true;
    }
    return first || ens_str_is(word, "GMT") || ens_str_is(word, "UTC"); /* first: the weekday */
}

/* Days since 1970-01-01 in the Gregorian calendar, counted in years that begin with March. */
static int64_t days_of(const struct date *date)
{
    const int64_t year = date->month > 2 ? date->year : date->year - 1;
    const int64_t month = (date->month + 9) % 12;

    return year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + date->day - 1 -
           719468;
}

bool ens_http_date_parse(ens_str text, int64_t *ret_unix_s)
{
    struct date date = {0};
    size_t at = 0;

    for (bool first = true; at < text.len; first = false) {
        size_t from = at;
        while (at < text.len && text.ptr[at] != ' ' && text.ptr[at] != ',' && text.ptr[at] != '-') {
            at++;
        }
        if (at > from && !read_word((ens_str){text.ptr + from, at - from}, first, &date)) {
            return false;
        }
        at++;
    }
    if (!date.timed || date.day == 0 || date.month == 0 || date.year < 1970) {
        return false;
    }
    *ret_unix_s = days_of(&date) * 86400 + date.second;
    return true;
}
