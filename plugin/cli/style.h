/* SPDX-License-Identifier: Apache-2.0 */
/* How text may look where it is going: colours, pictures and width of a terminal, or none. */
#ifndef ENSURE_CLI_STYLE_H
#define ENSURE_CLI_STYLE_H

#include "base/buf.h"
#include "cli/report.h"

struct ens_style {
    bool colour;
    bool symbols; /* a column with a sign for each standing */
    bool ascii;   /* signs of plain ASCII: the terminal has no UTF-8 */
    size_t width; /* columns; 0: no limit, nothing is cut or wrapped */
};

enum ens_tone {
    ENS_TONE_PLAIN,
    ENS_TONE_GOOD,
    ENS_TONE_BUSY,
    ENS_TONE_BAD,
    ENS_TONE_DIM,
    ENS_TONE_TITLE,
    ENS_TONE_HINT,
};

/* Switch the tone on and off again; nothing without colours. */
void ens_style_on(struct ens_buf *out, const struct ens_style *style, enum ens_tone tone);
void ens_style_off(struct ens_buf *out, const struct ens_style *style, enum ens_tone tone);

/* Clean text in a tone. */
void ens_style_put(struct ens_buf *out, const struct ens_style *style, enum ens_tone tone,
                   ens_str text);

/* The sign (one column) and tone of a standing. */
const char *ens_style_symbol(const struct ens_style *style, enum ens_standing standing);
enum ens_tone ens_style_tone(enum ens_standing standing);

#endif
