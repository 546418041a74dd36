/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <jansson.h>

#include "base/alloc.h"
#include "os/os.h"

#define LINE_SIZE 4096
#define TEXT_MAX  ((size_t)256 * 1024 * 1024)

static const struct fleet_cloud clouds[FLEET_CLOUDS] = {
    {.name = "volcengine",
     .region = "cn-beijing",
     .access_key = "AKLTbench0000001",
     .secret_key = "volcengine-secret-0001"},
    {.name = "alibaba",
     .region = "cn-hangzhou",
     .access_key = "LTAIbench0000001",
     .secret_key = "alibaba-secret-0001"},
    {.name = "baidu",
     .region = "bj",
     .access_key = "baidubench0000001",
     .secret_key = "baidu-secret-0001"},
};

/* ---- files ---------------------------------------------------------------------------------- */

static const char *write_world(const struct fleet *fleet)
{
    ENS_AUTO_BUF text = ens_buf_new(TEXT_MAX);

    ens_buf_add(&text, ENS_STR("{\"accounts\":["));
    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        const struct fleet_cloud *cloud = &fleet->clouds[i];
        ens_buf_addf(&text, "%s{\"cloud\":\"%s\",\"access_key\":\"%s\",\"secret_key\":\"%s\"}",
                     i == 0 ? "" : ",", cloud->name, cloud->access_key, cloud->secret_key);
    }
    ens_buf_add(&text, ENS_STR("],\"instances\":["));
    for (size_t i = 0, n = 0; i < FLEET_CLOUDS; i++) {
        const struct fleet_cloud *cloud = &fleet->clouds[i];
        for (size_t j = 0; j < cloud->count; j++, n++) {
            ens_buf_addf(&text,
                         "%s{\"cloud\":\"%s\",\"region\":\"%s\",\"id\":\"%s\",\"status\":\"%s\"}\n",
                         n == 0 ? "" : ",", cloud->name, cloud->region, cloud->ids[j].ptr,
                         i == 0 ? "STOPPED" : "Stopped");
        }
    }
    ens_buf_add(&text, ENS_STR("]}\n"));
    return bench_write("world.json", ens_buf_text(&text));
}

static const char *write_targets(const struct fleet *fleet)
{
    ENS_AUTO_BUF text = ens_buf_new(TEXT_MAX);

    ens_buf_add(&text, ENS_STR("{\"targets\":["));
    for (size_t i = 0; i < fleet->count; i++) {
        const struct ens_target *target = &fleet->targets[i].target;
        ens_buf_addf(&text, "%s\"%s/%s/%s\"\n", i == 0 ? "" : ",", target->cloud.ptr,
                     target->region.ptr, target->id.ptr);
    }
    ens_buf_add(&text, ENS_STR("]}\n"));
    return bench_write("fleet.json", ens_buf_text(&text));
}

/* ---- the emulator --------------------------------------------------------------------------- */

static void start_emulator(struct fleet *fleet, size_t latency_ms, const char *boot_ms)
{
    char latency[24];
    const char *const arguments[] = {
        BIN "/ensure-emulator", "--world", write_world(fleet),   "--boot-ms", boot_ms,
        "--latency-ms",         latency,   "--exit-with-parent", NULL,
    };
    char line[LINE_SIZE];

    (void)snprintf(latency, sizeof(latency), "%zu", latency_ms);
    fleet->emulator = process_start(arguments, NULL);
    process_read_line(&fleet->emulator, line, sizeof(line));
    json_t *urls = json_loads(line, 0, NULL);
    const char *control = json_string_value(json_object_get(urls, "control"));
    if (control == NULL) {
        bench_fail("ensure-emulator did not start: \"%.200s\"", line);
    }
    fleet->control = ens_strdup(control);
    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        fleet->clouds[i].url =
            ens_strdup(json_string_value(json_object_get(urls, fleet->clouds[i].name)));
    }
    json_decref(urls);
}

static size_t collect(char *bytes, size_t size, size_t count, void *ud)
{
    ens_buf_add(ud, (ens_str){bytes, size * count});
    return ens_buf_failed(ud) ? 0 : size * count;
}

static json_t *control(const struct fleet *fleet, const char *method, const char *path)
{
    char url[256];
    ENS_AUTO_BUF reply = ens_buf_new(TEXT_MAX);
    CURL *easy = curl_easy_init();
    json_t *json = NULL;

    (void)snprintf(url, sizeof(url), "%s%s", fleet->control, path);
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    (void)curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reply);
    if (curl_easy_perform(easy) == CURLE_OK) {
        json = json_loadb(reply.ptr, reply.len, JSON_DECODE_ANY, NULL);
    }
    curl_easy_cleanup(easy);
    if (json == NULL) {
        bench_fail("the emulator did not answer %s %s", method, url);
    }
    return json;
}

void fleet_reset(const struct fleet *fleet)
{
    json_decref(control(fleet, "POST", "/reset?world=yes"));
}

struct fleet_traffic fleet_traffic(const struct fleet *fleet)
{
    json_t *ledger = control(fleet, "GET", "/ledger?requests=no");
    struct fleet_traffic traffic = {
        .starts = (size_t)json_integer_value(json_object_get(ledger, "starts_total"))};
    const char *name;
    json_t *actions;

    json_object_foreach(json_object_get(ledger, "calls"), name, actions)
    {
        const char *action;
        json_t *calls;
        json_object_foreach(actions, action, calls)
        {
            traffic.requests += (size_t)json_integer_value(json_object_get(calls, "calls"));
        }
    }
    json_decref(ledger);
    return traffic;
}

/* ---- the fleet ------------------------------------------------------------------------------ */

static void name_instances(struct fleet *fleet, size_t total, const char *only)
{
    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        struct fleet_cloud *cloud = &fleet->clouds[i];
        *cloud = clouds[i];
        if (only == NULL) {
            cloud->count = total / FLEET_CLOUDS + (i < total % FLEET_CLOUDS);
        } else {
            cloud->count = strcmp(cloud->name, only) == 0 ? total : 0;
        }
        cloud->ids = ens_arena_array(fleet->arena, cloud->count, sizeof(ens_str));
        for (size_t j = 0; j < cloud->count; j++) {
            cloud->ids[j] = ens_arena_printf(fleet->arena, "i-bench-%06zu", j + 1);
        }
    }
}

static void name_targets(struct fleet *fleet, size_t total)
{
    fleet->targets = ens_arena_array(fleet->arena, total, sizeof(*fleet->targets));
    for (size_t row = 0; fleet->count < total; row++) {
        for (size_t i = 0; i < FLEET_CLOUDS; i++) {
            const struct fleet_cloud *cloud = &fleet->clouds[i];
            if (row < cloud->count) {
                fleet->targets[fleet->count++].target = (struct ens_target){
                    ens_str_of(cloud->name), ens_str_of(cloud->region), cloud->ids[row]};
            }
        }
    }
}

static void load_providers(struct fleet *fleet)
{
    ENS_AUTO_DIAGS diags = {0};

    fleet->registry = ens_registry_empty();
    ens_registry_scan(fleet->registry, BIN "/providers", &diags);
    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        struct fleet_cloud *cloud = &fleet->clouds[i];
        cloud->provider = ens_registry_find(fleet->registry, ens_str_of(cloud->name));
        if (cloud->provider == NULL) {
            bench_fail("there is no provider %s in " BIN "/providers", cloud->name);
        }
    }
}

static void set_variables(struct fleet *fleet)
{
    static const char *const names[FLEET_CLOUDS][3] = {
        {"VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY", "ENSURE_VOLCENGINE_ENDPOINT"},
        {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
         "ENSURE_ALIBABA_ENDPOINT"},
        {"BCE_ACCESS_KEY_ID", "BCE_SECRET_ACCESS_KEY", "ENSURE_BAIDU_ENDPOINT"},
    };
    const char **list =
        ens_arena_array(fleet->arena, (size_t)FLEET_CLOUDS * 3 + 2, sizeof(const char *));
    size_t count = 0;

    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        const struct fleet_cloud *cloud = &fleet->clouds[i];
        const char *values[] = {cloud->access_key, cloud->secret_key, cloud->url};
        for (size_t j = 0; j < ENS_COUNT(values); j++) {
            list[count++] = ens_arena_printf(fleet->arena, "%s=%s", names[i][j], values[j]).ptr;
        }
    }
    list[count] = ens_arena_printf(fleet->arena, "HOME=%s", bench_directory()).ptr;
    fleet->variables = list;
}

static void start(struct fleet *fleet, size_t total, const char *cloud, size_t latency_ms,
                  const char *boot_ms)
{
    *fleet = (struct fleet){.arena = ens_arena_new()};
    name_instances(fleet, total, cloud);
    name_targets(fleet, total);
    load_providers(fleet);
    start_emulator(fleet, latency_ms, boot_ms);
    fleet->file = write_targets(fleet);
    set_variables(fleet);
}

void fleet_start(struct fleet *fleet, size_t total, const char *cloud, size_t latency_ms)
{
    start(fleet, total, cloud, latency_ms, "0");
}

void fleet_start_waiting(struct fleet *fleet, size_t total)
{
    start(fleet, total, NULL, 0, "86400000");
}

void fleet_stop(struct fleet *fleet)
{
    (void)process_finish(&fleet->emulator, SIGTERM);
    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        ens_free(fleet->clouds[i].url);
    }
    ens_free(fleet->control);
    ens_registry_free(fleet->registry);
    ens_arena_free(fleet->arena);
}

/* ---- the engine ----------------------------------------------------------------------------- */

static const char *get(void *ud, const char *name)
{
    (void)ud;
    return strcmp(name, "ENSURE_METADATA") == 0 ? "off" : NULL;
}

struct ens_engine *fleet_engine(const struct fleet *fleet)
{
    static const struct ens_environment environment = {.get = get};
    const struct ens_engine_options options = {
        .registry = fleet->registry,
        .clock = &ens_os_clock,
        .entropy = &ens_os_entropy,
        .environment = &environment,
        .user_agent = "ensure-bench",
    };
    struct ens_cloud_settings settings[FLEET_CLOUDS] = {0};
    struct ens_engine *engine = NULL;
    ENS_AUTO_DIAGS diags = {0};

    for (size_t i = 0; i < FLEET_CLOUDS; i++) {
        const struct fleet_cloud *cloud = &fleet->clouds[i];
        settings[i].cloud = ens_str_of(cloud->name);
        settings[i].access_key = ens_str_of(cloud->access_key);
        settings[i].secret_key = ens_str_of(cloud->secret_key);
        settings[i].endpoint = ens_str_of(cloud->url);
    }
    if (ens_engine_new(&options, &engine, &diags) != ENS_OK ||
        ens_engine_configure(engine, settings, FLEET_CLOUDS, NULL, &diags) != ENS_OK) {
        bench_fail("the engine did not start: %s", diags.items[0].summary);
    }
    return engine;
}
