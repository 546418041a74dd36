/* SPDX-License-Identifier: Apache-2.0 */
#include "kit/words.h"

#include <stdbool.h>

/* State of the split. out is as long as the line, which no word exceeds. */
struct split {
    ens_str line;
    size_t at;
    char *out;
    size_t len; /* of the word so far */
    char quote; /* that is open; '\0': none */
    bool word;  /* a word has begun, which may be empty: '' */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Whether a backslash before c escapes it; within quotation marks only before \ and ". */
static bool escapes(const struct split *split)
{
    const char next = split->at + 1 < split->line.len ? split->line.ptr[split->at + 1] : '\0';

    return split->quote == '\0' || (split->quote == '"' && (next == '"' || next == '\\'));
}

/* Takes one character. False: a word has ended. */
static bool take(struct split *split)
{
    char c = split->line.ptr[split->at];

    if (c == '\\' && split->at + 1 < split->line.len && escapes(split)) {
        c = split->line.ptr[++split->at];
    } else if (c == split->quote) {
        split->quote = '\0';
        split->at++;
        return true;
    } else if (split->quote == '\0' && (c == '"' || c == '\'')) {
        split->quote = c;
        split->word = true;
        split->at++;
        return true;
    } else if (split->quote == '\0' && is_blank(c)) {
        split->at++;
        return !split->word;
    }
    split->word = true;
    split->out[split->len++] = c;
    split->at++;
    return true;
}

size_t kit_words_split(const struct ens_memory *memory, ens_str line, ens_str words[KIT_WORDS_MAX])
{
    struct split split = {.line = line, .out = memory->alloc(memory->ctx, line.len + 1)};
    size_t count = 0;

    while (split.at < line.len) {
        const bool goes_on = take(&split);
        if ((goes_on && split.at < line.len) || !split.word) {
            continue;
        }
        if (count == KIT_WORDS_MAX) {
            return 0;
        }
        words[count++] = (ens_str){split.out, split.len};
        split.out += split.len;
        split.len = 0;
        split.word = false;
    }
    return split.quote == '\0' ? count : 0;
}
