/* SPDX-License-Identifier: Apache-2.0 */
/* The toy cloud: the descriptor, its tables, and the endpoint. Start reading here. */
#include "calls.h"
#include "sign.h"
#include "text.h"

/* Every status word of the cloud. One that is not here is "unknown" and never started. */
static const struct ens_status_row statuses[] = {
    {"on", ENS_STATUS_RUNNING, ENS_REASON_OK},    {"starting", ENS_STATUS_STARTING, ENS_REASON_OK},
    {"off", ENS_STATUS_STOPPED, ENS_REASON_OK},   {"stopping", ENS_STATUS_STOPPING, ENS_REASON_OK},
    {"broken", ENS_STATUS_FAILED, ENS_REASON_OK}, {NULL, 0, 0},
};

/* Every error code of the cloud; the first row that matches counts. The code of a dry run that
 * passed is ENS_REASON_OK. */
static const struct ens_code_row codes[] = {
    {"CheckPassed", ENS_REASON_OK, 0},
    {"NoSuchMachine", ENS_REASON_NOT_FOUND, 0},
    {"NotOff", ENS_REASON_WRONG_STATE, 0},
    {"NoPower", ENS_REASON_NO_CAPACITY, 0},
    {"BadSignature", ENS_REASON_UNAUTHENTICATED, 0},
    {"Clock*", ENS_REASON_CLOCK_SKEW, 0},
    {"TooFast", ENS_REASON_THROTTLED, 0},
    {NULL, 0, 0},
};

/* The environment variables of the keys: id, secret, and a token, which this cloud does not have.
 */
static const struct ens_variable_row variables[] = {
    {"TOY_ACCESS_KEY", "TOY_SECRET_KEY", NULL},
    {NULL, NULL, NULL},
};

/* Advice that replaces the engine's general advice for a reason. */
static const struct ens_advice_row advice[] = {
    {ENS_REASON_NO_CAPACITY, "Plug the rack in, then plan again."},
    {0, NULL},
};

/* The host of the API in a region. ENSURE_TOY_ENDPOINT overrides it. */
static ens_str endpoint(const struct ens_memory *memory, ens_str region)
{
    return TOY_CONCAT(memory, region, TOY_STR(".toy.example"));
}

static const struct ens_provider toy = {
    .magic = ENS_PROVIDER_MAGIC,
    .abi_major = ENS_ABI_MAJOR,
    .abi_minor = ENS_ABI_MINOR,
    .struct_size = sizeof(toy),
    .capabilities = ENS_CAP_DRY_RUN | ENS_CAP_CLIENT_TOKEN,
    .name = "toy", /* the cloud in targets: toy/attic/i-lamp */
    .title = "Toy Cloud",
    .version = "1.0.0",
    .describe_limit = 50,
    .dry_run_limit = 10,
    .start_limit = 10,
    .statuses = statuses,
    .codes = codes,
    .variables = variables,
    .endpoint = endpoint,
    .describe_request = toy_describe_request,
    .start_request = toy_start_request,
    .sign = toy_sign,
    .read_describe = toy_read_describe,
    .read_start = toy_read_start,
    .advice = advice,
    .find_request = toy_find_request,
    .read_find = toy_read_find,
    .find_action = "GET /machines",
};

const struct ens_provider *ens_provider_entry(uint32_t host_major, uint32_t host_minor)
{
    (void)host_minor;
    return host_major == ENS_ABI_MAJOR ? &toy : NULL;
}
