/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_NUMBER_H
#define EMU_NUMBER_H

/* Numbers and dates as text. */

#include "base/str.h"

enum {
    EMU_DATE_SIZE = 32,
    EMU_DAY_MS = 86400 * 1000, /* the longest configurable time */
};

/* Reads a decimal integer of [min, max]; false for any other text. */
bool emu_number_read(ens_str text, int64_t min, int64_t max, int64_t *ret_number);

/* Read "20260901T080910Z" and "2026-09-01T08:09:10Z" as seconds since 1970; the whole text has to
 * match. */
bool emu_date_read_basic(ens_str text, int64_t *ret_seconds);
bool emu_date_read_extended(ens_str text, int64_t *ret_seconds);
/* Writes "2026-09-01T08:09:10Z", and the same moment as "2026-09-01T16:09:10+08:00". */
void emu_date_write_extended(char ret_text[EMU_DATE_SIZE], int64_t seconds);
void emu_date_write_beijing(char ret_text[EMU_DATE_SIZE], int64_t seconds);
/* Writes the format of the Date header, independent of the locale. */
void emu_date_write_http(char ret_text[EMU_DATE_SIZE], int64_t seconds);

#endif
