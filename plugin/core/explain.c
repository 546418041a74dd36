/* SPDX-License-Identifier: Apache-2.0 */
#include "core/explain.h"

#include "core/classify.h"
#include "core/json.h"
#include "core/nearest.h"
#include "core/quote.h"

struct explaining {
    struct ens_arena *arena;
    const struct ens_capabilities *capabilities;
    ens_str word;
    struct ens_explanation *items;
    size_t count;
};

static struct ens_explanation *add(struct explaining *explaining, enum ens_reason reason)
{
    for (size_t i = 0; i < explaining->count; i++) {
        if (explaining->items[i].reason == reason) {
            return &explaining->items[i];
        }
    }
    explaining->items = ens_arena_grow(explaining->arena, explaining->items, explaining->count,
                                       sizeof(*explaining->items));
    struct ens_explanation *item = &explaining->items[explaining->count++];
    *item = (struct ens_explanation){.reason = reason};
    return item;
}

static struct ens_explained_cloud *add_cloud(struct explaining *explaining,
                                             struct ens_explanation *item,
                                             const struct ens_provider_row *provider)
{
    item->clouds =
        ens_arena_grow(explaining->arena, item->clouds, item->cloud_count, sizeof(*item->clouds));
    struct ens_explained_cloud *cloud = &item->clouds[item->cloud_count++];
    *cloud = (struct ens_explained_cloud){.provider = provider,
                                          .advice = provider->advice[item->reason]};
    return cloud;
}

/* All codes of the provider for the reason. */
static void add_codes(struct explaining *explaining, struct ens_explanation *item,
                      const struct ens_provider_row *provider)
{
    struct ens_explained_cloud *cloud = add_cloud(explaining, item, provider);
    struct ens_code *codes = NULL;

    for (size_t i = 0; i < provider->code_count; i++) {
        if (provider->codes[i].reason == item->reason) {
            codes = ens_arena_grow(explaining->arena, codes, cloud->code_count, sizeof(*codes));
            codes[cloud->code_count++] = provider->codes[i];
        }
    }
    cloud->codes = codes;
}

static void explain_reason(struct explaining *explaining, enum ens_reason reason)
{
    struct ens_explanation *item = add(explaining, reason);

    for (size_t i = 0; i < explaining->capabilities->provider_count; i++) {
        add_codes(explaining, item, &explaining->capabilities->providers[i]);
    }
}

/* Of each kind the first code that matches decides, as for a reply. */
static void explain_code(struct explaining *explaining, const struct ens_provider_row *provider)
{
    bool found[ENS_CODE_KIND_COUNT] = {false};

    for (size_t i = 0; i < provider->code_count; i++) {
        const struct ens_code *code = &provider->codes[i];
        if (!found[code->kind] && ens_code_matches(code, explaining->word)) {
            struct ens_explanation *item = add(explaining, code->reason);
            struct ens_explained_cloud *cloud = add_cloud(explaining, item, provider);
            cloud->codes = code;
            cloud->code_count = 1;
            found[code->kind] = true;
        }
    }
}

static ens_rc fail_unknown(const struct explaining *explaining, struct ens_diags *diags)
{
    struct ens_nearest nearest = ens_nearest_begin(explaining->word);

    for (unsigned reason = 0; reason < ENS_REASON_COUNT; reason++) {
        ens_nearest_try(&nearest, ens_str_of(ens_reason_name((enum ens_reason)reason)));
    }
    for (size_t p = 0; p < explaining->capabilities->provider_count; p++) {
        const struct ens_provider_row *provider = &explaining->capabilities->providers[p];
        for (size_t i = 0; i < provider->code_count; i++) {
            ens_nearest_try(&nearest, provider->codes[i].pattern);
        }
    }
    if (nearest.best.len > 0) {
        return ens_fail(diags, ENS_INVALID, NULL,
                        "\"%s\" is neither a reason nor a code of a cloud: did you mean %s?",
                        ens_quoted(explaining->word).text, ens_quoted(nearest.best).text);
    }
    return ens_fail(diags, ENS_INVALID, NULL,
                    "\"%s\" is neither a reason nor a code of a cloud; ensure explain lists them",
                    ens_quoted(explaining->word).text);
}

ens_rc ens_explain(struct ens_arena *arena, const struct ens_capabilities *capabilities,
                   ens_str word, struct ens_explanation **ret, size_t *ret_count,
                   struct ens_diags *diags)
{
    struct explaining explaining = {.arena = arena, .capabilities = capabilities, .word = word};
    enum ens_reason reason = ENS_REASON_OK;

    if (word.len == 0) {
        for (unsigned i = 0; i < ENS_REASON_COUNT; i++) {
            explain_reason(&explaining, (enum ens_reason)i);
        }
    } else if (ens_reason_parse(word, &reason)) {
        explain_reason(&explaining, reason);
    } else {
        for (size_t i = 0; i < capabilities->provider_count; i++) {
            explain_code(&explaining, &capabilities->providers[i]);
        }
    }
    if (explaining.count == 0 && ens_classify_denies(word)) {
        add(&explaining, ENS_REASON_PERMISSION_DENIED)->by_word = true;
    }
    if (explaining.count == 0) {
        return fail_unknown(&explaining, diags);
    }
    *ret = explaining.items;
    *ret_count = explaining.count;
    return ENS_OK;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void write_text(struct ens_json *json, const char *name, ens_str text)
{
    ens_json_name(json, name);
    ens_json_text(json, text);
}

static void write_code(struct ens_json *json, const struct ens_code *code)
{
    ens_json_begin(json, '{');
    write_text(json, "code", code->pattern);
    write_text(json, "kind", ens_str_of(ens_code_kind_name(code->kind)));
    write_text(json, "advice", code->advice);
    ens_json_end(json, '}');
}

static void write_cloud(struct ens_json *json, const struct ens_explained_cloud *cloud)
{
    ens_json_begin(json, '{');
    write_text(json, "cloud", cloud->provider->name);
    write_text(json, "title", cloud->provider->title);
    write_text(json, "advice", cloud->advice);
    ens_json_name(json, "codes");
    ens_json_begin(json, '[');
    for (size_t i = 0; i < cloud->code_count; i++) {
        write_code(json, &cloud->codes[i]);
    }
    ens_json_end(json, ']');
    ens_json_end(json, '}');
}

void ens_explain_write(struct ens_buf *out, ens_str word, const struct ens_explanation *items,
                       size_t count)
{
    struct ens_json json = ens_json_new(out, 2);

    ens_json_begin(&json, '{');
    write_text(&json, "word", word);
    ens_json_name(&json, "reasons");
    ens_json_begin(&json, '[');
    for (size_t i = 0; i < count; i++) {
        ens_json_begin(&json, '{');
        write_text(&json, "reason", ens_str_of(ens_reason_name(items[i].reason)));
        write_text(&json, "meaning", ens_str_of(ens_reason_meaning(items[i].reason)));
        write_text(&json, "advice", ens_str_of(ens_reason_advice(items[i].reason)));
        ens_json_name(&json, "clouds");
        ens_json_begin(&json, '[');
        for (size_t c = 0; c < items[i].cloud_count; c++) {
            write_cloud(&json, &items[i].clouds[c]);
        }
        ens_json_end(&json, ']');
        ens_json_end(&json, '}');
    }
    ens_json_end(&json, ']');
    ens_json_end(&json, '}');
    ens_buf_add_char(out, '\n');
}
