#include "run/json_line.h"

#include "base/arena.h"
#include "base/utf8.h"

/* "}" and the line feed, which no member may take. */
#define END_SIZE ((size_t)2)

void ens_json_quote(struct ens_buf *out, ens_str text)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();

    if (text.len > ENS_JSON_TEXT_MAX) {
        text.len = ENS_JSON_TEXT_MAX;
    }
    text = ens_utf8_clean(arena, text);
    (void)ens_buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\') {
            (void)ens_buf_add_char(out, '\\');
            (void)ens_buf_add_char(out, c);
        } else if (c == '\n') {
            (void)ens_buf_add(out, ENS_STR("\\n"));
        } else if (c == '\t') {
            (void)ens_buf_add(out, ENS_STR("\\t"));
        } else {
            (void)ens_buf_add_char(out, c);
        }
    }
    (void)ens_buf_add_char(out, '"');
}

void ens_json_begin(struct ens_buf *out)
{
    (void)ens_buf_add_char(out, '{');
}

void ens_json_raw(struct ens_buf *out, ens_str name, ens_str value)
{
    ENS_AUTO_BUF member = ens_buf_new(out->max);

    if (out->len > 0 && out->ptr[out->len - 1] != '{') {
        (void)ens_buf_add_char(&member, ',');
    }
    ens_json_quote(&member, name);
    (void)ens_buf_add_char(&member, ':');
    (void)ens_buf_add(&member, value);
    if (!ens_buf_failed(&member) && out->max - out->len >= member.len + END_SIZE) {
        (void)ens_buf_add(out, ens_buf_str(&member));
    }
}

void ens_json_text(struct ens_buf *out, ens_str name, ens_str value)
{
    ENS_AUTO_BUF quoted = ens_buf_new(out->max);

    ens_json_quote(&quoted, value);
    if (!ens_buf_failed(&quoted)) {
        ens_json_raw(out, name, ens_buf_str(&quoted));
    }
}

void ens_json_number(struct ens_buf *out, ens_str name, int64_t value)
{
    ENS_AUTO_BUF digits = ens_buf_new(32);

    (void)ens_buf_addf(&digits, "%lld", (long long)value);
    ens_json_raw(out, name, ens_buf_str(&digits));
}

void ens_json_bool(struct ens_buf *out, ens_str name, bool value)
{
    ens_json_raw(out, name, value ? ENS_STR("true") : ENS_STR("false"));
}

void ens_json_end(struct ens_buf *out)
{
    (void)ens_buf_add(out, ENS_STR("}\n"));
}
