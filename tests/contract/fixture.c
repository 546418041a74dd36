/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "os/os.h"

#define ARGUMENTS_MAX 40

static struct fixture *current; /* for the environment, which tests share */

/* ---- the emulator --------------------------------------------------------------------------- */

static json_t *read_world(const char *name)
{
    char path[256];
    json_error_t error;

    (void)snprintf(path, sizeof(path), ENS_TESTS_DIR "/contract/worlds/%s.json", name);
    json_t *json = json_load_file(path, 0, &error);
    if (json == NULL) {
        fail_msg("%s: line %d: %s", path, error.line, error.text);
    }
    return json;
}

static long spawn(const char *world, const char *const *options, int out)
{
    const char *arguments[ARGUMENTS_MAX] = {EMULATOR, "--world", world, "--exit-with-parent"};
    size_t count = 4;

    for (size_t i = 0; options != NULL && options[i] != NULL; i++) {
        assert_true(count + 1 < ARGUMENTS_MAX);
        arguments[count++] = options[i];
    }
    long pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(out, STDOUT_FILENO);
        (void)execv(EMULATOR, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    return pid;
}

static char *url_of(const json_t *urls, const char *name)
{
    const char *url = json_string_value(json_object_get(urls, name));

    assert_non_null(url);
    return ens_strdup(url);
}

static void start_emulator(struct fixture *fixture, const json_t *world, const char *const *options)
{
    char path[128];
    int ends[2];
    char line[4096] = {0};
    size_t length = 0;

    (void)snprintf(path, sizeof(path), "%s/world.json", fixture->directory);
    assert_int_equal(json_dump_file(world, path, 0), 0);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    fixture->emulator = spawn(path, options, ends[1]);
    (void)close(ends[1]);
    for (;;) {
        ssize_t got = read(ends[0], line + length, sizeof(line) - 1 - length);
        if (got <= 0) {
            break;
        }
        length += (size_t)got;
    }
    (void)close(ends[0]);
    json_t *urls = json_loads(line, 0, NULL);
    assert_non_null(urls);
    fixture->urls[0] = url_of(urls, "volcengine");
    fixture->urls[1] = url_of(urls, "alibaba");
    fixture->urls[2] = url_of(urls, "baidu");
    fixture->control = url_of(urls, "control");
    fixture->services = urls;
}

static size_t collect(char *bytes, size_t size, size_t count, void *ud)
{
    ens_buf_add(ud, (ens_str){bytes, size * count});
    return ens_buf_failed(ud) ? 0 : size * count;
}

json_t *fixture_control(struct fixture *fixture, const char *method, const char *path,
                        const char *body)
{
    char url[256];
    ENS_AUTO_BUF reply = ens_buf_new((size_t)256 * 1024 * 1024);
    CURL *easy = curl_easy_init();
    long status = 0;

    (void)snprintf(url, sizeof(url), "%s%s", fixture->control, path);
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    if (body != NULL) {
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    }
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reply);
    assert_int_equal(curl_easy_perform(easy), CURLE_OK);
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(easy);
    if (status != 200) {
        fail_msg("%s %s: %ld %s", method, path, status, ens_buf_text(&reply));
    }
    json_t *json = json_loadb(reply.ptr, reply.len, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    return json;
}

void fixture_faults(struct fixture *fixture, const char *list)
{
    json_decref(fixture_control(fixture, "PUT", "/faults", list));
}

json_int_t fixture_starts_total(struct fixture *fixture)
{
    json_t *ledger = fixture_control(fixture, "GET", "/ledger?requests=no", NULL);
    json_int_t total = json_integer_value(json_object_get(ledger, "starts_total"));

    json_decref(ledger);
    return total;
}

json_int_t fixture_starts(struct fixture *fixture, const char *target)
{
    json_t *ledger = fixture_control(fixture, "GET", "/ledger?requests=no", NULL);
    json_int_t starts =
        json_integer_value(json_object_get(json_object_get(ledger, "starts"), target));

    json_decref(ledger);
    return starts;
}

json_int_t fixture_calls(struct fixture *fixture, const char *cloud, const char *action)
{
    json_t *ledger = fixture_control(fixture, "GET", "/ledger?requests=no", NULL);
    json_t *calls = json_object_get(json_object_get(ledger, "calls"), cloud);
    json_int_t count = json_integer_value(json_object_get(json_object_get(calls, action), "calls"));

    json_decref(ledger);
    return count;
}

/* ---- the engine ----------------------------------------------------------------------------- */

static const char *find(const struct fixture_variable *variables, const char *name)
{
    for (; variables->name != NULL; variables++) {
        if (strcmp(variables->name, name) == 0) {
            return variables->value;
        }
    }
    return NULL;
}

/* ENSURE_ALIBABA_STS_ENDPOINT, ENSURE_ALIBABA_METADATA, ... */
static const char *service(const char *name)
{
    static const char *const clouds[] = {"volcengine", "alibaba", "baidu"};
    static const struct {
        const char *ending;
        const char *service;
    } endings[] = {{"_STS_ENDPOINT", "sts"}, {"_METADATA", "metadata"}};
    char variable[64];
    char key[64];

    for (size_t i = 0; i < ENS_COUNT(clouds) * ENS_COUNT(endings); i++) {
        const char *cloud = clouds[i / ENS_COUNT(endings)];
        const size_t j = i % ENS_COUNT(endings);
        (void)snprintf(variable, sizeof(variable), "ensure_%s%s", cloud, endings[j].ending);
        (void)snprintf(key, sizeof(key), "%s_%s", cloud, endings[j].service);
        if (strcasecmp(name, variable) == 0) {
            return json_string_value(json_object_get(current->services, key));
        }
    }
    return NULL;
}

static const char *get(void *ud, const char *name)
{
    const char *value = find(current->variables, name);

    (void)ud;
    value = value != NULL ? value : service(name);
    if (value != NULL) {
        return value[0] != '\0' ? value : NULL;
    }
    if (strcmp(name, "HOME") == 0) {
        return current->directory; /* so that no profile file of the user is read */
    }
    if (strcmp(name, "ENSURE_AUDIT_LOG") == 0) {
        return current->audit;
    }
    return strcmp(name, "ENSURE_METADATA") == 0 ? "off" : NULL;
}

const char *fixture_expand(struct fixture *fixture, const char *text)
{
    ENS_AUTO_BUF out = ens_buf_new((size_t)64 * 1024);
    ens_str rest = ens_str_of(text);

    while (rest.ptr != NULL) {
        ens_str after = {0};
        ens_buf_add(&out, ens_str_cut(rest, '{', &after));
        rest = after;
        if (after.ptr == NULL) {
            break;
        }
        const ens_str name = ens_arena_dup(fixture->arena, ens_str_cut(after, '}', &rest));
        const char *url = json_string_value(json_object_get(fixture->services, name.ptr));
        if (strcmp(name.ptr, "HOME") == 0 || url != NULL) {
            ens_buf_add(&out, ens_str_of(url != NULL ? url : fixture->directory));
        } else { /* a brace of JSON */
            ens_buf_add_char(&out, '{');
            rest = after;
        }
    }
    return ens_arena_dup(fixture->arena, ens_buf_str(&out)).ptr;
}

void fixture_environment(struct fixture *fixture, const struct fixture_variable *variables)
{
    size_t count = 0;

    memset(fixture->variables, 0, sizeof(fixture->variables));
    for (; variables->name != NULL; variables++) {
        assert_true(count + 1 < ENS_COUNT(fixture->variables));
        fixture->variables[count++] =
            (struct fixture_variable){variables->name, fixture_expand(fixture, variables->value)};
    }
}

void fixture_write(struct fixture *fixture, const char *name, const char *text)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/%s", fixture->directory, name);
    for (char *slash = path + strlen(fixture->directory) + 1; *slash != '\0'; slash++) {
        if (*slash == '/') {
            *slash = '\0';
            (void)mkdir(path, 0700);
            *slash = '/';
        }
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fchmod(fileno(file), 0600), 0);
    assert_true(fputs(fixture_expand(fixture, text), file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const struct ens_environment environment = {.get = get};

/* No lock: the engine's thread writes while jobs run, and the test reads when they are done. */
static void keep_line(void *ud, enum ens_log_level level, const char *module, const char *message,
                      const struct ens_pair *pairs, size_t pair_count)
{
    struct fixture *fixture = ud;
    size_t room = sizeof(fixture->log) - fixture->log_length;
    int length = snprintf(fixture->log + fixture->log_length, room, "%s %s: %s",
                          ens_log_level_name(level), module, message);

    fixture->log_length += (size_t)length < room ? (size_t)length : room - 1;
    for (size_t i = 0; i < pair_count; i++) {
        room = sizeof(fixture->log) - fixture->log_length;
        length = snprintf(fixture->log + fixture->log_length, room, " %.*s=%.*s",
                          ENS_STR_ARG(pairs[i].name), ENS_STR_ARG(pairs[i].value));
        fixture->log_length += (size_t)length < room ? (size_t)length : room - 1;
    }
    if (sizeof(fixture->log) - fixture->log_length > 1) {
        fixture->log[fixture->log_length++] = '\n';
    }
}

void fixture_configure(struct fixture *fixture, const char *volcengine_secret,
                       const char *alibaba_secret, const char *baidu_secret)
{
    const char *secrets[] = {volcengine_secret, alibaba_secret, baidu_secret};
    const char *keys[] = {"AKLTcontract0000001", "LTAIcontract0000001", "baiducontract0000001"};
    const char *clouds[] = {"volcengine", "alibaba", "baidu"};
    struct ens_cloud_settings settings[3];
    size_t count = 0;

    for (size_t i = 0; i < 3; i++) {
        if (secrets[i] != NULL) {
            settings[count++] = (struct ens_cloud_settings){
                .cloud = ens_str_of(clouds[i]),
                .access_key = ens_str_of(keys[i]),
                .secret_key = ens_str_of(secrets[i]),
                .endpoint = ens_str_of(fixture->urls[i]),
            };
        }
    }
    assert_int_equal(ens_engine_configure(fixture->engine, settings, count, NULL, NULL), ENS_OK);
}

static void start_engine(struct fixture *fixture)
{
    static const char *const files[] = {PROVIDERS "/volcengine.so", PROVIDERS "/alibaba.so",
                                        PROVIDERS "/baidu.so"};
    static struct ens_log log;
    ENS_AUTO_DIAGS diags = {0};

    log = (struct ens_log){.write = keep_line, .ud = fixture, .level = ENS_LOG_TRACE};
    fixture->registry = ens_registry_empty();
    for (size_t i = 0; i < ENS_COUNT(files); i++) {
        if (ens_registry_load(fixture->registry, files[i], &diags) != ENS_OK) {
            fail_msg("%s", diags.items[0].summary);
        }
    }
    const struct ens_engine_options options = {
        .registry = fixture->registry,
        .clock = &ens_os_clock,
        .entropy = &ens_os_entropy,
        .environment = &environment,
        .log = &log,
        .user_agent = "ensure-contract-test",
    };
    assert_int_equal(ens_engine_new(&options, &fixture->engine, &diags), ENS_OK);
    fixture_configure(fixture, "volcengine-secret-0001", "alibaba-secret-0001",
                      "baidu-secret-0001");
}

/* Takes ownership of world. */
static struct fixture *begin(json_t *world, const char *const *options)
{
    struct fixture *fixture = ens_alloc(sizeof(*fixture));

    if (json_object_get(world, "accounts") == NULL) {
        (void)json_object_set_new(world, "accounts", read_world("accounts"));
    }
    current = fixture;
    fixture->arena = ens_arena_new();
    (void)snprintf(fixture->directory, sizeof(fixture->directory), "/tmp/ensure-contract-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    (void)snprintf(fixture->audit, sizeof(fixture->audit), "%s/audit.log", fixture->directory);
    start_emulator(fixture, world, options);
    json_decref(world);
    start_engine(fixture);
    return fixture;
}

struct fixture *fixture_new(const char *world, const char *const *options)
{
    return begin(read_world(world), options);
}

struct fixture *fixture_new_with(json_t *instances, const char *const *options)
{
    return begin(json_pack("{s:o}", "instances", instances), options);
}

static int remove_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw)
{
    (void)stat;
    (void)flag;
    (void)ftw;
    return remove(path);
}

void fixture_free(struct fixture *fixture)
{
    ens_engine_free(fixture->engine);
    ens_registry_free(fixture->registry);
    assert_int_equal(kill((pid_t)fixture->emulator, SIGTERM), 0);
    assert_int_equal(waitpid((pid_t)fixture->emulator, NULL, 0), (pid_t)fixture->emulator);
    assert_int_equal(nftw(fixture->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    for (size_t i = 0; i < 3; i++) {
        ens_free(fixture->urls[i]);
    }
    ens_free(fixture->control);
    json_decref(fixture->services);
    ens_arena_free(fixture->arena);
    ens_free(fixture);
}

/* Whose keys signed a request to the API: the role of temporary ones, which an earlier request got.
 */
static const char *signer(const json_t *requests, const json_t *request)
{
    const char *key = json_string_value(json_object_get(request, "access_key"));
    size_t i;
    const json_t *other;

    json_array_foreach((json_t *)(uintptr_t)requests, i, other)
    {
        const json_t *granted = json_object_get(other, "granted");
        const char *got = json_string_value(json_object_get(granted, "access_key"));
        if (got != NULL && key != NULL && strcmp(got, key) == 0) {
            return json_string_value(json_object_get(granted, "role"));
        }
    }
    return key != NULL ? key : "unsigned";
}

const char *fixture_requests(struct fixture *fixture)
{
    ENS_AUTO_BUF out = ens_buf_new((size_t)64 * 1024);
    json_t *ledger = fixture_control(fixture, "GET", "/ledger", NULL);
    json_t *requests = json_object_get(ledger, "requests");
    const char *before = NULL;
    size_t i;
    json_t *request;

    json_array_foreach(requests, i, request)
    {
        const char *of = json_string_value(json_object_get(request, "service"));
        const bool api = strcmp(of, "api") == 0;
        const char *who = api ? signer(requests, request) : NULL;
        if (api && before != NULL && strcmp(before, who) == 0) {
            continue;
        }
        ens_buf_addf(&out, "%s%s ", i > 0 ? ", " : "", of);
        ens_buf_addf(&out, "%s%s", api ? "as " : "",
                     api ? who : json_string_value(json_object_get(request, "action")));
        before = who;
    }
    const char *text = ens_arena_dup(fixture->arena, ens_buf_str(&out)).ptr;
    json_decref(ledger);
    return text;
}

/* ---- jobs ----------------------------------------------------------------------------------- */

static void ignore_done(void *ud, const struct ens_job_end *end)
{
    (void)ud;
    (void)end;
}

struct ens_job_request fixture_job(struct fixture *fixture, enum ens_mode mode,
                                   const char *const *targets)
{
    size_t count = 0;

    while (targets[count] != NULL) {
        count++;
    }
    struct ens_target_request *list = ens_arena_array(fixture->arena, count, sizeof(*list));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(ens_target_parse(ens_str_of(targets[i]), "test", &list[i].target, NULL),
                         ENS_OK);
    }
    return (struct ens_job_request){
        .mode = mode, .targets = list, .count = count, .events = {.done = ignore_done}};
}

struct ens_collected fixture_run(struct fixture *fixture, const struct ens_job_request *job)
{
    struct ens_collected collected;

    ens_engine_run(fixture->engine, job, NULL, fixture->arena, &collected);
    assert_int_equal(collected.count, job->count);
    assert_int_equal(collected.end.summary.total, job->count);
    return collected;
}

struct ens_collected fixture_plan(struct fixture *fixture, const char *const *targets)
{
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_PLAN, targets);

    return fixture_run(fixture, &job);
}

struct ens_collected fixture_apply(struct fixture *fixture, const char *const *targets)
{
    struct ens_job_request job = fixture_job(fixture, ENS_MODE_APPLY, targets);

    return fixture_run(fixture, &job);
}

const char **fixture_targets(struct fixture *fixture, const char *prefix, size_t count)
{
    const char **targets = ens_arena_array(fixture->arena, count + 1, sizeof(*targets));

    for (size_t i = 0; i < count; i++) {
        targets[i] = ens_arena_printf(fixture->arena, "%s%zu", prefix, i + 1).ptr;
    }
    return targets;
}

const char *fixture_brief(struct fixture *fixture, const struct ens_result *result)
{
    return ens_arena_printf(fixture->arena, "%s %s %s %s%s", ens_action_name(result->action),
                            ens_confidence_name(result->confidence),
                            ens_reason_name(result->reason), ens_status_name(result->status),
                            result->started ? " started" : "")
        .ptr;
}

void fixture_check_clean(struct fixture *fixture)
{
    static const char *const secrets[] = {"volcengine-secret", "alibaba-secret", "baidu-secret",
                                          "oidc-token", "github-request-token"};
    ENS_AUTO_BUF audit = ens_buf_new((size_t)64 * 1024 * 1024);
    json_t *ledger = fixture_control(fixture, "GET", "/ledger?requests=no", NULL);
    json_t *violations = json_object_get(ledger, "violations");
    char *text = json_dumps(violations, 0);

    assert_string_equal(text, "[]");
    free(text);
    json_decref(ledger);
    /* There is no audit log where no call was sent. */
    const ens_rc rc = ens_os_read_file(fixture->audit, &audit, NULL);
    assert_true(rc == ENS_OK || rc == ENS_NOT_FOUND);
    for (size_t i = 0; i < ENS_COUNT(secrets); i++) {
        assert_null(strstr(fixture->log, secrets[i]));
        assert_null(strstr(ens_buf_text(&audit), secrets[i]));
    }
}
