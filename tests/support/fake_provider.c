#include "support/fake_provider.h"

#include "base/str.h"

static void read_profile(const struct ens_memory *memory, ens_str text, ens_str name,
                         struct ens_profile *ret)
{
    (void)memory;
    while (text.len > 0) {
        ens_str rest = {NULL, 0};
        ens_str line = ens_str_cut(text, '\n', &text);
        ens_str word = ens_str_cut(line, ' ', &rest);
        if (ens_str_is(word, "error")) {
            ret->error = rest;
            return;
        }
        if (ens_str_eq(word, name.len == 0 ? ENS_STR("default") : name)) {
            ret->access_key = ens_str_cut(rest, ' ', &rest);
            ret->secret_key = ens_str_cut(rest, ' ', &rest);
            ret->security_token = rest;
        }
    }
}

static ens_str endpoint(const struct ens_memory *memory, ens_str region)
{
    (void)memory;
    (void)region;
    return ENS_STR("api.example");
}

static void build(const struct ens_memory *memory, const struct ens_call_spec *call,
                  struct ens_http_request *ret)
{
    (void)memory;
    (void)call;
    ret->method = ENS_STR("GET");
    ret->path = ENS_STR("/");
}

static void sign(const struct ens_memory *memory, const struct ens_http_request *request,
                 const struct ens_identity *identity, const struct ens_signing_context *context,
                 struct ens_signature *ret)
{
    (void)memory;
    (void)identity;
    (void)context;
    ret->target = request->path;
}

static void read_describe(const struct ens_memory *memory, const struct ens_call_spec *call,
                          const struct ens_http_reply *reply, struct ens_describe_result *ret)
{
    (void)memory;
    (void)call;
    (void)reply;
    ret->answer.malformed = 1;
}

static void read_start(const struct ens_memory *memory, const struct ens_call_spec *call,
                       const struct ens_http_reply *reply, struct ens_start_result *ret)
{
    (void)memory;
    (void)call;
    (void)reply;
    ret->answer.malformed = 1;
}

static const struct ens_status_row statuses[] = {
    {"On", ENS_STATUS_RUNNING, ENS_REASON_OK},
    {"Off", ENS_STATUS_STOPPED, ENS_REASON_OK},
    {NULL, 0, 0},
};

static const struct ens_lock_row locks[] = {{"security", ENS_REASON_LOCKED}, {NULL, 0}};

static const struct ens_code_row codes[] = {
    {"*No*Money", ENS_REASON_INSUFFICIENT_BALANCE, 0},
    {NULL, 0, 0},
};

static const struct ens_variable_row variables[] = {
    {"FAKE_KEY", "FAKE_SECRET", "FAKE_TOKEN"},
    {"FAKE_KEY", "FAKE_SECRET", "FAKE_STS_TOKEN"},
    {"OLD_KEY", "OLD_SECRET", NULL},
    {NULL, NULL, NULL},
};

static const char *const name_variables[] = {"FAKE_PROFILE", "OLD_PROFILE", NULL};

static const struct ens_profile_file first_file = {
    .struct_size = sizeof(first_file),
    .path_variable = "FAKE_FILE",
    .home_path = ".fake/config",
    .name_variables = name_variables,
    .read = read_profile,
};

static const struct ens_profile_file second_file = {
    .struct_size = sizeof(second_file),
    .home_path = ".fake-old",
    .read = read_profile,
};

static const struct ens_profile_file *const profile_files[] = {&first_file, &second_file, NULL};

static const struct ens_advice_row advice[] = {
    {ENS_REASON_LOCKED, "Ask the fake support."},
    {0, NULL},
};

struct ens_provider fake_provider(void)
{
    return (struct ens_provider){
        .magic = ENS_PROVIDER_MAGIC,
        .abi_major = ENS_ABI_MAJOR,
        .abi_minor = ENS_ABI_MINOR,
        .struct_size = sizeof(struct ens_provider),
        .capabilities = ENS_CAP_DRY_RUN,
        .name = "fake",
        .title = "Fake Cloud",
        .version = "1.2.3",
        .describe_limit = 100,
        .dry_run_limit = 10,
        .start_limit = 1000,
        .statuses = statuses,
        .locks = locks,
        .codes = codes,
        .variables = variables,
        .profile_files = profile_files,
        .endpoint = endpoint,
        .describe_request = build,
        .start_request = build,
        .sign = sign,
        .read_describe = read_describe,
        .read_start = read_start,
        .advice = advice,
    };
}
