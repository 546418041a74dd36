/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Test fixture: a process of the emulator of the three clouds, and an engine that uses it through
 * the real providers, loaded as shared objects.
 */
#ifndef ENSURE_TESTS_CONTRACT_FIXTURE_H
#define ENSURE_TESTS_CONTRACT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "engine/wait.h"

/* "{NAME}" in a value stands for a URL of the emulator's first line, "{HOME}" for the directory. */
struct fixture_variable {
    const char *name; /* NULL ends a list */
    const char *value;
};

struct fixture {
    char directory[64]; /* HOME, which is empty at first */
    long emulator;      /* process id */
    char *urls[3];      /* volcengine, alibaba, baidu */
    char *control;
    json_t *services; /* the emulator's first line */
    struct fixture_variable variables[16];
    struct ens_registry *registry;
    struct ens_engine *engine;
    struct ens_arena *arena; /* of everything the fixture returns */
    char log[1 << 20];       /* every log line of the engine, at trace */
    size_t log_length;
    char audit[128]; /* path of the audit log */
};

/* world: a file of worlds/, without ".json". If it lists no accounts, it gets those of
 * accounts.json, which the engine uses. options: additional arguments of the emulator,
 * NULL-terminated; may be NULL.
 */
struct fixture *fixture_new(const char *world, const char *const *options);
/* The same with a list of instances, of which it takes ownership. */
struct fixture *fixture_new_with(json_t *instances, const char *const *options);
void fixture_free(struct fixture *fixture);

/* Sets environment variables of the engine, instead of those set before; to be called between jobs.
 * By default it has HOME, ENSURE_AUDIT_LOG, the emulator's endpoints for STS and metadata, and
 * ENSURE_METADATA=off. */
void fixture_environment(struct fixture *fixture, const struct fixture_variable *variables);

/* A text with its "{NAME}" replaced. */
const char *fixture_expand(struct fixture *fixture, const char *text);

/* Writes a file below HOME, with directories, of mode 0600. */
void fixture_write(struct fixture *fixture, const char *name, const char *text);

/* Configures the engine's keys; NULL: no keys for that cloud. */
void fixture_configure(struct fixture *fixture, const char *volcengine_secret,
                       const char *alibaba_secret, const char *baidu_secret);

/* Runs a job over "cloud/region/id" targets, NULL-terminated. */
struct ens_collected fixture_plan(struct fixture *fixture, const char *const *targets);
struct ens_collected fixture_apply(struct fixture *fixture, const char *const *targets);
struct ens_job_request fixture_job(struct fixture *fixture, enum ens_mode mode,
                                   const char *const *targets);
struct ens_collected fixture_run(struct fixture *fixture, const struct ens_job_request *job);

/* "cloud/region/prefixN" for N in 1..count, and a NULL. */
const char **fixture_targets(struct fixture *fixture, const char *prefix, size_t count);

/* Sends a request to the emulator's control listener. body may be NULL. The caller releases the
 * reply.
 */
json_t *fixture_control(struct fixture *fixture, const char *method, const char *path,
                        const char *body);
void fixture_faults(struct fixture *fixture, const char *list); /* replaces all: a JSON list */

/* Counts of the ledger. */
json_int_t fixture_starts(struct fixture *fixture, const char *target);
json_int_t fixture_starts_total(struct fixture *fixture);
json_int_t fixture_calls(struct fixture *fixture, const char *cloud, const char *action);

/* The requests in the ledger, in order, those to the API in a row as one:
 * "metadata PutToken, sts AssumeRole, api as ROLE"; roles of temporary keys, else the access key.
 */
const char *fixture_requests(struct fixture *fixture);

/* Asserts that the ledger has no violation, and the log and the audit log no secret. */
void fixture_check_clean(struct fixture *fixture);

/* A result in one line: "start validated ok stopped". */
const char *fixture_brief(struct fixture *fixture, const struct ens_result *result);
#define assert_brief(fixture, result, expected)                                                    \
    assert_string_equal(fixture_brief(fixture, result), expected)

#endif
