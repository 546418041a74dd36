/* SPDX-License-Identifier: Apache-2.0 */
#include "support/providers.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct ens_provider *test_provider(size_t index)
{
    static ens_provider_entry_fn *const entries[TEST_PROVIDER_COUNT] = {
        ens_provider_entry_volcengine, ens_provider_entry_alibaba, ens_provider_entry_baidu};

    return entries[index](ENS_ABI_MAJOR, ENS_ABI_MINOR);
}

const struct ens_provider *test_provider_named(const char *name)
{
    for (size_t i = 0; i < TEST_PROVIDER_COUNT; i++) {
        if (strcmp(test_provider(i)->name, name) == 0) {
            return test_provider(i);
        }
    }
    return NULL;
}

ens_str test_str(const char *text)
{
    return text == NULL ? (ens_str){NULL, 0} : (ens_str){text, strlen(text)};
}

/* ---- sources --------------------------------------------------------------------------------- */

const struct ens_source *test_source(const struct ens_provider *provider, uint32_t kind)
{
    const struct ens_source *const *source = provider->sources;

    while (*source != NULL && (*source)->kind != kind) {
        source++;
    }
    return *source;
}

struct test_values test_values(const struct ens_source *source,
                               const char *(*value)(const void *ud, const char *name),
                               const void *ud)
{
    const struct ens_source_variable *row = source->variables;
    struct test_values values = {0};

    for (; row != NULL && row->name != NULL; row++) {
        const char *text = value(ud, row->name);
        if (values.names[row->use] == NULL || (values.values[row->use].len == 0 && text != NULL)) {
            values.names[row->use] = row->name;
            values.values[row->use] = test_str(text);
        }
    }
    return values;
}

/* ---- dumps ----------------------------------------------------------------------------------- */

struct dump {
    char *text;
    size_t len;
    FILE *out;
};

/* dump must not be moved afterwards, because the stream points to it. */
static void begin(struct dump *dump)
{
    *dump = (struct dump){0};
    dump->out = open_memstream(&dump->text, &dump->len);
    assert(dump->out != NULL);
}

static char *end(struct dump *dump)
{
    (void)fclose(dump->out);
    return dump->text;
}

static void put(struct dump *dump, ens_str text)
{
    if (text.len > 0) {
        (void)fwrite(text.ptr, 1, text.len, dump->out);
    }
}

static void put_line(struct dump *dump, const char *label, ens_str text)
{
    if (text.len > 0) {
        (void)fputs(label, dump->out);
        put(dump, text);
        (void)fputc('\n', dump->out);
    }
}

static void put_pairs(struct dump *dump, const char *label, const struct ens_pair *const *pairs,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)fputs(label, dump->out);
        put(dump, pairs[i]->name);
        (void)fputc('=', dump->out);
        put(dump, pairs[i]->value);
        (void)fputc('\n', dump->out);
    }
}

static void put_answer(struct dump *dump, const struct ens_answer *answer)
{
    if (answer->malformed != 0) {
        put_line(dump, "malformed: ", answer->detail);
    }
    put_line(dump, "code: ", answer->code);
    put_line(dump, "message: ", answer->message);
    put_line(dump, "request_id: ", answer->request_id);
    if (answer->retry_after_ms != 0) {
        (void)fprintf(dump->out, "retry_after_ms: %lld\n", (long long)answer->retry_after_ms);
    }
}

char *test_dump_request(const struct ens_http_request *request)
{
    struct dump dump;

    begin(&dump);
    put(&dump, request->method);
    put_line(&dump, " ", request->path);
    put_pairs(&dump, "? ", request->query, request->query_count);
    put_pairs(&dump, ": ", request->headers, request->header_count);
    put_line(&dump, "", request->body);
    return end(&dump);
}

char *test_dump_signature(const struct ens_signature *signature)
{
    struct dump dump;

    begin(&dump);
    put_line(&dump, "", signature->target);
    put_pairs(&dump, ": ", signature->headers, signature->header_count);
    return end(&dump);
}

static void put_seen(struct dump *dump, const struct ens_observation *seen)
{
    assert(seen->struct_size == sizeof(*seen));
    put(dump, seen->id);
    (void)fputc(' ', dump->out);
    put(dump, seen->word);
    if (seen->lock.len > 0) {
        (void)fputs(" lock=", dump->out);
        put(dump, seen->lock);
    }
    if (seen->expires_unix_s != 0) {
        (void)fprintf(dump->out, " expires=%lld", (long long)seen->expires_unix_s);
    }
    if ((seen->flags & ENS_SEEN_CAPACITY_RELEASED) != 0) {
        (void)fputs(" capacity-released", dump->out);
    }
    (void)fputc('\n', dump->out);
}

char *test_dump_describe(const struct ens_describe_result *result)
{
    struct dump dump;

    begin(&dump);
    for (size_t i = 0; i < result->observation_count; i++) {
        put_seen(&dump, result->observations[i]);
    }
    put_line(&dump, "next_page: ", result->next_page);
    put_answer(&dump, &result->answer);
    return end(&dump);
}

char *test_dump_find(const struct ens_find_result *result)
{
    struct dump dump;

    begin(&dump);
    for (size_t i = 0; i < result->found_count; i++) {
        const struct ens_found *found = result->found[i];
        assert(found->struct_size == sizeof(*found));
        put_seen(&dump, found->seen);
        put_line(&dump, "  region: ", found->region);
        put_line(&dump, "  name: ", found->name);
        put_line(&dump, "  zone: ", found->zone);
        put_line(&dump, "  type: ", found->instance_type);
        put_line(&dump, "  charge: ", found->charge_type);
        for (size_t j = 0; j < found->group_count; j++) {
            put_line(&dump, "  group: ", found->groups[j]);
        }
        put_pairs(&dump, "  tag: ", found->tags, found->tag_count);
    }
    put_line(&dump, "next_page: ", result->next_page);
    put_answer(&dump, &result->answer);
    return end(&dump);
}

char *test_dump_start(const struct ens_start_result *result)
{
    struct dump dump;

    begin(&dump);
    for (size_t i = 0; i < result->item_count; i++) {
        const struct ens_start_item *item = result->items[i];
        assert(item->struct_size == sizeof(*item));
        put(&dump, item->id);
        (void)fputc(' ', dump.out);
        put(&dump, item->code.len > 0 ? item->code : test_str("accepted"));
        if (item->message.len > 0) {
            (void)fputs(": ", dump.out);
            put(&dump, item->message);
        }
        (void)fputc('\n', dump.out);
    }
    put_answer(&dump, &result->answer);
    return end(&dump);
}

char *test_dump_profile(const struct ens_profile *profile)
{
    struct dump dump;

    begin(&dump);
    put_line(&dump, "access_key: ", profile->access_key);
    put_line(&dump, "secret_key: ", profile->secret_key);
    put_line(&dump, "security_token: ", profile->security_token);
    put_line(&dump, "region: ", profile->region);
    put_line(&dump, "error: ", profile->error);
    put_line(&dump, "", profile->state != NULL ? test_str("steps") : test_str(""));
    return end(&dump);
}

/* ---- codes ----------------------------------------------------------------------------------- */

/* Whether the code matches the pattern; an implementation independent of the engine's. */
static int fits(const char *pattern, const char *code)
{
    if (*pattern == '*') {
        return fits(pattern + 1, code) || (*code != '\0' && fits(pattern, code + 1));
    }
    if (*pattern == '\0' || *code == '\0') {
        return *pattern == *code;
    }
    return strncasecmp(pattern, code, 1) == 0 && fits(pattern + 1, code + 1);
}

static void put_http(struct dump *dump, const struct ens_http_request *http)
{
    char *text = test_dump_request(http);

    (void)fputs(text, dump->out);
    free(text);
}

static void put_send(struct dump *dump, const struct ens_credentials_request *request)
{
    assert(request->struct_size == sizeof(*request));
    (void)fputs("send ", dump->out);
    put(dump, request->endpoint);
    if (request->identity != NULL) {
        (void)fputs(" as ", dump->out);
        put(dump, request->identity->access_key);
    }
    (void)fputs((request->flags & ENS_SEND_DIRECT) != 0 ? " direct" : "", dump->out);
    (void)fputs((request->flags & ENS_SEND_ONCE) != 0 ? " once" : "", dump->out);
    if (request->timeout_ms != 0) {
        (void)fprintf(dump->out, " %lld ms", (long long)request->timeout_ms);
    }
    (void)fputc('\n', dump->out);
    put_line(dump, "region: ", request->region);
    put_line(dump, "service: ", request->service);
    put_line(dump, "target: ", request->target);
    put_http(dump, request->http);
    for (size_t i = 0; i < request->secret_count; i++) {
        put_line(dump, "secret: ", request->secrets[i]);
    }
}

static void put_words(struct dump *dump, const struct ens_credentials_step *step)
{
    for (size_t i = 0; i < step->word_count; i++) {
        (void)fputs(i == 0 ? "run " : "|", dump->out);
        put(dump, step->words[i]);
    }
    (void)fputc('\n', dump->out);
}

static void put_keys(struct dump *dump, const struct ens_credentials_step *step)
{
    (void)fputs("keys ", dump->out);
    put(dump, step->identity->access_key);
    (void)fputc(' ', dump->out);
    put(dump, step->identity->secret_key);
    put_line(dump, " ",
             step->identity->security_token.len > 0 ? step->identity->security_token
                                                    : test_str("-"));
    if (step->expires_unix_s != 0) {
        (void)fprintf(dump->out, "expires: %lld\n", (long long)step->expires_unix_s);
    }
}

char *test_dump_step(const struct ens_credentials_step *step)
{
    struct dump dump;

    begin(&dump);
    switch ((enum ens_credentials_end)step->end) {
    case ENS_CREDENTIALS_NONE:
        (void)fputs("none\n", dump.out);
        break;
    case ENS_CREDENTIALS_READ:
        put_line(&dump, "read ", step->path);
        break;
    case ENS_CREDENTIALS_SEND:
        put_send(&dump, step->request);
        break;
    case ENS_CREDENTIALS_RUN:
        put_words(&dump, step);
        break;
    case ENS_CREDENTIALS_KEYS:
        put_keys(&dump, step);
        break;
    case ENS_CREDENTIALS_ERROR:
        (void)fputs("error\n", dump.out);
        break;
    }
    put_line(&dump, "origin: ", step->origin);
    put_line(&dump, "detail: ", step->detail);
    put_answer(&dump, &step->answer);
    return end(&dump);
}

const struct ens_code_row *test_code_row(const struct ens_provider *provider, const char *code)
{
    for (const struct ens_code_row *row = provider->codes; row->pattern != NULL; row++) {
        if (fits(row->pattern, code)) {
            return row;
        }
    }
    return NULL;
}
