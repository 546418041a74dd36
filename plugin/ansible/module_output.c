/* SPDX-License-Identifier: Apache-2.0 */
#include "ansible/module_output.h"

struct ens_json ens_module_json(struct ens_buf *out)
{
    struct ens_json json = ens_json_new(out, 0);

    json.ascii = true;
    return json;
}

void ens_module_bool(struct ens_json *json, const char *name, bool value)
{
    ens_json_name(json, name);
    ens_json_bool(json, value);
}

void ens_module_end(struct ens_json *json, const struct ens_args *args)
{
    ens_json_name(json, "invocation");
    ens_args_write(json, args);
    ens_json_end(json, '}');
    ens_buf_add_char(json->out, '\n');
}

void ens_module_add_reply(struct ens_buf *text, ens_str provider_code, ens_str request_id)
{
    if (provider_code.len > 0) {
        ens_buf_addf(text, "%scode %.*s", text->len > 0 ? ", " : "", ENS_STR_ARG(provider_code));
    }
    if (request_id.len > 0) {
        ens_buf_addf(text, "%srequest %.*s", text->len > 0 ? ", " : "", ENS_STR_ARG(request_id));
    }
}

void ens_module_failure(struct ens_buf *out, const struct ens_args *args,
                        const struct ens_diags *diags)
{
    ENS_AUTO_ARENA *arena = ens_arena_new();
    ENS_AUTO_BUF text = ens_buf_new(ENS_MODULE_TEXT_MAX);
    struct ens_json json = ens_module_json(out);

    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity == ENS_ERROR) {
            ens_buf_addf(&text, "%s%s", text.len > 0 ? "; " : "",
                         ens_diag_line(arena, &diags->items[i]).ptr);
        }
    }
    ens_json_begin(&json, '{');
    ens_json_name(&json, "msg");
    ens_json_text(&json, ens_buf_str(&text));
    ens_module_bool(&json, "changed", false);
    ens_module_bool(&json, "failed", true);
    ens_module_end(&json, args);
}
