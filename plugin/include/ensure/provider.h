/*
 * The ABI between the engine and a cloud provider.
 *
 * A provider is a shared object that exports one function, ens_provider_entry(). It returns a
 * constant descriptor: who the provider is, what its cloud can do, tables that say what the cloud's
 * words mean, and pure functions that build requests, sign them and read replies. The engine does
 * everything else: it sends, waits, retries, batches and decides. It knows no cloud by name.
 *
 * Rules of the ABI
 * - Pure: a provider touches no clock, environment, file, socket, log or mutable static. Time and
 *   nonce are arguments. An engine calls its providers on one thread; several engines may live in
 *   one process.
 * - Memory: a provider allocates only with ens_memory.alloc. It is zeroed, never NULL, aligned for
 *   any type, and lives until the engine has used the result. Nothing is allocated on one side and
 *   freed on the other. Slices in arguments are borrowed for the call; results may point into
 *   arguments, into ens_memory and into static data.
 * - Growth: structs are append-only and start with struct_size, set by whoever makes them: the
 *   engine for arguments and for the ret structs it hands in (zeroed but for it), the provider for
 *   the elements of lists. A member is used only if struct_size covers it. Lists of structs are
 *   arrays of pointers, so that an element may grow. ens_str, ens_pair and the rows of tables are
 *   frozen for a major version.
 *
 * C11 and C++17; needs stddef.h and stdint.h only.
 */
#ifndef ENSURE_PROVIDER_H
#define ENSURE_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ENS_PROVIDER_MAGIC UINT32_C(0x31534e45) /* "ENS1" in memory on a little-endian machine */
#define ENS_ABI_MAJOR      1
#define ENS_ABI_MINOR      2

/* A borrowed piece of text: UTF-8 where it is ours, any bytes where a cloud sent it. Not
 * terminated. Empty: len 0, whatever ptr is. */
typedef struct ens_str {
    const char *ptr;
    size_t len;
} ens_str;

/* A name with its value, neither of them encoded. */
struct ens_pair {
    ens_str name;
    ens_str value;
};

/* Where a provider's results live. */
struct ens_memory {
    void *ctx;
    void *(*alloc)(void *ctx, size_t size);
};

/* ---- what words mean ------------------------------------------------------------------------ */

/* The state of an instance, the same for all clouds. The values are frozen. */
enum ens_status {
    ENS_STATUS_UNKNOWN = 0, /* no answer from the cloud, or a word that no table has */
    ENS_STATUS_RUNNING = 1,
    ENS_STATUS_STARTING = 2,
    ENS_STATUS_STOPPED = 3,
    ENS_STATUS_STOPPING = 4,
    ENS_STATUS_BUSY = 5, /* under change; settles by itself, stopped or running */
    ENS_STATUS_FAILED = 6,
    ENS_STATUS_DELETING = 7,
    ENS_STATUS_ABSENT = 8, /* the cloud's well-formed word that there is no such instance */
};

/* Why a target has its action or its end. The values are frozen; their names are in the engine. */
enum ens_reason {
    ENS_REASON_OK = 0,
    ENS_REASON_ALREADY_RUNNING = 1,
    ENS_REASON_NOT_FOUND = 2,
    ENS_REASON_INVALID_ARGUMENT = 3,
    ENS_REASON_WRONG_STATE = 4,
    ENS_REASON_LOCKED = 5,
    ENS_REASON_EXPIRED = 6,
    ENS_REASON_INSUFFICIENT_BALANCE = 7,
    ENS_REASON_NO_CAPACITY = 8,
    ENS_REASON_SPOT_PRICE = 9,
    ENS_REASON_KEY_DISABLED = 10,
    ENS_REASON_PERMISSION_DENIED = 11,
    ENS_REASON_UNAUTHENTICATED = 12,
    ENS_REASON_CLOCK_SKEW = 13,
    ENS_REASON_THROTTLED = 14,
    ENS_REASON_TOKEN_MISMATCH = 15,
    ENS_REASON_IN_PROGRESS = 16,
    ENS_REASON_FELL_BACK = 17,
    ENS_REASON_TIMED_OUT = 18,
    ENS_REASON_AMBIGUOUS = 19,
    ENS_REASON_DRY_RUN_NOT_HONOURED = 20,
    ENS_REASON_UNAVAILABLE = 21,
    ENS_REASON_INTERNAL = 22,
    ENS_REASON_MALFORMED_RESPONSE = 23,
    ENS_REASON_CANCELLED = 24,
    ENS_REASON_POLICY = 25, /* the engine's own: in a provider's table it counts as unknown */
};

/* A status word of the cloud, compared exactly. reason is ENS_REASON_OK unless the word itself says
 * why the instance can't be started (such as "Expired"). */
struct ens_status_row {
    const char *word;
    uint32_t status; /* enum ens_status */
    uint32_t reason; /* enum ens_reason */
};

/* A lock on an instance that a read shows, compared exactly. */
struct ens_lock_row {
    const char *word;
    uint32_t reason;
};

/* An error code of the cloud. The pattern is compared without case; '*' in it stands for any run of
 * characters, at most two of them. The first row that fits wins, so the special stands before the
 * general. A dry run that passed is a row with ENS_REASON_OK. */
struct ens_code_row {
    const char *pattern;
    uint32_t reason;
    uint32_t flags; /* ENS_CODE_* */
};
/* No retry and no second read, even where the reason would allow it. */
#define ENS_CODE_FINAL 1u
/* Sent again with a new nonce it may pass: retry like a passing fault. */
#define ENS_CODE_NEW_NONCE 2u
/* About the call, such as its region: none of its ids would fare better alone. */
#define ENS_CODE_CALL 4u

/* The cloud's own advice for a reason, one sentence; the engine has a general one for each. */
struct ens_advice_row {
    uint32_t reason;
    const char *sentence;
};

/* Since 1.2. Advice that a code deserves whatever its reason is. Compared as ens_code_row does. */
struct ens_code_advice_row {
    const char *pattern;
    const char *sentence;
};

/* ---- credentials ---------------------------------------------------------------------------- */

/* What signs a request. security_token is empty for lasting keys. */
struct ens_identity {
    uint32_t struct_size;
    ens_str access_key;
    ens_str secret_key;
    ens_str security_token;
};

/* Names of environment variables that belong together; a set is taken as a whole or not at all.
 * token may be NULL. A row that repeats the keys of the one before has another name of the token.
 */
struct ens_variable_row {
    const char *access_key;
    const char *secret_key;
    const char *token;
};

/* What a profile file holds for one profile: an identity, or an error. */
struct ens_profile {
    uint32_t struct_size;
    ens_str access_key;
    ens_str secret_key;
    ens_str security_token;
    ens_str region; /* empty: none named */
    ens_str error;  /* not empty: what is wrong with the file or the profile, in one clause */
};

/* A profile file of the vendor's command line. */
struct ens_profile_file {
    uint32_t struct_size;
    const char *path_variable;         /* environment variable that names the file; may be NULL */
    const char *home_path;             /* below the home directory, such as ".aliyun/config.json" */
    const char *const *name_variables; /* that name the profile, NULL-terminated; may be NULL */
    /* Finds the profile called name in text (the whole file); an empty name means the file's own
     * current or default one. */
    void (*read)(const struct ens_memory *memory, ens_str text, ens_str name,
                 struct ens_profile *ret);
};

/* ---- calls ---------------------------------------------------------------------------------- */

#define ENS_SPEC_DRY_RUN 1u

/* One request to a cloud, as the engine means it. */
struct ens_call_spec {
    uint32_t struct_size;
    uint32_t flags; /* ENS_CALL_* */
    ens_str region;
    const ens_str *ids; /* 1 .. the batch limit of the kind of call */
    size_t id_count;
    ens_str client_token; /* start: empty for none */
    ens_str page;         /* describe: next_page of the page before; empty for the first */
};

/* An HTTP request before signing. */
struct ens_http_request {
    uint32_t struct_size;
    ens_str method;
    ens_str path; /* not encoded, starts with '/' */
    const struct ens_pair *const *query;
    size_t query_count;
    const struct ens_pair *const *headers; /* lower-case names; no host, no content-length */
    size_t header_count;
    ens_str body;
};

/* Where, when and once: what a signer needs beside request and identity. */
struct ens_signing_context {
    uint32_t struct_size;
    ens_str region;
    ens_str host; /* with the port where it is not the scheme's own, as the Host header has it */
    int64_t now_unix_s;
    ens_str nonce; /* 32 hexadecimal digits, never used before */
};

/* What signing adds. The request itself is never edited. */
struct ens_signature {
    uint32_t struct_size;
    ens_str target; /* path and query, percent-encoded: sent exactly as it was signed */
    const struct ens_pair *const *headers; /* to be sent beside those of the request, and Host */
    size_t header_count;
};

struct ens_http_reply {
    uint32_t struct_size;
    uint32_t status;
    const struct ens_pair *const *headers; /* lower-case names */
    size_t header_count;
    ens_str body;
};

/* What a reply says about the call as a whole. A reader only extracts: what code and HTTP status
 * mean is decided by the engine with the tables. */
struct ens_answer {
    uint32_t malformed; /* 1: neither the cloud's shape nor empty */
    ens_str detail;     /* with malformed: one clause, such as "Instances is not a list" */
    ens_str code;       /* the cloud's error code; empty: the reply holds no error */
    ens_str message;    /* the cloud's own words */
    ens_str request_id;
    int64_t retry_after_ms; /* from a header of the cloud's own; 0: none. The engine reads the
                               standard Retry-After itself */
};

/* An instance as a read showed it. */
struct ens_observation {
    uint32_t struct_size;
    ens_str id;
    ens_str word;           /* the cloud's status word */
    ens_str lock;           /* a lock that is in the lock table; empty: none */
    int64_t expires_unix_s; /* 0: never, or not said */

    /* Since 1.2. */
    uint32_t flags;    /* ENS_SEEN_* */
    uint32_t reserved; /* 0 */
};
/* A stopped instance whose place was given up, so that its start may find no stock. */
#define ENS_SEEN_CAPACITY_RELEASED 1u

struct ens_describe_result {
    uint32_t struct_size;
    ens_str next_page; /* empty: this was the last */
    const struct ens_observation *const *observations;
    size_t observation_count;
    struct ens_answer answer; /* the last member, so that it may grow */
};

/* What became of one id of an accepted start. */
struct ens_start_item {
    uint32_t struct_size;
    ens_str id;
    ens_str code; /* empty: accepted */
    ens_str message;
};

struct ens_start_result {
    uint32_t struct_size;
    const struct ens_start_item *const *items; /* an id without an item shares the call's answer */
    size_t item_count;
    struct ens_answer answer; /* the last member, so that it may grow */
};

/* ---- the descriptor ------------------------------------------------------------------------- */

#define ENS_CAP_DRY_RUN      1u /* start_request understands ENS_SPEC_DRY_RUN */
#define ENS_CAP_CLIENT_TOKEN 2u /* start_request sends client_token: a repeat is harmless */
/* A read may hide instances instead of saying that a permission is missing; describe_request with
 * ENS_SPEC_DRY_RUN asks for the permission alone. */
#define ENS_CAP_ABSENCE_PROBE 4u

struct ens_provider {
    uint32_t magic; /* ENS_PROVIDER_MAGIC */
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t struct_size;
    uint32_t capabilities; /* ENS_CAP_* */
    const char *name;      /* the cloud in a target: 1..32 of [a-z0-9_] */
    const char *title;     /* for people, such as "Alibaba Cloud" */
    const char *version;   /* of the provider */

    /* The most ids in one call, 1..1000. */
    uint32_t describe_limit;
    uint32_t dry_run_limit; /* 0 without ENS_CAP_DRY_RUN */
    uint32_t start_limit;

    /* Tables, each ended by a row whose first member is NULL. */
    const struct ens_status_row *statuses;
    const struct ens_lock_row *locks; /* may be NULL */
    const struct ens_code_row *codes;
    const struct ens_variable_row *variables;
    const struct ens_profile_file *const *profile_files; /* NULL-terminated; may be NULL */

    /* Host name of the cloud's API in a region; spoken to over https. */
    ens_str (*endpoint)(const struct ens_memory *memory, ens_str region);

    /* Build a request. Cannot fail: ids, region and token were checked by the engine. */
    void (*describe_request)(const struct ens_memory *memory, const struct ens_call_spec *call,
                             struct ens_http_request *ret);
    void (*start_request)(const struct ens_memory *memory, const struct ens_call_spec *call,
                          struct ens_http_request *ret);

    void (*sign)(const struct ens_memory *memory, const struct ens_http_request *request,
                 const struct ens_identity *identity, const struct ens_signing_context *context,
                 struct ens_signature *ret);

    /* Read any reply to the call, whatever its HTTP status or content. */
    void (*read_describe)(const struct ens_memory *memory, const struct ens_call_spec *call,
                          const struct ens_http_reply *reply, struct ens_describe_result *ret);
    void (*read_start)(const struct ens_memory *memory, const struct ens_call_spec *call,
                       const struct ens_http_reply *reply, struct ens_start_result *ret);

    /* Since 1.1. Ended by a row whose sentence is NULL; may be NULL. */
    const struct ens_advice_row *advice;

    /* Since 1.2. Each may be NULL. */
    const char *dry_run_checks; /* one sentence: what a dry run that passed has checked, and not */
    const struct ens_code_advice_row *code_advice; /* ended by a row whose pattern is NULL */
};

/* Size of the descriptor of ABI 1.0: the least that is accepted. */
#define ENS_PROVIDER_SIZE_1_0     offsetof(struct ens_provider, advice)

#define ENS_PROVIDER_ENTRY_SYMBOL "ens_provider_entry"
typedef const struct ens_provider *ens_provider_entry_fn(uint32_t host_major, uint32_t host_minor);

/* The one exported function. It may look at the host's version to answer for an older host, and
 * returns NULL when it can't. The descriptor is static: valid for the life of the process. */
__attribute__((visibility("default"))) const struct ens_provider *ens_provider_entry(
    uint32_t host_major, uint32_t host_minor);

#ifdef __cplusplus
}
#endif

#endif
