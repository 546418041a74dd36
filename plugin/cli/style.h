/* SPDX-License-Identifier: Apache-2.0 */
/* The capabilities of an output: colours, symbols and width of a terminal, or none of them. */
#ifndef ENSURE_CLI_STYLE_H
#define ENSURE_CLI_STYLE_H

#include "base/buf.h"
#include "cli/report.h"

struct ens_style {
    bool colour;
    bool symbols; /* a column with a symbol for each standing */
    bool ascii;   /* ASCII symbols: the terminal has no UTF-8 */
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

/* Write the escape sequences that select and reset the tone; nothing without colours. */
void ens_style_on(struct ens_buf *out, const struct ens_style *style, enum ens_tone tone);
void ens_style_off(struct ens_buf *out, const struct ens_style *style, enum ens_tone tone);

/* Writes text, which must be clean (cli/text.h), in a tone. */
void ens_style_put(struct ens_buf *out, const struct ens_style *style, enum ens_tone tone,
                   ens_str text);

/* The symbol (one column) and tone of a standing. */
const char *ens_style_symbol(const struct ens_style *style, enum ens_standing standing);
enum ens_tone ens_style_tone(enum ens_standing standing);

#endif
