/* SPDX-License-Identifier: Apache-2.0 */
#include "number.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

bool emu_number_read(ens_str text, int64_t min, int64_t max, int64_t *ret_number)
{
    bool negative = ens_str_starts(text, ENS_STR("-"));
    int64_t number = 0;
    size_t at = negative ? 1 : 0;
    if (at == text.len) {
        return false;
    }
    for (; at < text.len; at++) {
        int digit = text.ptr[at] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, negative ? -digit : digit, &number)) {
            return false;
        }
    }
    if (number < min || number > max) {
        return false;
    }
    *ret_number = number;
    return true;
}

/* `shape` has a letter of YMDhms for each digit; other characters are literal. */
static bool date_read(ens_str text, ens_str shape, int64_t *ret_seconds)
{
    static const char fields[] = "YMDhms";
    int value[6] = {0};
    if (text.len != shape.len) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const char *field = strchr(fields, shape.ptr[i]);
        int digit = text.ptr[i] - '0';
        if (field == NULL ? text.ptr[i] != shape.ptr[i] : digit < 0 || digit > 9) {
            return false;
        }
        if (field != NULL) {
            value[field - fields] = value[field - fields] * 10 + digit;
        }
    }
    if (value[1] < 1 || value[1] > 12 || value[2] < 1 || value[2] > 31 || value[3] > 23 ||
        value[4] > 59 || value[5] > 60) {
        return false;
    }
    struct tm tm = {.tm_year = value[0] - 1900,
                    .tm_mon = value[1] - 1,
                    .tm_mday = value[2],
                    .tm_hour = value[3],
                    .tm_min = value[4],
                    .tm_sec = value[5]};
    *ret_seconds = (int64_t)timegm(&tm);
    return true;
}

bool emu_date_read_basic(ens_str text, int64_t *ret_seconds)
{
    return date_read(text, ENS_STR("YYYYMMDDThhmmssZ"), ret_seconds);
}

bool emu_date_read_extended(ens_str text, int64_t *ret_seconds)
{
    return date_read(text, ENS_STR("YYYY-MM-DDThh:mm:ssZ"), ret_seconds);
}

static void date_write(char ret_text[EMU_DATE_SIZE], int64_t seconds, const char *zone)
{
    time_t at = (time_t)seconds;
    struct tm tm = {0};
    gmtime_r(&at, &tm);
    snprintf(ret_text, EMU_DATE_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%s",
             (tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
             tm.tm_sec, zone);
}

void emu_date_write_extended(char ret_text[EMU_DATE_SIZE], int64_t seconds)
{
    date_write(ret_text, seconds, "Z");
}

void emu_date_write_beijing(char ret_text[EMU_DATE_SIZE], int64_t seconds)
{
    date_write(ret_text, seconds + INT64_C(8) * 3600, "+08:00");
}

void emu_date_write_http(char ret_text[EMU_DATE_SIZE], int64_t seconds)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t at = (time_t)seconds;
    struct tm tm = {0};
    gmtime_r(&at, &tm);
    snprintf(ret_text, EMU_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
             tm.tm_mday, months[tm.tm_mon], (tm.tm_year + 1900) % 10000, tm.tm_hour, tm.tm_min,
             tm.tm_sec);
}
