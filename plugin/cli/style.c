/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/style.h"

/* Select Graphic Rendition of ECMA-48; the eight colours that every terminal has. */
static const char *const codes[] = {
    [ENS_TONE_PLAIN] = "", [ENS_TONE_GOOD] = "32", [ENS_TONE_BUSY] = "33", [ENS_TONE_BAD] = "31",
    [ENS_TONE_DIM] = "2",  [ENS_TONE_TITLE] = "1", [ENS_TONE_HINT] = "36",
};

static const struct {
    const char *symbol;
    const char *ascii;
    enum ens_tone tone;
} standings[] = {
    [ENS_STANDING_RUNNING] = {"\xE2\x9C\x93", "=", ENS_TONE_GOOD},
    [ENS_STANDING_START] = {"+", "+", ENS_TONE_GOOD},
    [ENS_STANDING_UNVERIFIED] = {"?", "?", ENS_TONE_BUSY},
    [ENS_STANDING_MOVING] = {"\xE2\x80\xA6", "~", ENS_TONE_BUSY},
    [ENS_STANDING_STOPPED] = {"-", "-", ENS_TONE_PLAIN},
    [ENS_STANDING_BAD] = {"\xE2\x9C\x97", "x", ENS_TONE_BAD},
};

void ens_style_on(struct ens_buf *out, const struct ens_style *style, enum ens_tone tone)
{
    if (style->colour && tone != ENS_TONE_PLAIN) {
        ens_buf_addf(out, "\x1b[%sm", codes[tone]);
    }
}

void ens_style_off(struct ens_buf *out, const struct ens_style *style, enum ens_tone tone)
{
    if (style->colour && tone != ENS_TONE_PLAIN) {
        ens_buf_add(out, ENS_STR("\x1b[0m"));
    }
}

void ens_style_put(struct ens_buf *out, const struct ens_style *style, enum ens_tone tone,
                   ens_str text)
{
    ens_style_on(out, style, tone);
    ens_buf_add(out, text);
    ens_style_off(out, style, tone);
}

const char *ens_style_symbol(const struct ens_style *style, enum ens_standing standing)
{
    return style->ascii ? standings[standing].ascii : standings[standing].symbol;
}

enum ens_tone ens_style_tone(enum ens_standing standing)
{
    return standings[standing].tone;
}
