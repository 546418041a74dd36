/* SPDX-License-Identifier: Apache-2.0 */
/* The three providers, statically linked, and text dumps of their results for comparison. */
#ifndef ENSURE_TESTS_PROVIDERS_H
#define ENSURE_TESTS_PROVIDERS_H

#include "ensure/provider.h"

ens_provider_entry_fn ens_provider_entry_volcengine;
ens_provider_entry_fn ens_provider_entry_alibaba;
ens_provider_entry_fn ens_provider_entry_baidu;

#define TEST_PROVIDER_COUNT 3
const struct ens_provider *test_provider(size_t index);
const struct ens_provider *test_provider_named(const char *name);

/* A source of a provider; NULL: it has none of the kind. */
const struct ens_source *test_source(const struct ens_provider *provider, uint32_t kind);

/* The values of a source's variables, as the engine passes them. value returns that of a variable,
 * or NULL. */
struct test_values {
    ens_str values[ENS_USES_MAX];
    const char *names[ENS_USES_MAX];
};
struct test_values test_values(const struct ens_source *source,
                               const char *(*value)(const void *ud, const char *name),
                               const void *ud);

/* A slice of a NUL-terminated text; NULL gives the empty slice. */
ens_str test_str(const char *text);

/* Dumps with one line per member that is not empty, results first; the caller frees them.
 *
 *   PUT /v2/instance/i-1          i-1 STOPPED expires=1788221350      code: AccessDenied
 *   ? start=                      i-2 Stopped lock=security           message: ...
 *   : accept=application/json     next_page: 2                        request_id: ...
 *   {"body": 1}                   i-3 accepted                        retry_after_ms: 1500
 *                                 i-4 SomeCode: message               malformed: ...
 */
char *test_dump_request(const struct ens_http_request *request);
char *test_dump_signature(const struct ens_signature *signature);
char *test_dump_describe(const struct ens_describe_result *result);
/* Of each instance the lines of a read, then "  name: ..." and the others, "  group: ..." and
 * "  tag: K=V" once for each. */
char *test_dump_find(const struct ens_find_result *result);
char *test_dump_start(const struct ens_start_result *result);
char *test_dump_profile(const struct ens_profile *profile);
/* What the step comes to, in its first line: "send ENDPOINT as KEY", "read PATH", "run WORD|WORD",
 * "keys ACCESS SECRET TOKEN", "none", "error". */
char *test_dump_step(const struct ens_credentials_step *step);

/* The first row of the provider's codes that matches; NULL: none does. */
const struct ens_code_row *test_code_row(const struct ens_provider *provider, const char *code);

#endif
