/* SPDX-License-Identifier: Apache-2.0 */
#include "traffic.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "os/os.h"

#define REQUEST_MAX ((size_t)256 * 1024)

typedef void request_fn(const struct ens_memory *memory, const struct ens_call_spec *call,
                        struct ens_http_request *ret);

/* One kind of call to one cloud. */
struct kind {
    request_fn *request;
    uint32_t flags;
    size_t limit; /* ids in one call */
    bool token;
};

static ens_str random_hex(struct ens_arena *arena)
{
    uint64_t bytes[2];

    ens_os_entropy.fill(ens_os_entropy.ud, bytes, sizeof(bytes));
    return ens_arena_printf(arena, "%016llx%016llx", (unsigned long long)bytes[0],
                            (unsigned long long)bytes[1]);
}

static void add_headers(struct ens_buf *text, const struct ens_pair *const *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ens_buf_addf(text, "%.*s: %.*s\r\n", ENS_STR_ARG(headers[i]->name),
                     ENS_STR_ARG(headers[i]->value));
    }
}

static ens_str write_request(struct ens_arena *arena, const struct fleet_cloud *cloud,
                             const struct kind *kind, const ens_str *ids, size_t id_count)
{
    ENS_AUTO_ARENA *scratch = ens_arena_new();
    ENS_AUTO_BUF text = ens_buf_new(REQUEST_MAX);
    const struct ens_memory memory = ens_arena_memory(scratch);
    const struct ens_call_spec call = {
        .struct_size = sizeof(call),
        .flags = kind->flags,
        .region = ens_str_of(cloud->region),
        .ids = ids,
        .id_count = id_count,
        .client_token = kind->token ? random_hex(scratch) : ENS_STR(""),
    };
    const struct ens_identity identity = {
        .struct_size = sizeof(identity),
        .access_key = ens_str_of(cloud->access_key),
        .secret_key = ens_str_of(cloud->secret_key),
    };
    const struct ens_signing_context context = {
        .struct_size = sizeof(context),
        .region = call.region,
        .host = ens_str_of(strstr(cloud->url, "//") + 2),
        .now_unix_s = ens_os_clock.unix_ms(ens_os_clock.ud) / 1000,
        .nonce = random_hex(scratch),
    };
    struct ens_http_request request = {.struct_size = sizeof(request)};
    struct ens_signature signature = {.struct_size = sizeof(signature)};

    kind->request(&memory, &call, &request);
    cloud->provider->sign(&memory, &request, &identity, &context, &signature);
    ens_buf_addf(&text, "%.*s %.*s HTTP/1.1\r\nHost: %.*s\r\nContent-Length: %zu\r\n",
                 ENS_STR_ARG(request.method), ENS_STR_ARG(signature.target),
                 ENS_STR_ARG(context.host), request.body.len);
    add_headers(&text, request.headers, request.header_count);
    add_headers(&text, signature.headers, signature.header_count);
    ens_buf_add(&text, ENS_STR("\r\n"));
    ens_buf_add(&text, request.body);
    if (ens_buf_failed(&text)) {
        bench_fail("a request of %s is larger than %zu bytes", cloud->name, REQUEST_MAX);
    }
    return ens_arena_dup(arena, ens_buf_str(&text));
}

static size_t calls_for(size_t ids, size_t limit)
{
    return (ids + limit - 1) / limit;
}

static void write_cloud(struct traffic *traffic, struct load_endpoint *endpoint,
                        const struct fleet_cloud *cloud, enum ens_mode mode)
{
    const struct ens_provider *provider = cloud->provider;
    const bool token = (provider->capabilities & ENS_CAP_CLIENT_TOKEN) != 0;
    const struct kind read = {provider->describe_request, 0, provider->describe_limit, false};
    const struct kind dry = {provider->start_request, ENS_SPEC_DRY_RUN, provider->dry_run_limit,
                             false};
    const struct kind start = {provider->start_request, 0, token ? 1 : provider->start_limit,
                               token};
    struct kind kinds[3];
    size_t kind_count = 0;
    size_t room = 0;

    kinds[kind_count++] = read;
    if (mode == ENS_MODE_APPLY) {
        kinds[kind_count++] = start;
        kinds[kind_count++] = read;
    } else if (dry.limit > 0) {
        kinds[kind_count++] = dry;
    }
    for (size_t i = 0; i < kind_count; i++) {
        room += calls_for(cloud->count, kinds[i].limit);
    }
    ens_str *requests = ens_arena_array(traffic->arena, room, sizeof(*requests));
    *endpoint = (struct load_endpoint){
        .port = (unsigned)strtoul(strrchr(cloud->url, ':') + 1, NULL, 10),
        .requests = requests,
        .connections = TRAFFIC_CONNECTIONS,
    };
    for (size_t i = 0; i < kind_count; i++) {
        for (size_t at = 0; at < cloud->count; at += kinds[i].limit) {
            const size_t left = cloud->count - at;
            requests[endpoint->count++] =
                write_request(traffic->arena, cloud, &kinds[i], cloud->ids + at,
                              left < kinds[i].limit ? left : kinds[i].limit);
        }
    }
    traffic->requests += endpoint->count;
}

void traffic_init(struct traffic *traffic, const struct fleet *fleet, enum ens_mode mode)
{
    *traffic = (struct traffic){.arena = ens_arena_new()};
    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        write_cloud(traffic, &traffic->endpoints[i], &fleet->clouds[i], mode);
    }
}

void traffic_done(struct traffic *traffic)
{
    ens_arena_free(traffic->arena);
}
