/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include <string.h>

#include "text.h"

/* ---- building requests ---------------------------------------------------------------------- */

/* Sets the query; names and values are not encoded, which the signer does. */
static void set_query(const struct ens_memory *memory, const struct ens_pair *pairs, size_t count,
                      struct ens_http_request *ret)
{
    const struct ens_pair **query = memory->alloc(memory->ctx, count * sizeof(struct ens_pair *));
    struct ens_pair *copies = memory->alloc(memory->ctx, count * sizeof(struct ens_pair));

    for (size_t i = 0; i < count; i++) {
        copies[i] = pairs[i];
        query[i] = &copies[i];
    }
    ret->query = query;
    ret->query_count = count;
}

void toy_describe_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                          struct ens_http_request *ret)
{
    const struct ens_pair query[] = {
        {TOY_STR("ids"), toy_join(memory, call->ids, call->id_count)},
    };

    ret->method = TOY_STR("GET");
    ret->path = TOY_STR("/machines");
    set_query(memory, query, 1, ret);
}

/* The toy cloud can't narrow its list, which has one page. The engine checks every condition of the
 * filter itself; a cloud that can narrow gets what it understands. */
void toy_find_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                      const struct ens_filter *filter, struct ens_http_request *ret)
{
    (void)memory;
    (void)call;
    (void)filter;
    ret->method = TOY_STR("GET");
    ret->path = TOY_STR("/machines");
}

void toy_start_request(const struct ens_memory *memory, const struct ens_call_spec *call,
                       struct ens_http_request *ret)
{
    const struct ens_pair query[] = {
        {TOY_STR("ids"), toy_join(memory, call->ids, call->id_count)},
        {TOY_STR("token"), call->client_token},
        {TOY_STR("check"), TOY_STR("yes")},
    };

    ret->method = TOY_STR("POST");
    ret->path = TOY_STR("/start");
    set_query(memory, query, (call->flags & ENS_SPEC_DRY_RUN) != 0 ? 3 : 2, ret);
}

/* ---- reading replies ------------------------------------------------------------------------ */

/* A reader only parses: the engine interprets codes and HTTP statuses by the tables in toy.c. The
 * input is untrusted, so everything is checked. */

static void malformed(struct ens_answer *answer, ens_str detail)
{
    answer->malformed = 1;
    answer->detail = detail;
}

/* Returns whether the call was accepted; if not, reads "Code message" from the body. */
static int read_answer(const struct ens_http_reply *reply, struct ens_answer *answer)
{
    for (size_t i = 0; i < reply->header_count; i++) {
        const struct ens_pair *header = reply->headers[i];
        if (header->name.len == 13 && memcmp(header->name.ptr, "x-toy-request", 13) == 0) {
            answer->request_id = header->value;
        }
    }
    if (reply->status < 300) {
        return 1;
    }
    ens_str rest = {NULL, 0};
    ens_str line = toy_cut(reply->body, '\n', &rest);
    answer->code = toy_cut(line, ' ', &answer->message);
    if (answer->code.len == 0) {
        malformed(answer, TOY_STR("a refusal without a code"));
    }
    return 0;
}

static size_t count_lines(ens_str body)
{
    size_t count = 0;

    for (size_t i = 0; i < body.len; i++) {
        count += body.ptr[i] == '\n';
    }
    return count;
}

/* Reads "ID WORD"; whole: the line has an end, so that the reply was not cut off. */
static int read_machine(ens_str line, int whole, struct ens_answer *answer,
                        struct ens_observation *ret)
{
    ret->struct_size = sizeof(*ret);
    ret->id = toy_cut(line, ' ', &ret->word);

    int good = whole && ret->word.len > 0;
    if (!good) {
        malformed(answer, TOY_STR("expected \"ID WORD\" on each line"));
    }
    return good;
}

void toy_read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                       const struct ens_http_reply *reply, struct ens_describe_result *ret)
{
    (void)call;
    if (!read_answer(reply, &ret->answer)) {
        return;
    }
    size_t room = count_lines(reply->body);
    const struct ens_observation **list = memory->alloc(memory->ctx, room * sizeof(void *));
    ens_str rest = reply->body;

    ret->observations = list;
    while (rest.len > 0) {
        struct ens_observation *seen = memory->alloc(memory->ctx, sizeof(*seen));
        ens_str line = toy_cut(rest, '\n', &rest);

        if (!read_machine(line, ret->observation_count < room, &ret->answer, seen)) {
            return;
        }
        list[ret->observation_count++] = seen;
    }
}

/* What the cloud does not say, such as a name or tags, stays empty. */
void toy_read_find(const struct ens_memory *memory, const struct ens_call_spec *call,
                   const struct ens_http_reply *reply, struct ens_find_result *ret)
{
    (void)call;
    if (!read_answer(reply, &ret->answer)) {
        return;
    }
    size_t room = count_lines(reply->body);
    const struct ens_found **list = memory->alloc(memory->ctx, room * sizeof(void *));
    ens_str rest = reply->body;

    ret->found = list;
    while (rest.len > 0) {
        struct ens_observation *seen = memory->alloc(memory->ctx, sizeof(*seen));
        struct ens_found *found = memory->alloc(memory->ctx, sizeof(*found));
        ens_str line = toy_cut(rest, '\n', &rest);

        if (!read_machine(line, ret->found_count < room, &ret->answer, seen)) {
            return;
        }
        found->struct_size = sizeof(*found);
        found->seen = seen;
        list[ret->found_count++] = found;
    }
}

void toy_read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                    const struct ens_http_reply *reply, struct ens_start_result *ret)
{
    (void)call;
    if (!read_answer(reply, &ret->answer)) {
        return;
    }
    size_t room = count_lines(reply->body);
    const struct ens_start_item **list = memory->alloc(memory->ctx, room * sizeof(void *));
    ens_str rest = reply->body;

    ret->items = list;
    while (rest.len > 0) {
        struct ens_start_item *item = memory->alloc(memory->ctx, sizeof(*item));
        ens_str line = toy_cut(rest, '\n', &rest);

        item->struct_size = sizeof(*item);
        item->id = toy_cut(line, ' ', &line);
        item->code = toy_cut(line, ' ', &item->message);
        if (item->code.len == 0 || ret->item_count == room) {
            malformed(&ret->answer,
                      TOY_STR("expected \"ID accepted\" or \"ID CODE ...\" on each line"));
            return;
        }
        if (item->code.len == 8 && memcmp(item->code.ptr, "accepted", 8) == 0) {
            item->code = (ens_str){NULL, 0}; /* no code: the start of this one was accepted */
        }
        list[ret->item_count++] = item;
    }
}
